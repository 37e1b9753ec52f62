"""Queues, agents and contacts as the engine holds them, and the commands it gives; `inputs` has the events. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.platform.live import NOWHERE, Place
from yuelai.routing.events import (
    AgentState,
    AgentStateChanged,
    AgentWished,
    Diverted,
    Moved,
    Offer,
    Seat,
    StepTaken,
    Stranded,
    Withdraw,
)
from yuelai.routing.settings import Overflow, SkillWish, Treatment

if TYPE_CHECKING:
    from yuelai.routing.deadlines import Deadline
    from yuelai.routing.lanes import Lane, Ready, Waiting
    from yuelai.routing.planning import Step
    from yuelai.routing.pools import Pool

IN_CONTACT = frozenset({AgentState.RINGING, AgentState.TALKING, AgentState.HOLD, AgentState.CONSULT})
"""States in which somebody is served, or about to be."""

CHOSEN = frozenset({AgentState.READY, AgentState.BUSY, AgentState.OFFLINE})
"""States an agent may ask for; the others follow from contacts."""

REMOVED = "removed"
"""Reason of offline when somebody is no agent any more."""

PRIVATE_CALL = "private_call"
"""Reason of busy while the agent's phone is in a call that is no contact."""

SYSTEM_RESTART = "system_restart"
"""Reason of ready for somebody whose contact died with the process."""

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
    channel: str = "voice"
    skills: tuple[SkillWish, ...] = ()
    prefer_seconds: float = 20.0
    """How long at most a contact waits for the agent it prefers (last one, owner, manager) before others may."""
    overflows: tuple[Overflow, ...] = ()
    treatment: Treatment = field(default_factory=Treatment)
    calendar_id: UUID | None = None
    """Hours and holidays; without one it is always open."""
    extend_seconds: float = 300.0
    """How much longer an agent may make a wrap-up, in all."""
    target_seconds: float = 20.0
    """Service level: the share of contacts answered within this time."""
    target_share: float = 0.8

    def reference(self) -> dict[str, str]:
        return {"id": str(self.id), "code": self.code, "name": self.name}


@dataclass(frozen=True)
class Wishes:
    """What a contact brings along. `preferred` are agents in their order, each with why (last_agent, owner, manager);
    `skills` come on top of the queue's; `only` is the one agent who may serve it, for `only_seconds`, and then anybody
    (a transfer to a person); `seconds` are of head start on top of class and queue; `outbound` waits until no inbound
    contact does; `site_id` is where it came in."""

    channel: str = "voice"
    preferred: tuple[tuple[UUID, str], ...] = ()
    skills: tuple[SkillWish, ...] = ()
    only: UUID | None = None
    only_seconds: float = 30.0
    seconds: float = 0.0
    outbound: bool = False
    site_id: UUID | None = None
    without: frozenset[UUID] = frozenset()
    """Agents who shall not get it (who has just transferred it away)."""
    stays: bool = False
    """The queue's rules send it nowhere: a call that we owe, with nobody on the line who would have to wait."""


@dataclass(frozen=True)
class Pending:
    """What the agent (or a leader: `by`) asked for during a contact; takes effect when the wrap-up is over."""

    state: AgentState
    reason: str
    by: UUID | None = None


@dataclass(frozen=True)
class Session:
    """An agent's state as PostgreSQL kept it."""

    state: AgentState
    reason: str
    seat: Seat
    since: datetime
    interaction_id: UUID | None = None
    pending: Pending | None = None


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
    skills: Mapping[UUID, int] = field(default_factory=dict)
    """Level (1 to 5) by skill, of any tenant."""
    capacity: Mapping[str, int] = field(default_factory=lambda: {"voice": 1})
    """How many contacts of each channel at once; a channel that is not named: none."""
    positions: Mapping[UUID, int] = field(default_factory=dict)
    """Place in the fixed order of each queue, the smallest first."""
    wrapup_seconds: float | None = None
    """Instead of the queue's; 0: none."""
    auto_answer: bool = False
    """Offers are taken by the phone itself, at once."""
    preferred_seat: Seat | None = None


class WorkStage(StrEnum):
    RINGING = "ringing"
    TALKING = "talking"
    WRAPUP = "wrapup"


@dataclass(eq=False, slots=True)
class Work:
    """One claim on an agent's capacity."""

    contact_id: UUID
    interaction_id: UUID
    channel: str
    tenant_id: UUID
    pool: Pool | None
    stage: WorkStage
    since: datetime
    until: datetime | None = None
    """When ringing or wrap-up ends by itself."""
    reason: str = ""
    held: bool = False
    consulting: bool = False
    extended: float = 0.0
    """Seconds by which the wrap-up was made longer."""
    deadline: Deadline | None = None

    @property
    def rings(self) -> bool:
        return self.stage is WorkStage.RINGING

    @property
    def shown(self) -> AgentState:
        if self.stage is WorkStage.RINGING:
            return AgentState.RINGING
        if self.stage is WorkStage.WRAPUP:
            return AgentState.WRAPUP
        if self.consulting:
            return AgentState.CONSULT
        return AgentState.HOLD if self.held else AgentState.TALKING


