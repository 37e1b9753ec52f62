"""Dispositions over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from yuelai.identity.schemas import Body, EnglishName, Name
from yuelai.routing.schemas import Code

Position = Annotated[int, Field(ge=0, le=9999)]
Queues = Annotated[list[UUID], Field(max_length=200)]


class NewDisposition(Body):
    """`queue_ids` are where it can be chosen, none: everywhere; `parent_id` the one it stands below."""

    code: Code
    name: Name
    name_en: EnglishName = ""
    parent_id: UUID | None = None
    position: Position = 0
    needs_note: bool = False
    active: bool = True
    queue_ids: Queues = Field(default_factory=list)


class DispositionChange(Body):
    name: Name = ""
    name_en: EnglishName = ""
    parent_id: UUID | None = None
    position: Position = 0
    needs_note: bool = False
    active: bool = True
    queue_ids: Queues = Field(default_factory=list)


class Disposition(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    parent_id: UUID | None
    position: int
    needs_note: bool
    active: bool
    queue_ids: list[UUID]


class Dispositions(BaseModel):
    items: list[Disposition]
    next_cursor: None = None
