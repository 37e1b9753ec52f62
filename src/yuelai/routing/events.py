"""Facts about agent sessions, and the signals the driver sends to whoever carries contacts (the channels)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yuelai.platform.facts import Fact, fact
from yuelai.platform.live import NOWHERE, Place


class AgentState(StrEnum):
    OFFLINE = "offline"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    HOLD = "hold"
    CONSULT = "consult"
    """The customer is on hold while the agent speaks with somebody else about the contact."""
    WRAPUP = "wrapup"
    BUSY = "busy"


class Seat(StrEnum):
    PHONE = "phone"
    BROWSER = "browser"


@fact("agent.state_changed")
@dataclass(frozen=True, kw_only=True)
class AgentStateChanged(Fact):
    """From `at` on the agent is in this state; every second of a session is in exactly one.

    From ringing to the end of the wrap-up the tenant is the contact's, at other times the agent's home.
    """

    agent_id: UUID
    state: AgentState
    reason: str
    seat: Seat
    interaction_id: UUID | None = None
    until: datetime | None = None
    """When wrap-up or ringing ends by itself."""
    by: UUID | None = None
    """Who else wanted it so: a leader. None: it followed from the agent's own wish or from a contact."""


@fact("agent.wished")
@dataclass(frozen=True, kw_only=True)
class AgentWished(Fact):
    """What the agent will be when the contact in hand is over; `state` None: nothing in particular any more."""

    agent_id: UUID
    state: AgentState | None
    reason: str = ""
    by: UUID | None = None
    """The leader whose wish it is; None: the agent's own."""


@fact("agent.profile_changed")
@dataclass(frozen=True, kw_only=True)
class AgentProfileChanged(Fact):
    """What the agent takes on has been set anew."""

    agent_id: UUID


@fact("direct_number.changed")
@dataclass(frozen=True, kw_only=True)
class DirectNumberChanged(Fact):
    """A number leads straight to a seat, to another one, or to none any more."""

    number: str


@fact("queue.changed")
@dataclass(frozen=True, kw_only=True)
class QueueChanged(Fact):
    """The queue is new, or its settings or members have changed."""

    queue_id: UUID


def _own(signal: Any) -> None:
    """Without a contact's id the signal is about the customer's own contact, which has the interaction's."""
    if signal.contact_id is None:
        object.__setattr__(signal, "contact_id", signal.interaction_id)


@dataclass(frozen=True)
class Offer:
    """Ring this agent for this contact. `explanation` says why this one (B8): strategy, candidates, what decided."""

    interaction_id: UUID
    agent_id: UUID
    number: str
    seat: Seat
    ring_seconds: float
    explanation: dict[str, Any]
    place: Place = NOWHERE
    """Where the agent works for the contact's tenant: who of its leaders may see the contact."""
    contact_id: UUID | None = None
    """What routing calls the contact: the interaction's id, or that of a consultation within it."""
    consult: bool = False
    """Somebody asks this agent about the interaction; the customer is another's."""

    def __post_init__(self) -> None:
        _own(self)


@dataclass(frozen=True)
class Withdraw:
    """Stop ringing this agent for this contact: the ring time is over (RONA), the agent went away, or somebody else has
    taken it (`taken`). A colleague who was asked by name is not asked again: that consultation is over."""

    interaction_id: UUID
    agent_id: UUID
    reason: str
    contact_id: UUID | None = None

    def __post_init__(self) -> None:
        _own(self)


@dataclass(frozen=True)
class Moved:
    """The contact's queue was closed; it belongs to this one now, at the place its arrival gives it."""

    interaction_id: UUID
    queue_id: UUID
    queue_code: str
    contact_id: UUID | None = None

    def __post_init__(self) -> None:
        _own(self)


@dataclass(frozen=True)
class Stranded:
    """The contact's queue was closed and its tenant has no other: nobody will be offered it."""

    interaction_id: UUID
    contact_id: UUID | None = None

    def __post_init__(self) -> None:
        _own(self)


@dataclass(frozen=True)
class Diverted:
    """The contact is in routing's hands no longer: its queue sends it to voicemail, a call back, a message or a number
    (`routing.settings.OverflowTo`). `why` is the rule (`OverflowWhen`)."""

    interaction_id: UUID
    to: str
    target: str
    why: str
    contact_id: UUID | None = None

    def __post_init__(self) -> None:
        _own(self)


@dataclass(frozen=True)
class StepTaken:
    """The contact waits on under other terms: a preference is over, a skill is relaxed, another queue or site helps.
    For the service trail; `data` holds codes and ids only."""

    interaction_id: UUID
    why: str
    data: dict[str, Any]
    contact_id: UUID | None = None

    def __post_init__(self) -> None:
        _own(self)


RoutingSignal = Offer | Withdraw | Moved | Stranded | Diverted | StepTaken
