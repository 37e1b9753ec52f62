"""Searching the audit trail. Whoever leads only a part of the centre sees the deeds of that part's people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from yuelai.identity.access import require
from yuelai.identity.audit import repository
from yuelai.identity.model import Principal
from yuelai.identity.scope import scoped
from yuelai.platform import paging
from yuelai.platform.db import Database
from yuelai.platform.fields import Instant, Word
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("audit.read"))]


class Who(BaseModel):
    id: UUID
    username: str
    name: str


class Line(BaseModel):
    """`token` names the API token that acted for the person; `person` is null where nobody known acted."""

    id: UUID
    at: datetime
    person: Who | None
    token: str | None
    action: str
    object: str
    data: dict[str, Any]
    source: str | None
    request_id: str | None


class LineList(BaseModel):
    items: list[Line]
    next_cursor: str | None


class ActionList(BaseModel):
    items: list[str]


@router.get("")
async def find(
    principal: Reader,
    db: Db,
    person: UUID | None = None,
    action: Annotated[Word | None, Query(max_length=100)] = None,
    object_: Annotated[Word | None, Query(alias="object", max_length=200, description="e.g. `customer/ID`")] = None,
    from_: Annotated[Instant | None, Query(alias="from", description="inclusive; UTC if without zone")] = None,
    to: Annotated[Instant | None, Query(description="exclusive; UTC if without zone")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LineList:
    """The newest first."""
    scope = scoped(principal, "audit.read", tenant="a.tenant_id", own="a.person_id = {}")
    for condition, value in (
        ("a.person_id = {}", person),
        ("a.action = {}", action),
        ("a.object = {}", object_),
        ("a.at >= {}", from_),
        ("a.at < {}", to),
    ):
        if value is not None:
            scope.where(condition, value)
    after = paging.decode(cursor, datetime, UUID) if cursor else None
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.find(conn, scope, (after[0], after[1]) if after else None, limit + 1)
    page, next_cursor = paging.page(rows, limit, lambda row: (row["at"], row["id"]))
    return LineList(items=[_line(row) for row in page], next_cursor=next_cursor)


@router.get("/actions")
async def actions(principal: Reader, db: Db) -> ActionList:
    """The actions that occur in the trail, to choose from."""
    async with db.transaction(principal.tenant_id) as conn:
        return ActionList(items=await repository.actions(conn, principal.tenant_id))


def _line(row: Any) -> Line:
    who = Who(id=row["person_id"], username=row["username"], name=row["name"]) if row["username"] else None
    return Line(
        id=row["id"],
        at=row["at"],
        person=who,
        token=row["token"],
        action=row["action"],
        object=row["object"],
        data=row["data"],
        source=row["source"],
        request_id=row["request_id"],
    )
