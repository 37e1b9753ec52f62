"""Businesses over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from yuelai.identity.schemas import Body, Code


class BusinessKind(BaseModel):
    """`form` is JSON Schema (draft 2020-12) with `x-…` for screens; docs/reference/business-forms.md."""

    code: str
    version: int
    name: str
    name_en: str
    letter: str
    icon: str
    form: dict[str, Any]


class BusinessKinds(BaseModel):
    items: list[BusinessKind]
    next_cursor: None = None


class BusinessOpening(Body):
    """A form was opened for a contact; it stands on the trail."""

    interaction_id: UUID
    kind: Code


DEEPEST: Final = 4
"""Lists and groups within each other that a page's form may have."""
MOST_PARTS: Final = 5000


def storable(values: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for what is nested too deeply, has too many parts or a character that cannot be stored."""
    level: list[Any] = [values]
    parts = 0
    for _ in range(DEEPEST):
        below = [part for each in level for part in _parts(each)]
        parts += len(below)
        if any(isinstance(part, str) and "\0" in part for part in below):
            raise ValueError("holds a character that cannot be stored")
        level = [part for part in below if isinstance(part, dict | list)]
    if level or parts > MOST_PARTS:
        raise ValueError(f"nested deeper than {DEEPEST}, or more than {MOST_PARTS} parts")
    return values


def _parts(each: Any) -> Iterator[Any]:
    if isinstance(each, dict):
        yield from each
        yield from each.values()
    else:
        yield from each


Values = Annotated[dict[str, Any], Field(max_length=200), AfterValidator(storable)]


class BusinessSubmission(Body):
    """`draft_id` becomes the record's id: sent again, it is the same business."""

    draft_id: UUID
    interaction_id: UUID
    kind: Code
    values: Values


class Writer(BaseModel):
    id: UUID
    number: str | None
    name: str


class BusinessSummary(BaseModel):
    """`no` is what a customer is told."""

    id: UUID
    no: str
    kind: str
    kind_version: int
    name: str
    name_en: str
    interaction_id: UUID
    trail_no: str
    customer_id: UUID | None
    submitted_by: Writer
    submitted_at: datetime


class BusinessRecord(BusinessSummary):
    """Numbers and addresses are masked for whoever may not reveal customers' data."""

    values: dict[str, Any]


class BusinessRecords(BaseModel):
    items: list[BusinessSummary]
    next_cursor: str | None
