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


class PathStep(BaseModel):
    """A step of self-service; `key` is what the customer pressed, `choice` what it stood for."""

    node: str | None
    label: str | None
    key: str | None
    choice: str | None


class Refused(BaseModel):
    agent: str
    reason: str


class Handed(BaseModel):
    """The agent with the number `by` handed the customer over to one of the others."""

    by: str
    agent: str | None
    queue: str | None
    number: str | None


class Why(BaseModel):
    """Why it waited and why that agent: `explanation` is routing's (see `yuelai.routing.explain`), `met` what it found
    when it came to its queue, `steps` the terms it waited under, `refused` who was rung and did not take it."""

    explanation: dict[str, Any] | None
    met: dict[str, Any] | None
    steps: list[dict[str, Any]]
    refused: list[Refused]
    handed: list[Handed]


class Summary(BaseModel):
    """`wait_seconds` is queue and ringing until the first answer; `talk_seconds` is talk and conferences, without
    `hold_seconds` and `consult_seconds`. `disposition` is that of the agent who left the customer last."""

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
    consult_seconds: float
    disposition: str | None
    recordings: list[RecordingReference]
    path: list[PathStep]
    why: Why


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


class ParticipantDocument(BaseModel):
    """`role` is customer, agent, consulted, third or leader; `address` the number of somebody outside."""

    id: UUID
    role: str
    agent: AgentReference | None
    address: str
    joined_at: datetime
    left_at: datetime | None
    seconds: float
    reason: str | None


class WrapupDocument(BaseModel):
    agent: AgentReference | None
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    disposition: str | None
    note: str


class Link(BaseModel):
    """`kind` is previous, next, callback, ticket or message; `trail_no` is set for interactions."""

    kind: str
    id: UUID
    trail_no: str | None
    at: datetime


class TrailLine(BaseModel):
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]
    text: str


class Detail(Summary):
    """The page of one interaction. `card` is the customer's card, `note` what the agent who left last wrote in wrap-up;
    `wrapups` are everybody's."""

    note: str | None
    card: Card | None
    candidates: list[Card]
    segments: list[SegmentDocument]
    participants: list[ParticipantDocument]
    wrapups: list[WrapupDocument]
    links: list[Link]
    trail: list[TrailLine]


class NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Text


class Wrapup(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disposition: Code | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""


class ChosenCustomer(BaseModel):
    """`on_behalf`: whoever calls is not the customer, but speaks for them."""

    model_config = ConfigDict(extra="forbid")

    customer_id: UUID
    on_behalf: bool = False
