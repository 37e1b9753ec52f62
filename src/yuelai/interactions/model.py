"""The life of one interaction: pure state, built by applying facts. Illegal steps are refused, never recorded.

Segments follow each other without gap or overlap by construction: a new one begins at the instant the last one ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yuelai.interactions.errors import IllegalStep
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
from yuelai.platform.facts import Fact
from yuelai.platform.ids import TenantId


@dataclass(frozen=True)
class Tenant:
    """Whose contact it is, as screens are told."""

    id: TenantId
    code: str
    name: str

    def reference(self) -> dict[str, str]:
        return {"id": str(self.id), "code": self.code, "name": self.name}


class Stage(StrEnum):
    NEW = "new"
    IVR = "ivr"
    QUEUE = "queue"
    RING = "ring"
    TALK = "talk"
    HOLD = "hold"
    WRAPUP = "wrapup"
    ENDED = "ended"
    CLOSED = "closed"

    @property
    def shown(self) -> str:
        """The state screens show: what has only just begun is in the IVR, what has ended without wrap-up is closed."""
        return {Stage.NEW: "ivr", Stage.ENDED: "closed"}.get(self, self.value)


LIFE: Mapping[Stage, frozenset[Stage]] = {
    Stage.NEW: frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.TALK, Stage.ENDED}),
    Stage.IVR: frozenset({Stage.QUEUE, Stage.RING, Stage.ENDED}),
    Stage.QUEUE: frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.ENDED}),
    Stage.RING: frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.TALK, Stage.ENDED}),
    Stage.TALK: frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.HOLD, Stage.WRAPUP, Stage.ENDED}),
    Stage.HOLD: frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.TALK, Stage.WRAPUP, Stage.ENDED}),
    Stage.WRAPUP: frozenset({Stage.CLOSED}),
    Stage.ENDED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
"""What may follow what: the one table of the life cycle."""

OVER = frozenset({Stage.WRAPUP, Stage.ENDED, Stage.CLOSED})
"""Stages in which the customer's part is over."""


@dataclass(frozen=True)
class Segment:
    """A stretch of the life; `ended_at` is None while it lasts."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime | None = None
    agent_id: UUID | None = None
    queue_id: UUID | None = None

    def seconds(self, now: datetime) -> float:
        return ((self.ended_at or now) - self.started_at).total_seconds()


@dataclass
class Interaction:
    """State of one interaction. Change it by `apply` only."""

    id: UUID
    tenant_id: UUID | None = None
    channel: str = ""
    direction: str = ""
    trail_no: str = ""
    stage: Stage = Stage.NEW
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    end_reason: EndReason | None = None
    disposition: str | None = None
    match: str | None = None
    customer_id: UUID | None = None
    candidate_ids: list[UUID] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    recording_ids: list[UUID] = field(default_factory=list)

    @property
    def current(self) -> Segment | None:
        """The segment that lasts, if one does."""
        return self.segments[-1] if self.segments and self.segments[-1].ended_at is None else None

    @property
    def state_since(self) -> datetime | None:
        if self.stage in (Stage.CLOSED, Stage.ENDED):
            return self.closed_at or self.ended_at
        return self.current.started_at if self.current else self.started_at

    def wait_seconds(self, now: datetime) -> float:
        """Seconds in queue and ringing until the first answer, or until the customer gave up."""
        waited = 0.0
        for segment in self.segments:
            if segment.kind == SegmentKind.TALK:
                break
            if segment.kind in (SegmentKind.QUEUE, SegmentKind.RING):
                waited += segment.seconds(now)
        return waited

    def talk_seconds(self, now: datetime) -> float:
        return self._seconds(SegmentKind.TALK, now)

    def hold_seconds(self, now: datetime) -> float:
        return self._seconds(SegmentKind.HOLD, now)

    def _seconds(self, kind: SegmentKind, now: datetime) -> float:
        return sum(segment.seconds(now) for segment in self.segments if segment.kind == kind)

    def apply(self, fact: Fact) -> None:
        """Take one more fact of this interaction. Raises `IllegalStep` and stays as it was."""
        if isinstance(fact, InteractionStarted):
            self._start(fact)
        elif self.started_at is None:
            raise IllegalStep(f"{fact.type} before the interaction started")
        elif isinstance(fact, SegmentStarted):
            self._segment(fact)
        elif isinstance(fact, InteractionIdentified):
            self._identify(fact)
        elif isinstance(fact, InteractionEnded):
            self._end(fact)
        elif isinstance(fact, InteractionClosed):
            self._go(Stage.CLOSED, fact.at)
            self.closed_at, self.disposition = fact.at, fact.disposition
        elif isinstance(fact, InteractionRecorded):
            self.recording_ids.append(fact.recording_id)
        elif not isinstance(fact, TrailNoted):
            raise TypeError(f"{fact.type} is no fact of an interaction")

    def _start(self, fact: InteractionStarted) -> None:
        if self.started_at is not None:
            raise IllegalStep("the interaction has started already")
        self.tenant_id, self.channel, self.direction = fact.tenant_id, fact.channel, fact.direction
        self.trail_no, self.started_at = fact.trail_no, fact.at

    def _identify(self, fact: InteractionIdentified) -> None:
        if self.stage == Stage.CLOSED:
            raise IllegalStep("the interaction is closed; its customer stays")
        self.match, self.customer_id = fact.match, fact.customer_id
        # A choice among several keeps the others: they may be needed to undo it.
        if fact.match != "chosen" or not self.candidate_ids:
            self.candidate_ids = list(fact.candidate_ids)

    def _segment(self, fact: SegmentStarted) -> None:
        if fact.kind == SegmentKind.WRAPUP:
            raise IllegalStep("wrap-up begins with the end of the interaction, not by itself")
        if fact.kind in (SegmentKind.RING, SegmentKind.TALK, SegmentKind.HOLD) and fact.agent_id is None:
            raise IllegalStep(f"a {fact.kind} segment needs its agent")
        self._go(Stage(fact.kind.value), fact.at)
        self.segments.append(Segment(fact.kind, fact.at, agent_id=fact.agent_id, queue_id=fact.queue_id))
        if fact.kind == SegmentKind.TALK and self.answered_at is None:
            self.answered_at = fact.at

    def _end(self, fact: InteractionEnded) -> None:
        self._go(Stage.WRAPUP if fact.wrapup_agent_id else Stage.ENDED, fact.at)
        self.ended_at, self.end_reason = fact.at, fact.reason
        if fact.wrapup_agent_id:
            self.segments.append(Segment(SegmentKind.WRAPUP, fact.at, agent_id=fact.wrapup_agent_id))

    def _go(self, stage: Stage, at: datetime) -> None:
        """Move on and end the lasting segment at the same instant."""
        if stage not in LIFE[self.stage]:
            raise IllegalStep(f"{stage.value} cannot follow {self.stage.value}")
        last = self.current
        if last is not None:
            if at < last.started_at:
                raise IllegalStep("a segment cannot end before it began")
            self.segments[-1] = Segment(last.kind, last.started_at, at, last.agent_id, last.queue_id)
        self.stage = stage
