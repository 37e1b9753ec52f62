"""Simulations over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from yuelai.flows.schemas import Document, Instant
from yuelai.identity.schemas import Body


class SimulationBody(Body):
    """`at` is when the contact is to come, for hours. `answers` are what look-ups answer, by name: without one the
    tenant's own data is read for `balance` and `hours`, and others fail; "fail" makes one fail."""

    document: Document
    ani: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{0,20}$")] = ""
    at: Instant | None = None
    language: Literal["zh-CN", "en"] = "zh-CN"
    channel: Literal["voice", "chat", "sms"] = "voice"
    answers: Annotated[dict[str, dict[str, Any] | Literal["fail"]], Field(max_length=50)] = Field(default_factory=dict)


class InputBody(Body):
    """One of them. `silence` lets the time pass; keys that are not enough wait for more of them."""

    keys: Annotated[str, StringConstraints(pattern=r"^[0-9*#]{0,64}$")] | None = None
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")] | None = None
    silence: bool = False
    hangup: bool = False

    @model_validator(mode="after")
    def one_of_them(self) -> InputBody:
        if sum((bool(self.keys), bool(self.words), self.silence, self.hangup)) != 1:
            raise ValueError("one of keys, words, silence and hangup")
        return self


class SimulationEvent(BaseModel):
    """`ms` is in the simulation's own time. `flow` is that of the node where it is one inside the one that is tried
    out, else nothing."""

    ms: int
    kind: Literal["step", "say", "key", "variable", "end"]
    flow: str
    node: str
    text: str
    data: dict[str, Any]


class WaitingDocument(BaseModel):
    """Where a message is recorded, words are what is said, and a silence is that nothing is."""

    node: str
    flow: str
    kind: Literal["menu", "collect", "record"]
    seconds: float
    keys: list[str]


class SimulationEnd(BaseModel):
    outcome: Literal["served", "unserved", "queue", "transfer", "left", "failed"]
    queue: str | None = None
    number: str | None = None


class SimulationDocument(BaseModel):
    id: UUID
    events: list[SimulationEvent]
    waiting: WaitingDocument | None
    variables: dict[str, Any]
    node: str
    flow: str
    ended: SimulationEnd | None
