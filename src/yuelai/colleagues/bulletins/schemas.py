"""Bulletins over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from yuelai.colleagues.schemas import PersonReference
from yuelai.identity.schemas import Body

Importance = Literal["normal", "important"]
Audience = Literal["all", "groups", "queues"]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


class NewBulletin(Body):
    """`target_ids` are groups, or queues whose members are meant; none for everybody."""

    title: Title
    text: Text = ""
    importance: Importance = "normal"
    must_confirm: bool = False
    audience: Audience = "all"
    target_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default_factory=list)
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None


class Receipts(BaseModel):
    """Of those it is for: how many have read it, and have said that they understood."""

    meant: int
    read: int
    confirmed: int


class Bulletin(BaseModel):
    """`read_at` and `confirmed_at` are the reader's own; `receipts` are for those who may write bulletins."""

    id: UUID
    title: str
    text: str
    importance: Importance
    must_confirm: bool
    audience: Audience
    target_ids: list[UUID]
    valid_from: datetime
    valid_until: datetime | None
    author: PersonReference
    created_at: datetime
    withdrawn_at: datetime | None
    read_at: datetime | None
    confirmed_at: datetime | None
    receipts: Receipts | None


class BulletinList(BaseModel):
    items: list[Bulletin]
    next_cursor: str | None


class Unread(BaseModel):
    """`count` are those still to be read or confirmed, `newest` is the one to show: important ones first. `again_at` is
    when another one begins or ends by itself."""

    count: int
    newest: Bulletin | None
    again_at: datetime | None


class Reading(Body):
    confirm: bool = False


class Reader(PersonReference):
    read_at: datetime | None
    confirmed_at: datetime | None


class ReaderList(BaseModel):
    items: list[Reader]
    next_cursor: str | None
