"""Interactions over HTTP: what goes in and comes out. Instants are UTC, durations seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yuelai.customers.model import Card

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]

CustomerReference = Annotated[dict[str, Any], Field(description="`{id, name, class}`")]


class QueueReference(BaseModel):
    id: UUID
    code: str
    name: str


class AgentReference(BaseModel):
    id: UUID
    number: str | None
    name: str


class RecordingReference(BaseModel):
    id: UUID
    duration_ms: int


class Summary(BaseModel):
    """`wait_seconds` is queue and ringing until the first answer; `talk_seconds` is without hold."""

    id: UUID
    trail_no: str
    channel: str
    direction: str
    state: str
    ani: str
    dnis: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    match: str | None
    customer: CustomerReference | None
    queue: QueueReference | None
    agent: AgentReference | None
    wait_seconds: float
    talk_seconds: float
    hold_seconds: float
    disposition: str | None
    recordings: list[RecordingReference]


class SummaryList(BaseModel):
    items: list[Summary]
    next_cursor: str | None


class SegmentDocument(BaseModel):
    kind: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    agent: AgentReference | None
    queue: QueueReference | None


class TrailLine(BaseModel):
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]
    text: str


class Detail(Summary):
    """The page of one interaction. `card` is the customer's card, `note` what the agent wrote in wrap-up."""

    note: str | None
    card: Card | None
    candidates: list[Card]
    segments: list[SegmentDocument]
    trail: list[TrailLine]


class NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Text


class Wrapup(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disposition: Code | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""


class ChosenCustomer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer_id: UUID
