"""What the parts of this room have in common over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
"""What somebody writes: 2,000 characters at most."""


class PersonReference(BaseModel):
    id: UUID
    number: str | None
    name: str


class Colleague(PersonReference):
    """`state` is null for somebody without a telephone of their own here; `leader` leads others."""

    pinyin: str
    leader: bool
    skills: list[str]
    groups: list[str]
    state: str | None
    reason: str
    since: datetime | None


class ColleagueList(BaseModel):
    items: list[Colleague]
    next_cursor: str | None
