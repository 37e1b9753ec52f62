"""Facts about interactions. Numbers, names and texts travel in the record's private part (see `platform.facts`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from yuelai.platform.facts import Fact, fact


class SegmentKind(StrEnum):
    IVR = "ivr"
    QUEUE = "queue"
    RING = "ring"
    TALK = "talk"
    HOLD = "hold"
    CONSULT = "consult"
    """The customer waits with music while their agent asks somebody."""
    CONFERENCE = "conference"
    """More than one speaks with the customer."""
    DIAL = "dial"
    """The customer is being called by us."""
    MESSAGE = "message"
    """The customer leaves a voicemail."""
    WRAPUP = "wrapup"


class EndReason(StrEnum):
    """Why the customer's part ended."""

    CUSTOMER_HUNG_UP = "customer_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    SERVED = "served"
    """The flow served it, whoever hung up then."""
    ABANDONED = "abandoned"
    """The customer hung up before an agent answered."""
    REFUSED = "refused"
    """It could not be taken: no media, overload, bad SDP."""
    MESSAGE_LEFT = "message_left"
    CALLBACK_BOOKED = "callback_booked"
    TURNED_AWAY = "turned_away"
    """Closed, full or nobody there: the customer was told so and let go."""
    TRANSFERRED_OUT = "transferred_out"
    """They speak on with an outside number, without us."""
    NOT_REACHED = "not_reached"
    """We called the customer, who did not answer, was busy or could not be reached."""
    SYSTEM_RESTART = "system_restart"
    FAILED = "failed"


@fact("interaction.started")
@dataclass(frozen=True, kw_only=True)
class InteractionStarted(Fact):
    """private: ani, dnis (strings as dialled)."""

    interaction_id: UUID
    channel: str
    direction: str
    trail_no: str = ""


@fact("interaction.identified")
@dataclass(frozen=True, kw_only=True)
class InteractionIdentified(Fact):
    """`match` is new, withheld, one, several or chosen; `customer_id` is set for one and chosen."""

    interaction_id: UUID
    match: str
    customer_id: UUID | None = None
    candidate_ids: list[UUID] = field(default_factory=list)


@fact("interaction.segment_started")
@dataclass(frozen=True, kw_only=True)
class SegmentStarted(Fact):
    """Begins a segment and ends the one before it at the same instant: no gaps, no overlaps."""

    interaction_id: UUID
    kind: SegmentKind
    agent_id: UUID | None = None
    queue_id: UUID | None = None


class Role(StrEnum):
    """What somebody is in an interaction."""

    CUSTOMER = "customer"
    AGENT = "agent"
    CONSULTED = "consulted"
    """Asked by an agent; becomes an agent when the contact is handed over, or joins the conference."""
    THIRD = "third"
    """An outside number."""
    LEADER = "leader"


@fact("interaction.joined")
@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(Fact):
    """Somebody takes part from `at` on. private: address (the outside number, as dialled)."""

    interaction_id: UUID
    participant_id: UUID
    role: Role
    agent_id: UUID | None = None


@fact("interaction.left")
@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Fact):
    """`reason`: hung_up, transferred, released, lost, failed, ended."""

    interaction_id: UUID
    participant_id: UUID
    reason: str


@fact("interaction.wrapped_up")
@dataclass(frozen=True, kw_only=True)
class WrappedUp(Fact):
    """One agent's part is done; of several agents each has a wrap-up of their own. private: note."""

    interaction_id: UUID
    agent_id: UUID
    disposition: str | None = None


@fact("interaction.linked")
@dataclass(frozen=True, kw_only=True)
class Linked(Fact):
    """`kind` says what `other_id` is: previous (the interaction this one goes on from), callback, ticket, message."""

    interaction_id: UUID
    kind: str
    other_id: UUID


@fact("interaction.ended")
@dataclass(frozen=True, kw_only=True)
class InteractionEnded(Fact):
    """The customer's part is over. With `wrapup_agent_id` a wrap-up segment of that agent begins at `at`."""

    interaction_id: UUID
    reason: EndReason
    wrapup_agent_id: UUID | None = None


@fact("interaction.closed")
@dataclass(frozen=True, kw_only=True)
class InteractionClosed(Fact):
    """Nothing more will happen: wrap-up, if any, is over. private: note."""

    interaction_id: UUID
    disposition: str | None = None


@fact("interaction.noted")
@dataclass(frozen=True, kw_only=True)
class TrailNoted(Fact):
    """One line of the service trail. `kind` is flow, lookup, queue, offer, note, recording, system …;
    `data` holds ids, keys pressed in menus and codes only. private: text (free words, e.g. an agent's note)."""

    interaction_id: UUID
    kind: str
    actor: str
    """`customer`, `system`, or an agent's number."""
    data: Mapping[str, Any] = field(default_factory=dict)


@fact("interaction.recorded")
@dataclass(frozen=True, kw_only=True)
class InteractionRecorded(Fact):
    """A recording that belongs to the interaction is complete."""

    interaction_id: UUID
    recording_id: UUID
    duration_ms: int
