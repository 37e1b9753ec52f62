"""Callbacks over HTTP: what goes in and comes out. Instants are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from yuelai.channels.callback.events import Kind, Result, State
from yuelai.interactions.schemas import AgentReference, QueueReference

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
QueueCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Customer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    name: str
    class_: Annotated[str | None, Field(alias="class")]


class Message(BaseModel):
    """The recording of a voicemail; `duration_ms` as its caller spoke."""

    id: UUID
    duration_ms: int | None


class CallbackDocument(BaseModel):
    """`since` is the place that is kept, `interaction_id` the contact it comes from, `last_interaction_id` our call."""

    id: UUID
    kind: Kind
    state: State
    number: str
    queue: QueueReference | None
    customer: Customer | None
    agent: AgentReference | None
    language: str
    since: datetime
    booked_at: datetime
    due_at: datetime
    attempts: int
    max_attempts: int
    last_result: Result | None
    interaction_id: UUID | None
    last_interaction_id: UUID | None
    recording: Message | None
    note: str
    changed_at: datetime
    version: int


class CallbackList(BaseModel):
    items: list[CallbackDocument]
    next_cursor: str | None


class NewCallback(BaseModel):
    """`queue` is a code. `mine`: I shall make the call, others only when I am not there."""

    model_config = ConfigDict(extra="forbid")

    number: Number
    queue: QueueCode
    kind: Literal["callback", "web"] = "callback"
    due_at: AwareDatetime | None = None
    customer_id: UUID | None = None
    interaction_id: UUID | None = None
    language: Literal["zh-CN", "en"] = "zh-CN"
    note: Note = ""
    mine: bool = False


class CallbackChange(BaseModel):
    """Only what is to change. `state`: cancelled, done (a message was heard), or waiting for one that failed."""

    model_config = ConfigDict(extra="forbid")

    version: int
    state: Literal["cancelled", "done", "waiting"] | None = None
    due_at: AwareDatetime | None = None
    queue: QueueCode | None = None
    note: Note | None = None


class NewCall(BaseModel):
    """A call that I make: my phone rings first. `caller_number` is what the customer sees, one of ours;
    `interaction_id` the contact it goes on from."""

    model_config = ConfigDict(extra="forbid")

    number: Number
    caller_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] | None = None
    queue: QueueCode | None = None
    customer_id: UUID | None = None
    interaction_id: UUID | None = None


class CallBegun(BaseModel):
    interaction_id: UUID
