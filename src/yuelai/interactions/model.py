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
    Linked,
    ParticipantJoined,
    ParticipantLeft,
    Role,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.parties import Parties
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
    CONSULT = "consult"
    CONFERENCE = "conference"
    DIAL = "dial"
    MESSAGE = "message"
    WRAPUP = "wrapup"
    ENDED = "ended"
    CLOSED = "closed"

    @property
    def shown(self) -> str:
        """The state screens show: what has only just begun is in the IVR, what has ended without wrap-up is closed."""
        return {Stage.NEW: "ivr", Stage.ENDED: "closed"}.get(self, self.value)


_END = frozenset({Stage.WRAPUP, Stage.ENDED})
_SERVED = frozenset({Stage.TALK, Stage.HOLD, Stage.CONSULT, Stage.CONFERENCE})
_ALONE = frozenset({Stage.IVR, Stage.QUEUE, Stage.RING, Stage.MESSAGE})
LIFE: Mapping[Stage, frozenset[Stage]] = {
    # A contact made by us begins with dialling, or in a queue or with ringing when an agent is wanted first.
    Stage.NEW: frozenset({*_ALONE, Stage.TALK, Stage.DIAL, *_END}),
    # Who comes back from a talk into self-service may still have an agent who wraps up: hence wrap-up everywhere.
    Stage.IVR: frozenset({Stage.QUEUE, Stage.RING, Stage.MESSAGE, Stage.DIAL, *_END}),
    Stage.QUEUE: frozenset({*_ALONE, Stage.DIAL, *_END}),
    Stage.RING: frozenset({*_ALONE, Stage.TALK, Stage.DIAL, *_END}),
    Stage.DIAL: frozenset({*_ALONE, Stage.DIAL, *_SERVED, *_END}),
    Stage.MESSAGE: frozenset({Stage.IVR, Stage.QUEUE, *_END}),
    **dict.fromkeys(_SERVED, frozenset({*_SERVED, *_ALONE, Stage.DIAL, *_END})),
    Stage.WRAPUP: frozenset({Stage.CLOSED}),
    Stage.ENDED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
"""What may follow what: the one table of the life cycle."""

_TALKS = frozenset({SegmentKind.TALK, SegmentKind.CONFERENCE})
_WITH_SOMEBODY = frozenset({SegmentKind.TALK, SegmentKind.HOLD, SegmentKind.CONSULT, SegmentKind.CONFERENCE})
SPEAKERS = (Role.AGENT, Role.CONSULTED, Role.THIRD)
"""Who takes part by speaking; leaders only listen unless they join in."""

OVER = frozenset({Stage.WRAPUP, Stage.ENDED, Stage.CLOSED})
"""Stages in which the customer's part is over."""

ALONE = frozenset({SegmentKind.IVR, SegmentKind.QUEUE, SegmentKind.RING, SegmentKind.MESSAGE})
"""Segments in which nobody but the customer takes part."""


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
    parties: Parties = field(default_factory=Parties)
    links: list[tuple[str, UUID]] = field(default_factory=list)
    recording_ids: list[UUID] = field(default_factory=list)
    latest: datetime | None = None
    """When the last of its facts happened."""

    @property
    def current(self) -> Segment | None:
        """The segment that lasts, if one does."""
        return self.segments[-1] if self.segments and self.segments[-1].ended_at is None else None

    @property
    def state_since(self) -> datetime | None:
        if self.stage in (Stage.CLOSED, Stage.ENDED):
            return self.closed_at or self.ended_at
        return self.current.started_at if self.current else self.started_at

    @property
    def complete(self) -> bool:
        """The customer's part is over and nobody wraps up any more: it is to be closed."""
        return self.stage in OVER and not self.parties.wrapping()

    def wait_seconds(self, now: datetime) -> float:
        """Seconds in queue and ringing until the first answer, or until the customer gave up."""
        waited = 0.0
        for segment in self.segments:
            if segment.kind in _TALKS:
                break
            if segment.kind in (SegmentKind.QUEUE, SegmentKind.RING):
                waited += segment.seconds(now)
        return waited

    def talk_seconds(self, now: datetime) -> float:
        """Seconds in which somebody spoke with the customer, conferences too."""
        return self._seconds(now, *_TALKS)

    def hold_seconds(self, now: datetime) -> float:
        """Seconds on hold; while somebody is asked about them, see `consult_seconds`."""
        return self._seconds(now, SegmentKind.HOLD)

    def consult_seconds(self, now: datetime) -> float:
        return self._seconds(now, SegmentKind.CONSULT)

    def _seconds(self, now: datetime, *kinds: SegmentKind) -> float:
        return sum(segment.seconds(now) for segment in self.segments if segment.kind in kinds)

    def apply(self, fact: Fact) -> None:
        """Take one more fact of this interaction. Raises `IllegalStep` and stays as it was."""
        if self.latest is not None and fact.at < self.latest:
            raise IllegalStep("what happens to an interaction happens in the order of time")
        self._apply(fact)
        self.latest = fact.at

    def _apply(self, fact: Fact) -> None:
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
            self._close(fact)
        elif isinstance(fact, (ParticipantJoined, ParticipantLeft)):
            self._party(fact)
        elif isinstance(fact, WrappedUp):
            self.parties.wrap_up(fact)
        elif isinstance(fact, Linked):
            if (link := (fact.kind, fact.other_id)) not in self.links:
                self.links.append(link)
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
        if fact.kind in ALONE and self.parties.standing(*SPEAKERS):
            raise IllegalStep(f"a {fact.kind} segment is the customer's alone; others leave first")
        if fact.kind in _WITH_SOMEBODY and not self._there(fact.agent_id):
            raise IllegalStep(f"a {fact.kind} segment needs its agent taking part")
        self._go(Stage(fact.kind.value), fact.at)
        self.segments.append(Segment(fact.kind, fact.at, agent_id=fact.agent_id, queue_id=fact.queue_id))
        if fact.kind in _TALKS and self.answered_at is None:
            self.answered_at = fact.at

    def _there(self, agent_id: UUID | None) -> bool:
        """Without an agent somebody outside speaks with the customer."""
        if agent_id is None:
            return bool(self.parties.standing(Role.THIRD))
        return self.parties.of_agent(agent_id, Role.AGENT) is not None

    def _party(self, fact: ParticipantJoined | ParticipantLeft) -> None:
        if self.stage in OVER:
            raise IllegalStep("the customer's part is over")
        if isinstance(fact, ParticipantJoined):
            self.parties.join(fact)
        else:
            self.parties.leave(fact)

    def _end(self, fact: InteractionEnded) -> None:
        wrapping = self.who_wraps_up()
        if (fact.wrapup_agent_id is None and wrapping) or (
            fact.wrapup_agent_id and fact.wrapup_agent_id not in wrapping
        ):
            raise IllegalStep("the end names an agent who has something to wrap up, and must if there is one")
        self._go(Stage.WRAPUP if wrapping else Stage.ENDED, fact.at)
        self.parties.all_leave(fact.at, fact.wrapup_agent_id)
        self.ended_at, self.end_reason = fact.at, fact.reason
        if fact.wrapup_agent_id:
            self.segments.append(Segment(SegmentKind.WRAPUP, fact.at, agent_id=fact.wrapup_agent_id))

    def who_wraps_up(self) -> list[UUID]:
        """Agents who will have an open wrap-up once the customer's part is over; the one in charge at the end."""
        staying = [one.agent_id for one in self.parties.standing(Role.AGENT) if one.agent_id is not None]
        last = self.current.agent_id if self.current else None
        return sorted([*self.parties.wrapping(), *staying], key=lambda agent_id: agent_id == last)

    def _close(self, fact: InteractionClosed) -> None:
        if self.parties.wrapping():
            raise IllegalStep("somebody still wraps up")
        self._go(Stage.CLOSED, fact.at)
        self.closed_at, self.disposition = fact.at, fact.disposition

    def may_go(self, stage: Stage) -> None:
        """Raises `IllegalStep` when the stage cannot be the next one."""
        if stage not in LIFE[self.stage]:
            raise IllegalStep(f"{stage.value} cannot follow {self.stage.value}")

    def _go(self, stage: Stage, at: datetime) -> None:
        """Move on and end the lasting segment at the same instant."""
        self.may_go(stage)
        last = self.current
        if last is not None:
            self.segments[-1] = Segment(last.kind, last.started_at, at, last.agent_id, last.queue_id)
        self.stage = stage