@dataclass(eq=False, slots=True)
class Agent:
    """An agent session: *presence* is what the agent chose, *work* what they have in hand. `state`, `reason`, `since`
    and `shown` follow from both and are what everybody sees; `Turn.refresh` keeps them so."""

    id: UUID
    home: UUID
    number: str
    name: str
    serial: int
    """Breaks ties, the same way each time."""
    since: datetime
    idle_since: datetime
    """When the agent last became free; a contact that left while ringing does not reset it."""
    levels: Mapping[UUID, int] = field(default_factory=dict)
    skills: Mapping[UUID, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[UUID, int] = field(default_factory=dict)
    places: Mapping[UUID, Place] = field(default_factory=dict)
    wrapup_seconds: float | None = None
    """Instead of the queue's."""
    auto_answer: bool = False
    presence: AgentState = AgentState.OFFLINE
    presence_reason: str = ""
    by: UUID | None = None
    """Who else decided the presence."""
    forced_at: datetime | None = None
    """When they did."""
    private: bool = False
    seat: Seat = Seat.PHONE
    reachable: set[Seat] = field(default_factory=set)
    work: dict[UUID, Work] = field(default_factory=dict)
    """By contact id."""
    leaving: bool = False
    """No agent any more once the contact in hand is over."""
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    shown: Work | None = None
    told: tuple[Any, ...] = ()
    """What the last fact said."""
    wished: Pending | None = None
    """What the last fact said of `pending`."""
    pools: tuple[Pool, ...] = ()
    open: Collection[str] = ()
    """Channels of which a contact may be given now."""
    fitting: list[Lane] = field(default_factory=list)
    """All lanes whose need the agent meets."""
    entries: dict[Lane, Ready] = field(default_factory=dict)
    """Where the agent stands as free."""
    wanted: list[Waiting] = field(default_factory=list)
    """Contacts that wait for this agent, in their order."""
    signed_in_at: datetime | None = None
    occupied_since: datetime | None = None
    occupied_seconds: float = 0.0
    """Of this session, with something in hand."""

    def place(self, tenant_id: UUID) -> Place:
        return self.places.get(tenant_id, NOWHERE)

    @property
    def is_there(self) -> bool:
        """Ready for whatever the hands can take."""
        return self.presence is AgentState.READY and not self.private and not self.leaving

    @property
    def available(self) -> bool:
        """Free for a call."""
        return "voice" in self.open

    @property
    def signed_in(self) -> bool:
        return self.presence is not AgentState.OFFLINE

    @property
    def contact_id(self) -> UUID | None:
        return self.shown.contact_id if self.shown else None

    @property
    def interaction_id(self) -> UUID | None:
        return self.shown.interaction_id if self.shown else None

    @property
    def serving(self) -> UUID | None:
        """The tenant whose contact it is."""
        return self.shown.tenant_id if self.shown else None

    @property
    def until(self) -> datetime | None:
        return self.shown.until if self.shown else None

    @property
    def pending(self) -> Pending | None:
        if self.shown is None or self.presence is AgentState.READY:
            return None
        return Pending(self.presence, self.presence_reason, self.by)


class ContactStage(StrEnum):
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"


@dataclass(eq=False, slots=True)
class Contact:
    """A contact in routing's hands; `enqueued_at` stays when it comes back from an agent who did not answer."""

    id: UUID
    interaction_id: UUID
    tenant_id: UUID
    pool: Pool | None
    """Of its queue; none for a call that an agent made or a colleague who was asked by name."""
    channel: str
    customer_class: str
    attributes: Mapping[str, Any]
    wishes: Wishes
    serial: int
    enqueued_at: datetime
    """Of its place; may lie before it came."""
    entered_at: datetime
    arrival: float
    """Its virtual arrival (`matching.virtual_arrival`); the smallest is served first."""
    consult: bool = False
    stage: ContactStage = ContactStage.WAITING
    agent: Agent | None = None
    """Who talks with it, or the only one who rings."""
    ringing: list[Agent] = field(default_factory=list)
    offers: int = 0
    ladder: tuple[Step, ...] = ()
    step: int = 0
    waiting: Waiting | None = None
    """Its entry in every list it stands in."""
    lanes: list[Lane] = field(default_factory=list)
    wanting: list[Agent] = field(default_factory=list)
    """The agents it waits for in person."""
    deadline: Deadline | None = None
    met: Mapping[str, Any] | None = None
    """What it met that made it wait, for the explanation."""
    trail: list[dict[str, Any]] = field(default_factory=list)
    """Steps it has taken, for the explanation."""

    @property
    def agent_id(self) -> UUID | None:
        return self.agent.id if self.agent else None

    @property
    def queue_id(self) -> UUID | None:
        return self.pool.queue.id if self.pool else None


@dataclass(frozen=True)
class Position:
    """`place` counts from 1 among `waiting` in the same queue; `estimate_seconds` is None while nothing is known."""

    place: int
    waiting: int
    estimate_seconds: float | None = None


@dataclass(frozen=True)
class WrapupOver:
    """The wrap-up ended by time, or because the agent became ready; whoever owns the interaction closes it."""

    interaction_id: UUID
    agent_id: UUID


Command = AgentStateChanged | AgentWished | Offer | Withdraw | Moved | Stranded | Diverted | StepTaken | WrapupOver
