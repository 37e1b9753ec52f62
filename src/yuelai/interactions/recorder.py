"""Writes one interaction's life: decides by the model, appends facts to the journal, then shows the live document.

What follows by itself is written with what was asked for, in one append: who speaks with the customer joins, everybody
leaves before the customer waits alone, and with the last wrap-up the interaction is closed.

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
    Linked,
    ParticipantJoined,
    ParticipantLeft,
    Role,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.model import ALONE, SPEAKERS, Interaction, Stage, Tenant
from yuelai.interactions.numbering import TrailNumbers
from yuelai.platform.clock import Clock
from yuelai.platform.facts import Fact, Record
from yuelai.platform.ids import new_id
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
        self,
        interaction_id: UUID,
        tenant: Tenant,
        channel: str,
        direction: str,
        ani: str,
        dnis: str,
        *,
        first: SegmentKind | None = None,
        agent_id: UUID | None = None,
        queue_id: UUID | None = None,
    ) -> None:
        """The contact has come (`direction` in) or is being made (out). `ani` and `dnis` as dialled. `first` is the
        segment it begins with at the same instant, so that its segments tile it from the start; `agent_id` and
        `queue_id` are that segment's."""
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
        of: dict[str, Any] = {"at": at, "tenant_id": tenant.id, "interaction_id": interaction_id}
        facts: list[tuple[Fact, Mapping[str, Any]]] = [(started, {"ani": ani, "dnis": dnis})]
        if first is not None:
            facts.append((SegmentStarted(**of, kind=first, agent_id=agent_id, queue_id=queue_id), {}))
        await self._write(*facts)

    async def identified(self, match: str, cards: Sequence[Mapping[str, Any]]) -> None:
        """Who it is: `match` is new (no card), withheld (nor a number), one, several, or chosen (one card, by the
        agent's hand)."""
        expected = {
            "new": len(cards) == 0,
            "one": len(cards) == 1,
            "chosen": len(cards) == 1,
            "several": len(cards) > 1,
            "withheld": len(cards) == 0,
        }
        if not expected.get(match, False):
            raise ValueError(f"match {match} does not go with {len(cards)} cards")
        ids = [UUID(str(card["id"])) for card in cards]
        fact = InteractionIdentified(
            **self._of(self._now()),
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
        """Begin a segment, ending the one before it; returns that instant.

        Talk, hold, consult and conference name the agent in charge, or nobody when only somebody outside speaks with
        the customer. Whoever is missing joins, and before a segment that is the customer's alone everybody leaves.
        """
        kind, facts = SegmentKind(kind), list[tuple[Fact, Mapping[str, Any]]]()
        self.interaction.may_go(Stage(kind.value))
        at, parties = self._now(), self.interaction.parties
        if kind in ALONE:
            facts += [(self._left(at, one.id, "released"), {}) for one in parties.standing(*SPEAKERS)]
        elif agent_id is not None and kind != SegmentKind.WRAPUP and not parties.of_agent(agent_id, Role.AGENT):
            facts += self._join(at, new_id(), Role.AGENT, agent_id, "")
        begun = SegmentStarted(**self._of(at), kind=kind, agent_id=agent_id, queue_id=queue_id)
        await self._write(*facts, (begun, {}))
        return at

    async def joined(
        self, role: Role | str, *, agent_id: UUID | None = None, address: str = "", number: str = "", name: str = ""
    ) -> UUID:
        """Somebody takes part from now on: an agent once joined to the customer, the consulted and outside numbers
        (`address`, as dialled) once they are called. Returns the participant's id.

        A consulted person who joins as agent ceases to be consulted at the same instant; who takes part in the same
        role already goes on as they are. `number` and `name` are for screens.
        """
        role, at = Role(role), self._now()
        there = self.interaction.parties.of_agent(agent_id) if agent_id else None
        if there is not None and there.role is role:
            return there.id
        participant_id = new_id()
        self.show.knows(participant_id, number or address, name)
        await self._write(*self._join(at, participant_id, role, agent_id, address))
        return participant_id

    def _join(
        self, at: datetime, participant_id: UUID, role: Role, agent_id: UUID | None, address: str
    ) -> list[tuple[Fact, Mapping[str, Any]]]:
        there = self.interaction.parties.of_agent(agent_id) if agent_id else None
        joined = ParticipantJoined(**self._of(at), participant_id=participant_id, role=role, agent_id=agent_id)
        before = self._left(at, there.id, "joined") if there is not None else None
        return [*([(before, {})] if before else []), (joined, {"address": address} if address else {})]

    async def left(self, participant_id: UUID, reason: str) -> None:
        """They do not take part any more; an agent's wrap-up begins. Who left already has left."""
        if any(one.id == participant_id for one in self.interaction.parties.standing()):
            await self._write((self._left(self._now(), participant_id, reason), {}))

    def _left(self, at: datetime, participant_id: UUID, reason: str) -> ParticipantLeft:
        return ParticipantLeft(**self._of(at), participant_id=participant_id, reason=reason)

    async def wrapped_up(self, agent_id: UUID, disposition: str | None = None, note: str = "") -> bool:
        """One agent's wrap-up is over. If it was the last and the customer's part is over, the interaction is closed at
        the same instant. Returns whether it is closed. Raises `IllegalStep` when the agent has none."""
        if self.interaction.stage is Stage.CLOSED:
            return True
        at = self._now()
        facts = [self._wrapped(at, agent_id, disposition, note)]
        over = self.interaction.stage is Stage.WRAPUP and self.interaction.parties.wrapping() == [agent_id]
        await self._write(*facts, close=over)
        return over

    def _wrapped(
        self, at: datetime, agent_id: UUID, disposition: str | None, note: str
    ) -> tuple[Fact, Mapping[str, Any]]:
        fact = WrappedUp(**self._of(at), agent_id=agent_id, disposition=disposition)
        return fact, {"note": note} if note else {}

    async def linked(self, kind: str, other_id: UUID) -> None:
        """It belongs to something else: `previous`, `callback`, `ticket`, `message`. Twice is once."""
        if (kind, other_id) not in self.interaction.links:
            await self._write((Linked(**self._of(self._now()), kind=kind, other_id=other_id), {}))

    async def note(self, kind: str, actor: str, data: Mapping[str, Any] | None = None, text: str = "") -> None:
        """Add a line to the service trail. `data` holds ids, menu keys and codes only, and somebody's `number`, which
        is kept as free words in `text` are: beside the fact."""
        public, private = dict(data or {}), {"text": text} if text else {}
        if "number" in public:
            private["number"] = str(public.pop("number"))
        fact = TrailNoted(**self._of(self._now()), kind=kind, actor=actor, data=public)
        self.interaction.apply(fact)
        self.show.noted(fact, private)
        await self._finish(Record(fact, private))

    async def ended(self, reason: EndReason | str, wrapup_agent_id: UUID | None = None) -> None:
        """The customer's part is over: everybody leaves, and the wrap-up segment begins if an agent has something to
        wrap up, named here or, by default, the one in charge at the end."""
        wrapping = self.interaction.who_wraps_up()
        agent_id = wrapup_agent_id or (wrapping[-1] if wrapping else None)
        fact = InteractionEnded(**self._of(self._now()), reason=EndReason(reason), wrapup_agent_id=agent_id)
        await self._write((fact, {}))

    async def closed(self, disposition: str | None = None, note: str = "") -> None:
        """Nothing more will happen, the live document goes. Wrap-ups still open end with it; what is said here is said
        by the last of these agents. Closing twice changes nothing."""
        if self.interaction.stage is Stage.CLOSED:
            return
        at, wrapping = self._now(), self.interaction.parties.wrapping()
        facts = [
            self._wrapped(at, agent_id, *((disposition, note) if agent_id == wrapping[-1] else (None, "")))
            for agent_id in wrapping
        ]
        await self._write(*facts, close=True)

    async def recorded(self, recording_id: UUID, duration_ms: int) -> None:
        """A recording of it is complete; may come after the close."""
        fact = InteractionRecorded(**self._of(self._now()), recording_id=recording_id, duration_ms=duration_ms)
        await self._write((fact, {}))

    def _now(self) -> datetime:
        """Never before what has happened to it already: a wall clock may be set back."""
        now = self._clock.now()
        return max(now, self.interaction.latest or now)

    def _of(self, at: datetime) -> dict[str, Any]:
        return {"at": at, "tenant_id": self._tenant_id, "interaction_id": self.interaction.id}

    @property
    def _tenant_id(self) -> UUID:
        tenant_id = self.interaction.tenant_id
        if tenant_id is None:
            raise RuntimeError("the interaction has not begun")
        return tenant_id

    async def _write(self, *facts: tuple[Fact, Mapping[str, Any]], close: bool = False) -> None:
        """Decide these together, then write and show them. The caller has made sure that all are legal or the first is
        not."""
        for fact, _ in facts:
            self.interaction.apply(fact)
            if isinstance(fact, SegmentStarted):
                self.show.began(fact)
        records = [Record(fact, dict(private)) for fact, private in facts]
        if close:
            at = facts[-1][0].at if facts else self._now()
            closed = InteractionClosed(**self._of(at), disposition=self.interaction.parties.disposition())
            self.interaction.apply(closed)
            records.append(Record(closed))
        await self._finish(*records)

    async def _finish(self, *records: Record) -> None:
        """What has been decided is written and shown, even when the caller is cancelled meanwhile (a hang-up)."""
        task = asyncio.ensure_future(self._carry_out(*records))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _carry_out(self, *records: Record) -> None:
        if isinstance(records[0].fact, InteractionStarted):
            await self._admit(*records)  # what cannot begin is not shown either
            self.show.publish()
            return
        try:
            await self._append(*records)
        finally:
            # It has happened even if it could not be kept; above all, what is over must go from the screens.
            self.show.publish()
