"""Agents' states over HTTP: what goes in and comes out. Instants are UTC, durations whole seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from yuelai.routing.events import AgentState, Seat

Code = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,31}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
EnglishName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


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


class ForcedBy(BaseModel):
    by: UUID
    at: datetime | None


class WorkInHand(BaseModel):
    """`contact_id` differs from the interaction's where the agent is only asked about it."""

    contact_id: UUID
    interaction_id: UUID
    channel: str
    state: AgentState
    since: datetime
    until: datetime | None
    queue: str | None


class AgentDocument(BaseModel):
    """`until` is when ringing or wrap-up ends by itself; `pending` is what follows the contact, if asked for;
    `presence` is what the agent, or a leader (`forced`), chose apart from contacts; `work` is all they have in hand.
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
    presence: AgentState
    forced: ForcedBy | None
    auto_answer: bool
    work: list[WorkInHand]
    groups: list[UUID]
    site_id: UUID | None
    today: Today
