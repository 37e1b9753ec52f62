"""What an agent says when asking something of a call; shapes of the HTTP API."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9*#]{1,32}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class To(BaseModel):
    """Exactly one: a colleague by work number, a queue by code, or a number, which may be a colleague's, ours or one
    outside."""

    model_config = ConfigDict(extra="forbid")

    agent: Code | None = None
    queue: Code | None = None
    number: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> To:
        if sum(each is not None for each in (self.agent, self.queue, self.number)) != 1:
            raise ValueError("say one of agent, queue and number")
        return self


class NewTransfer(BaseModel):
    """`note` is for whoever takes the customer."""

    model_config = ConfigDict(extra="forbid")

    to: To
    note: Note = ""


class NewConsultation(BaseModel):
    """`note` is for whoever is asked."""

    model_config = ConfigDict(extra="forbid")

    to: To
    note: Note = ""


class Keys(BaseModel):
    """Sent as if pressed at the agent's telephone."""

    model_config = ConfigDict(extra="forbid")

    digits: Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]{1,64}$")]
