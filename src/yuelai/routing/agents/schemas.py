"""Agents over HTTP as their leaders see them: what goes in and comes out. Instants are UTC, durations seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yuelai.routing.events import AgentState, Seat
from yuelai.routing.schemas import AgentDocument, Code, EnglishName, Name

Channel = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
Count = Annotated[int, Field(ge=0, le=50)]
Position = Annotated[int, Field(ge=1, le=10_000)]


class Forced(BaseModel):
    """`seat` None keeps the present one. During a contact it is kept as `pending`."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["ready", "busy", "offline"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    seat: Seat | None = None


class Extension(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[int, Field(ge=1, le=3600)]


class AgentList(BaseModel):
    items: list[AgentDocument]
    next_cursor: str | None


class Profile(BaseModel):
    """`capacity` is how many contacts of each channel at once (a channel that is not named: none); `wrapup_seconds`
    counts instead of the queue's (null: as the queue has it); `seat` is where the agent works when nothing else is
    said."""

    model_config = ConfigDict(extra="forbid")

    capacity: Annotated[dict[Channel, Count], Field(max_length=20)] = {"voice": 1}
    wrapup_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    auto_answer: bool = False
    seat: Seat | None = None


class StateSpan(BaseModel):
    """`ended_at` is null for the one that lasts; `by` is the leader who wanted it."""

    state: AgentState
    reason: str
    seat: Seat
    interaction_id: UUID | None
    by: UUID | None
    started_at: datetime
    ended_at: datetime | None
    seconds: float


class StateSum(BaseModel):
    state: AgentState
    reason: str
    seconds: float
    count: int


class StateLog(BaseModel):
    """`sums` are of the whole span asked for, whatever page it is; what began or ended outside it counts in part."""

    items: list[StateSpan]
    sums: list[StateSum]
    seconds: float
    next_cursor: str | None


class BusyReason(BaseModel):
    """`system` ones come about by themselves and cannot be chosen or changed."""

    code: str
    name: str
    name_en: str
    position: int
    system: bool


class BusyReasonList(BaseModel):
    items: list[BusyReason]
    next_cursor: None = None


class NewBusyReason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Name
    name_en: EnglishName = ""
    position: Position = 100


class BusyReasonChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    name_en: EnglishName | None = None
    position: Position | None = None


class DirectNumber(BaseModel):
    """`seat` is the work number of the person it leads to; `trunk_id` null: called by any trunk."""

    number: str
    person_id: UUID
    seat: str | None
    name: str
    trunk_id: UUID | None


class DirectNumberList(BaseModel):
    items: list[DirectNumber]
    next_cursor: str | None


class WantedSeat(BaseModel):
    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    trunk_id: UUID | None = None
