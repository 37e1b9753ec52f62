"""The live document `interaction/{id}`: its shape, its audience, and the extras the owner of the contact adds.

Shape and audience are those of docs/architecture.md. Every publish makes a fresh document: the store's values are
never mutated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yuelai.interactions.events import SegmentKind, SegmentStarted, TrailNoted
from yuelai.interactions.model import Interaction, Stage, Tenant
from yuelai.platform.live import NOWHERE, Document, LiveStore, Place, watching

WATCHES_CALLS = ("supervision.view", "interactions.read.all")
"""What one must have to see live interactions that are with others."""


def instant(at: datetime | None) -> str | None:
    """Return ISO 8601, as all instants travel to screens."""
    return at.isoformat() if at else None


class LiveInteraction:
    """Setters change one extra each and publish; `publish` alone shows the state of the model again."""

    def __init__(self, live: LiveStore, interaction: Interaction, tenant: Tenant, *, ani: str, dnis: str) -> None:
        self._live, self._interaction, self._tenant = live, interaction, tenant
        self._ani, self._dnis = ani, dnis
        self._queue: dict[str, Any] | None = None
        self._agent_id: UUID | None = None
        self._agent_number: str | None = None
        self._place = NOWHERE
        self._customer: dict[str, Any] | None = None
        self._candidates: list[dict[str, Any]] = []
        self._until: datetime | None = None
        self._recording = self._recording_paused = False
        self._path: list[dict[str, Any]] = []
        self._why: dict[str, Any] = {"collected": {}, "queue_wait": None, "explanation": None}
        self._trail: list[dict[str, Any]] = []

    @property
    def key(self) -> str:
        return f"interaction/{self._interaction.id}"

    def queue(self, queue: Mapping[str, Any] | None) -> None:
        """`{id, code, name}` of the queue it waits in or came from."""
        self._queue = dict(queue) if queue else None
        self.publish()

    def agent(self, agent_id: UUID | None, number: str | None = None, place: Place = NOWHERE) -> None:
        """The agent it is offered to or held by, who may see it from now on, as their leaders of that place may; None
        takes it from their screen."""
        self._agent_id, self._agent_number, self._place = agent_id, number, place
        self.publish()

    def step(self, node: str, kind: str, label: str | None = None, key: str | None = None) -> None:
        """One more step of the flow's path (`why.path`)."""
        self._path = [*self._path, {"node": node, "kind": kind, "label": label, "key": key}]
        self.publish()

    def why(self, **parts: Any) -> None:
        """Set parts of `why`: collected (mapping), queue_wait (seconds), explanation (routing's)."""
        unknown = parts.keys() - self._why.keys()
        if unknown:
            raise TypeError(f"no such part of why: {', '.join(sorted(unknown))}")
        self._why = {**self._why, **parts}
        self.publish()

    def recording(self, on: bool, *, paused: bool = False) -> None:
        self._recording, self._recording_paused = on, paused
        self.publish()

    def until(self, at: datetime | None) -> None:
        """When ringing or wrap-up ends by itself."""
        self._until = at
        self.publish()

    def identified(self, match: str, cards: Sequence[Mapping[str, Any]]) -> None:
        """Keep the cards; the next publish shows them."""
        copies = [dict(card) for card in cards]
        self._customer = copies[0] if match in ("one", "chosen") else None
        if match != "chosen" or not self._candidates:
            self._candidates = copies

    def noted(self, fact: TrailNoted, text: str) -> None:
        """Add a line of the trail; the next publish shows it."""
        line = {"at": instant(fact.at), "kind": fact.kind, "actor": fact.actor, "data": dict(fact.data), "text": text}
        self._trail = [*self._trail, line]

    def began(self, fact: SegmentStarted) -> None:
        """Talk and hold stand in the live trail, too; in PostgreSQL they are segments, and are not kept twice."""
        if fact.kind in (SegmentKind.TALK, SegmentKind.HOLD):
            data = {"segment": fact.kind.value}
            line = {"at": instant(fact.at), "kind": "segment", "actor": "system", "data": data, "text": ""}
            self._trail = [*self._trail, line]

    def publish(self) -> None:
        if self._interaction.stage == Stage.CLOSED:
            self._live.remove(self.key)
        elif self._interaction.started_at is not None:
            self._live.put(self.key, self.document(), self.audience())

    def audience(self) -> frozenset[str]:
        """It shows the customer's card: watching a live board alone is not enough to see it."""
        groups = {f"person:{self._agent_id}"} if self._agent_id else set()
        return frozenset(groups) | watching(self._tenant.id, self._place, *WATCHES_CALLS)

    def document(self) -> Document:
        one = self._interaction
        return {
            "id": str(one.id),
            "tenant": self._tenant.reference(),
            "trail_no": one.trail_no,
            "channel": one.channel,
            "direction": one.direction,
            "state": one.stage.shown,
            "ani": self._ani,
            "dnis": self._dnis,
            "queue": self._queue,
            "agent_id": str(self._agent_id) if self._agent_id else None,
            "agent_number": self._agent_number,
            "match": one.match,
            "customer": self._customer,
            "candidates": self._candidates,
            "started_at": instant(one.started_at),
            "state_since": instant(one.state_since),
            "answered_at": instant(one.answered_at),
            "until": instant(self._until),
            "recording": self._recording,
            "recording_paused": self._recording_paused,
            "why": {"path": self._path, **self._why},
            "trail": self._trail,
        }
