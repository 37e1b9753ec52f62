"""Writes one interaction's life: decides by the model, appends facts to the journal, then shows the live document.

One recorder belongs to one interaction and to the actor that owns it. The model moves when a step is decided, before
the journal has answered, so that two steps begun together are judged in their order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from yuelai.interactions.document import LiveInteraction
from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionEnded,
    InteractionIdentified,
    InteractionRecorded,
    InteractionStarted,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
)
from yuelai.interactions.model import Interaction, Tenant
from yuelai.interactions.numbering import TrailNumbers
from yuelai.platform.clock import Clock
from yuelai.platform.facts import Fact, Record
from yuelai.platform.live import LiveStore


class Append(Protocol):
    def __call__(self, *records: Record) -> Awaitable[int]:
        """Make the records durable, in this order and together; return the last one's number in the journal."""
        ...


class InteractionRecorder:
    """`numbers` is shared by all recorders of the process. A step that cannot happen now raises `IllegalStep`.

    `admit` appends the very first fact; it may refuse when `append`, for what has begun, still does not.
    """

    def __init__(
        self, append: Append, clock: Clock, live: LiveStore, numbers: TrailNumbers, *, admit: Append | None = None
    ) -> None:
        self._append, self._clock, self._live, self._numbers = append, clock, live, numbers
        self._admit = admit or append
        self._interaction: Interaction | None = None
        self._document: LiveInteraction | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def interaction(self) -> Interaction:
        """The state. Read only; raises RuntimeError before `begin`."""
        if self._interaction is None:
            raise RuntimeError("the interaction has not begun")
        return self._interaction

    @property
    def show(self) -> LiveInteraction:
        """The live document, whose extras (queue, agent, why, recording, until) the owner sets; see `document`."""
        if self._document is None:
            raise RuntimeError("the interaction has not begun")
        return self._document

    async def begin(
        self, interaction_id: UUID, tenant: Tenant, channel: str, direction: str, ani: str, dnis: str
    ) -> None:
        """The contact has come (`direction` in) or is being made (out). `ani` and `dnis` as dialled."""
        if self._interaction is not None:
            raise RuntimeError("a recorder writes one interaction only")
        at = self._clock.now()
        self._interaction = Interaction(interaction_id)
        self._document = LiveInteraction(self._live, self._interaction, tenant, ani=ani, dnis=dnis)
        started = InteractionStarted(
            at=at,
            tenant_id=tenant.id,
            interaction_id=interaction_id,
            channel=channel,
            direction=direction,
            trail_no=self._numbers.next(tenant.id, at),
        )
        await self._write(started, {"ani": ani, "dnis": dnis})

    async def identified(self, match: str, cards: Sequence[Mapping[str, Any]]) -> None:
        """Who it is: `match` is new (no card), one, several, or chosen (one card, by the agent's hand)."""
        expected = {
            "new": len(cards) == 0,
            "one": len(cards) == 1,
            "chosen": len(cards) == 1,
            "several": len(cards) > 1,
        }
        if not expected.get(match, False):
            raise ValueError(f"match {match} does not go with {len(cards)} cards")
        ids = [UUID(str(card["id"])) for card in cards]
        fact = InteractionIdentified(
            at=self._now(),
            tenant_id=self._tenant_id,
            interaction_id=self.interaction.id,
            match=match,
            customer_id=ids[0] if match in ("one", "chosen") else None,
            candidate_ids=ids,
        )
        self.interaction.apply(fact)
        self.show.identified(match, cards)
        await self._finish(Record(fact))

    async def segment(
        self, kind: SegmentKind | str, agent_id: UUID | None = None, queue_id: UUID | None = None
    ) -> datetime:
        """Begin a segment, ending the one before it; returns that instant. Ring, talk and hold name their agent."""
        at = self._now()
        await self._write(
            SegmentStarted(
                at=at,
                tenant_id=self._tenant_id,
                interaction_id=self.interaction.id,
                kind=SegmentKind(kind),
                agent_id=agent_id,
                queue_id=queue_id,
            )
        )
        return at

    async def note(self, kind: str, actor: str, data: Mapping[str, Any] | None = None, text: str = "") -> None:
        """Add a line to the service trail. `data` holds ids, menu keys and codes only; free words go into `text`."""
        fact = TrailNoted(
            at=self._now(),
            tenant_id=self._tenant_id,
            interaction_id=self.interaction.id,
            kind=kind,
            actor=actor,
            data=dict(data or {}),
        )
        self.interaction.apply(fact)
        self.show.noted(fact, text)
        await self._finish(Record(fact, {"text": text} if text else {}))

    async def ended(self, reason: EndReason | str, wrapup_agent_id: UUID | None = None) -> None:
        """The customer's part is over. With an agent, the agent's wrap-up begins at the same instant."""
        await self._write(
            InteractionEnded(
                at=self._now(),
                tenant_id=self._tenant_id,
                interaction_id=self.interaction.id,
                reason=EndReason(reason),
                wrapup_agent_id=wrapup_agent_id,
            )
        )

    async def closed(self, disposition: str | None = None, note: str = "") -> None:
        """Wrap-up, if any, is over: the live document goes."""
        fact = InteractionClosed(
            at=self._now(),
            tenant_id=self._tenant_id,
            interaction_id=self.interaction.id,
            disposition=disposition,
        )
        await self._write(fact, {"note": note} if note else {})

    async def recorded(self, recording_id: UUID, duration_ms: int) -> None:
        """A recording of it is complete; may come after the close."""
        await self._write(
            InteractionRecorded(
                at=self._now(),
                tenant_id=self._tenant_id,
                interaction_id=self.interaction.id,
                recording_id=recording_id,
                duration_ms=duration_ms,
            )
        )

    def _now(self) -> datetime:
        """Never before what has happened to it already: a wall clock may be set back."""
        now = self._clock.now()
        return max(now, self.interaction.state_since or now)

    @property
    def _tenant_id(self) -> UUID:
        tenant_id = self.interaction.tenant_id
        if tenant_id is None:
            raise RuntimeError("the interaction has not begun")
        return tenant_id

    async def _write(self, fact: Fact, private: Mapping[str, Any] | None = None) -> None:
        self.interaction.apply(fact)
        if isinstance(fact, SegmentStarted):
            self.show.began(fact)
        await self._finish(Record(fact, dict(private or {})))

    async def _finish(self, record: Record) -> None:
        """What has been decided is written and shown, even when the caller is cancelled meanwhile (a hang-up)."""
        task = asyncio.ensure_future(self._carry_out(record))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _carry_out(self, record: Record) -> None:
        if isinstance(record.fact, InteractionStarted):
            await self._admit(record)  # what cannot begin is not shown either
            self.show.publish()
            return
        try:
            await self._append(record)
        finally:
            # It has happened even if it could not be kept; above all, what is over must go from the screens.
            self.show.publish()
