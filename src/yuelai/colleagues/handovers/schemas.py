"""Hand-over notes over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from yuelai.colleagues.schemas import PersonReference, Words
from yuelai.identity.schemas import Body


class NewHandover(Body):
    """`interaction_id` is a contact of one's own that it is about."""

    group_id: UUID
    text: Words
    interaction_id: UUID | None = None


class Handover(BaseModel):
    """Open until somebody takes it over."""

    id: UUID
    group_id: UUID
    group_name: str
    author: PersonReference
    at: datetime
    text: str
    interaction_id: UUID | None
    trail_no: str
    taken_by: PersonReference | None
    taken_at: datetime | None


class HandoverList(BaseModel):
    items: list[Handover]
    next_cursor: str | None


class HandoverGroup(BaseModel):
    """A group one may read and write notes of; `open` are those that nobody has taken over."""

    id: UUID
    name: str
    open: int


class HandoverGroups(BaseModel):
    items: list[HandoverGroup]
    next_cursor: None = None
