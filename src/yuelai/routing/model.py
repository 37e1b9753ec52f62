"""Queues, agents and contacts as the engine holds them, the events it takes and the commands it gives. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yuelai.platform.live import NOWHERE, Place
from yuelai.routing.events import AgentState, AgentStateChanged, Moved, Offer, Seat, Stranded, Withdraw

IN_CONTACT = frozenset({AgentState.RINGING, AgentState.TALKING, AgentState.HOLD})
"""States that use the agent's capacity of one call."""

CHOSEN = frozenset({AgentState.READY, AgentState.BUSY, AgentState.OFFLINE})
"""States an agent may ask for; the others follow from contacts."""

RONA = "rona"
"""Reason of busy after an offer was not taken (redirection on no answer)."""


REMOVED = "removed"
"""Reason of offline when somebody is no agent any more."""

CONTACT_GONE = "contact_gone"
"""Reason of a refusal that is not the agent's: the customer left while the offer was on its way."""


@dataclass(frozen=True)
class Queue:
    """`priority` in points, more is sooner; see `matching.virtual_arrival`. Seconds are whole durations."""

    id: UUID
    tenant_id: UUID
    code: str
    name: str
    name_en: str = ""
    priority: int = 0
    ring_seconds: float = 20.0
    wrapup_seconds: float = 30.0
    strategy: str = "longest_idle"

    def reference(self) -> dict[str, str]:
        return {"id": str(self.id), "code": self.code, "name": self.name}


@dataclass(frozen=True)
class Session:
    """An agent's state as PostgreSQL kept it."""

    state: AgentState
    reason: str
    seat: Seat
    since: datetime
    interaction_id: UUID | None = None


@dataclass(frozen=True)
class Figures:
    """What an agent has done today for one tenant; handling is talk, hold and wrap-up."""

    answered: int = 0
    handle_seconds: float = 0.0


@dataclass(frozen=True)
class AgentRecord:
    """An agent as loaded: `levels` is the skill level (1 to 5) in each queue the agent is a member of, of any tenant.

    `home` is the tenant whose time the agent's is outside contacts: the only one they serve, else the operator's.
    `places` and `figures` are by tenant.
    """

    id: UUID
    home: UUID
    number: str
    name: str
    levels: Mapping[UUID, int]
    session: Session | None = None
    places: Mapping[UUID, Place] = field(default_factory=dict)
    figures: Mapping[UUID, Figures] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """What the agent asked for during a contact; takes effect when the wrap-up is over."""

    state: AgentState
    reason: str


@dataclass(eq=False)
class Agent:
    """An agent session. Capacity is one call: `contact_id` is set in ringing, talking and hold, and in wrap-up."""

    id: UUID
    home: UUID
    number: str
    name: str
    levels: Mapping[UUID, int]
    since: datetime
    idle_since: datetime
    """When the agent last became free; a contact that left while ringing does not reset it."""
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    seat: Seat = Seat.PHONE
    reachable: set[Seat] = field(default_factory=set)
    pending: Pending | None = None
    contact_id: UUID | None = None
    serving: UUID | None = None
    """The tenant whose contact it is."""
    until: datetime | None = None
    places: Mapping[UUID, Place] = field(default_factory=dict)
    leaving: bool = False
    """No agent any more once the contact in hand is over."""

    def place(self, tenant_id: UUID) -> Place:
        return self.places.get(tenant_id, NOWHERE)

    @property
    def available(self) -> bool:
        return self.state == AgentState.READY and self.seat in self.reachable


class ContactStage(StrEnum):
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"


@dataclass(eq=False)
class Contact:
    """A contact in routing's hands; `enqueued_at` stays when it comes back from an agent who did not answer."""

    id: UUID
    queue_id: UUID
    customer_class: str
    attributes: Mapping[str, Any]
    enqueued_at: datetime
    arrival: float
    """Its virtual arrival (`matching.virtual_arrival`); the smallest is served first."""
    stage: ContactStage = ContactStage.WAITING
    agent_id: UUID | None = None
    offers: int = 0


# Events: what the world tells the engine.


@dataclass(frozen=True)
class SetState:
    """The agent asks for ready, busy or offline; `seat` None keeps the present one."""

    agent_id: UUID
    state: AgentState
    reason: str = ""
    seat: Seat | None = None


@dataclass(frozen=True)
class SeatReachable:
    agent_id: UUID
    seat: Seat
    reachable: bool


@dataclass(frozen=True)
class Enqueue:
    interaction_id: UUID
    queue_id: UUID
    customer_class: str = "normal"
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Left:
    """The customer went away, in whatever stage."""

    interaction_id: UUID


@dataclass(frozen=True)
class Accepted:
    interaction_id: UUID
    agent_id: UUID


@dataclass(frozen=True)
class Refused:
    """The agent, or the agent's phone, did not take the offer. `reason` is told to the channel in `Withdraw`;
    `CONTACT_GONE` is no refusal by the agent, who stays ready."""

    interaction_id: UUID
    agent_id: UUID
    reason: str


@dataclass(frozen=True)
class Held:
    interaction_id: UUID
    held: bool


@dataclass(frozen=True)
class Released:
    """Agent and customer have parted: wrap-up begins."""

    interaction_id: UUID


@dataclass(frozen=True)
class WrapupDone:
    """`interaction_id` says which wrap-up is meant: a later one must not end by what was said of the one before."""

    agent_id: UUID
    interaction_id: UUID | None = None


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
    | Enqueue
    | Left
    | Accepted
    | Refused
    | Held
    | Released
    | WrapupDone
    | TimePassed
    | DirectoryChanged
)


@dataclass(frozen=True)
class WrapupOver:
    """The wrap-up ended by time, or because the agent became ready; whoever owns the interaction closes it."""

    interaction_id: UUID
    agent_id: UUID


Command = AgentStateChanged | Offer | Withdraw | Moved | Stranded | WrapupOver
