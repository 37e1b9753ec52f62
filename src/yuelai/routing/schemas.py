"""Agents' states and queues over HTTP: what goes in and comes out. Instants are UTC, durations whole seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yuelai.routing.events import AgentState, Seat

Code = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,31}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
EnglishName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Priority = Annotated[int, Field(ge=-60, le=60, description="points; each is worth a minute of waiting")]
RingSeconds = Annotated[int, Field(ge=1, le=300)]
WrapupSeconds = Annotated[int, Field(ge=0, le=3600)]
Strategy = Literal["longest_idle", "best_skill"]
Level = Annotated[int, Field(ge=1, le=5)]


class WantedState(BaseModel):
    """`reason` says why busy; `seat` None keeps the present one."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["ready", "busy", "offline"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    seat: Seat | None = None


class Registered(BaseModel):
    phone: bool
    browser: bool


class Pending(BaseModel):
    state: AgentState
    reason: str


class Today(BaseModel):
    answered: int
    handle_seconds: float
    average_handle_seconds: float | None


class AgentDocument(BaseModel):
    """`until` is when ringing or wrap-up ends by itself; `pending` is what follows the contact, if asked for.
    `groups` and `site_id` are where the agent works."""

    id: UUID
    number: str
    name: str
    state: AgentState
    reason: str
    since: datetime
    seat: Seat
    registered: Registered
    interaction_id: UUID | None
    until: datetime | None
    pending: Pending | None
    groups: list[UUID]
    site_id: UUID | None
    today: Today


class NewQueue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Name
    name_en: EnglishName = ""
    priority: Priority = 0
    ring_seconds: RingSeconds = 20
    wrapup_seconds: WrapupSeconds = 30
    strategy: Strategy = "longest_idle"


class QueueChange(BaseModel):
    """What is to be different. A queue that is not `active` is closed: who waits there goes to another one."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    name_en: EnglishName | None = None
    priority: Priority | None = None
    ring_seconds: RingSeconds | None = None
    wrapup_seconds: WrapupSeconds | None = None
    strategy: Strategy | None = None
    active: bool | None = None


class QueueSettings(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    priority: int
    ring_seconds: int
    wrapup_seconds: int
    strategy: str
    active: bool
    members: int


class QueueList(BaseModel):
    items: list[QueueSettings]
    next_cursor: None = None


class QueueDocument(BaseModel):
    """`waiting` counts contacts that no agent is being offered, `ready` agents who could take one now."""

    id: UUID
    code: str
    name: str
    waiting: int
    longest_since: datetime | None
    ready: int
    talking: int


class Membership(BaseModel):
    """`level` is the skill in this queue, 5 the best."""

    model_config = ConfigDict(extra="forbid")

    level: Level = 1


class Member(BaseModel):
    person_id: UUID
    number: str | None
    name: str
    level: int


class MemberList(BaseModel):
    items: list[Member]
    next_cursor: str | None
