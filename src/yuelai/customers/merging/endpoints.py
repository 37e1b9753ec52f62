"""Duplicates, merging and splitting over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from yuelai.customers.merging import service
from yuelai.customers.merging.duplicates import duplicates
from yuelai.customers.model import Card
from yuelai.customers.record.schemas import CustomerRef, PersonRef
from yuelai.customers.sealing import Vault, vault
from yuelai.customers.texts import Short
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("customers.read"))]
Merger = Annotated[Principal, Depends(require("customers.merge"))]


class Duplicate(BaseModel):
    """`score` is up to 100; `reasons` the strongest first."""

    card: Card
    score: int
    reasons: list[str]


class DuplicateList(BaseModel):
    items: list[Duplicate]
    next_cursor: None = None


class MergeBody(BaseModel):
    """`fields` says whose value stands, e.g. `{"name": "drop", "custom.size": "keep"}`; the kept one's otherwise."""

    model_config = ConfigDict(extra="forbid")

    keep: UUID
    drop: UUID
    fields: Annotated[dict[Short, Literal["keep", "drop"]], Field(max_length=200)] = {}


class Done(BaseModel):
    merge_id: UUID
    customer_id: UUID


class Apart(BaseModel):
    """Both live again."""

    keep_id: UUID
    drop_id: UUID


class Merge(BaseModel):
    id: UUID
    at: datetime
    person: PersonRef | None
    kept: CustomerRef
    dropped: CustomerRef
    split_at: datetime | None


class MergeList(BaseModel):
    items: list[Merge]
    next_cursor: str | None


@router.get("/{customer_id:uuid}/duplicates")
async def find_duplicates(customer_id: UUID, principal: Reader, db: Db) -> DuplicateList:
    """Who may be the same person or company, the most alike first, at most twenty."""
    async with db.transaction(principal.tenant_id) as conn:
        return DuplicateList.model_validate({"items": await duplicates(conn, principal.tenant_id, customer_id)})


@router.post("/merge")
async def merge(body: MergeBody, principal: Merger, db: Db, keys: Annotated[Vault, Depends(vault)]) -> Done:
    """Make one customer of two. The dropped one's id answers as the kept one from then on."""
    async with db.transaction(principal.tenant_id) as conn:
        merge_id = await service.merge(conn, principal, body.keep, body.drop, body.fields, keys)
    return Done(merge_id=merge_id, customer_id=body.keep)


@router.get("/merges")
async def merges(
    principal: Merger,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> MergeList:
    """The newest first, undone ones too."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.merges(conn, principal.tenant_id, cursor=cursor, limit=limit)
    return MergeList.model_validate({"items": items, "next_cursor": next_cursor})


@router.post("/merges/{merge_id}/split")
async def split(merge_id: UUID, principal: Merger, db: Db) -> Apart:
    """Undo a merge: each has what it had at that time, what came since stays with the kept one."""
    async with db.transaction(principal.tenant_id) as conn:
        keep, drop = await service.split(conn, principal, merge_id)
    return Apart(keep_id=keep, drop_id=drop)
