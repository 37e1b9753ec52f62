"""Drafts over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from yuelai.businesses.schemas import Values, Writer
from yuelai.identity.schemas import Body

Form = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_:-]{0,63}$")]


class DraftChange(Body):
    """`form` is `business:CODE`, `wrapup`, `note`, `create` or another name of a page's; `version` the one these values
    were made from, 0 for a draft that is new."""

    interaction_id: UUID
    form: Form
    values: Values
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class KeptDraft(BaseModel):
    id: UUID
    interaction_id: UUID
    form: str
    values: dict[str, Any]
    version: int
    updated_by: Writer
    updated_at: datetime


class KeptDrafts(BaseModel):
    items: list[KeptDraft]
    next_cursor: None = None
