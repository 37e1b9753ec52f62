"""What the world tells the engine. Contacts are named by `contact_id`: the interaction's id for the customer's own
contact, an id of its own for a consultation within it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yuelai.routing.events import AgentState, Seat
from yuelai.routing.model import AgentRecord, Queue, Wishes

NO_WISHES = Wishes()


@dataclass(frozen=True)
class SetState:
    """The agent asks for ready, busy or offline; `seat` None keeps the present one. `by` is somebody else who decides
    it: a wrap-up ends then at once."""

    agent_id: UUID
    state: AgentState
    reason: str = ""
    seat: Seat | None = None
    by: UUID | None = None


@dataclass(frozen=True)
class SeatReachable:
    agent_id: UUID
    seat: Seat
    reachable: bool


@dataclass(frozen=True)
class Private:
    """The agent's phone is in a call that is no contact, or out of it."""

    agent_id: UUID
    on: bool
    number: str = ""


@dataclass(frozen=True)
class Outlook:
    """What the engine cannot know of a queue when a contact comes: its hours, and how long it would wait there
    (seconds; None is unknown)."""

    closed: bool = False
    estimate: float | None = None


@dataclass(frozen=True)
class Enqueue:
    """`since` keeps an earlier place; `outlook` is by queue, for this one and those its rules lead to."""

    interaction_id: UUID
    queue_id: UUID
    customer_class: str = "normal"
    attributes: Mapping[str, Any] = field(default_factory=dict)
    wishes: Wishes = NO_WISHES
    since: datetime | None = None
    outlook: Mapping[UUID, Outlook] = field(default_factory=dict)


@dataclass(frozen=True)
class Consult:
    """Somebody who has the interaction asks an agent, or a queue, about it."""

    contact_id: UUID
    interaction_id: UUID
    tenant_id: UUID
    by: UUID
    agent_id: UUID | None = None
    queue_id: UUID | None = None


@dataclass(frozen=True)
class Begin:
    """The agent makes a call."""

    contact_id: UUID
    interaction_id: UUID
    agent_id: UUID
    tenant_id: UUID
    queue_id: UUID | None = None
    channel: str = "voice"


@dataclass(frozen=True)
class HandOver:
    """The consulted agent has the customer from now on."""

    contact_id: UUID
    consult_id: UUID


@dataclass(frozen=True)
class Left:
    """The other side went away, in whatever stage."""

    contact_id: UUID


@dataclass(frozen=True)
class Accepted:
    contact_id: UUID
    agent_id: UUID


@dataclass(frozen=True)
class Refused:
    """The agent, or the agent's phone, did not take the offer. `reason` is told to the channel in `Withdraw`;
    `CONTACT_GONE` is no refusal by the agent, who stays ready."""

    contact_id: UUID
    agent_id: UUID
    reason: str


@dataclass(frozen=True)
class Held:
    contact_id: UUID
    held: bool


@dataclass(frozen=True)
class Consulting:
    """The agent speaks with somebody else about the contact, or no longer."""

    contact_id: UUID
    on: bool


@dataclass(frozen=True)
class Released:
    """Agent and customer have parted: wrap-up begins."""

    contact_id: UUID


@dataclass(frozen=True)
class WrapupDone:
    """`contact_id` says which wrap-up is meant: a later one must not end by what was said of the one before."""

    agent_id: UUID
    contact_id: UUID | None = None


@dataclass(frozen=True)
class ExtendWrapup:
    """`contact_id` says which wrap-up is meant; None: the only one there is."""

    agent_id: UUID
    seconds: float
    contact_id: UUID | None = None


@dataclass(frozen=True)
class TimePassed:
    """Time went by; everything whose deadline is not after `now` is due."""


@dataclass(frozen=True)
class DirectoryChanged:
    """All queues and agents as they are from now on; see `change`. What is known of sessions stays as it is."""

    queues: tuple[Queue, ...]
    agents: tuple[AgentRecord, ...]


Event = (
    SetState
    | SeatReachable
    | Private
    | Enqueue
    | Consult
    | Begin
    | HandOver
    | Left
    | Accepted
    | Refused
    | Held
    | Consulting
    | Released
    | WrapupDone
    | ExtendWrapup
    | TimePassed
    | DirectoryChanged
)
