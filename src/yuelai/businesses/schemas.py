"""Businesses over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

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


Values = Annotated[dict[str, Any], Field(max_length=200)]


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
