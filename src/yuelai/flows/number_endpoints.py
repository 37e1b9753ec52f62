"""Access numbers over HTTP: which flow answers which number. Core follows within a second."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from yuelai.flows import loader, repository, tables
from yuelai.flows.errors import NoSuchAccessNumber, NoSuchFlow, NumberTaken
from yuelai.flows.events import AccessNumberChanged
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1", tags=["flows"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("queues.read"))]
Writer = Annotated[Principal, Depends(require("queues.write"))]
Number = Annotated[str, Path(pattern="^[0-9]{2,20}$", description="digits, as callers dial it")]


class AccessNumber(BaseModel):
    number: str
    flow: str


class AccessNumberList(BaseModel):
    items: list[AccessNumber]
    next_cursor: str | None


class WantedFlow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    flow: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


@router.get("/access-numbers")
async def numbers(
    principal: Reader,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AccessNumberList:
    """The tenant's numbers, in order."""
    (after,) = paging.decode(cursor, str) if cursor is not None else ("",)
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.numbers_of(conn, principal.tenant_id, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["number"],))
    return AccessNumberList.model_validate({"items": [dict(row) for row in items], "next_cursor": next_cursor})


@router.get("/access-numbers/{number}")
async def one(number: Number, principal: Reader, db: Db) -> AccessNumber:
    async with db.transaction(principal.tenant_id) as conn:
        row = await repository.number(conn, principal.tenant_id, number)
    if row is None:
        raise NoSuchAccessNumber()
    return AccessNumber.model_validate(dict(row))


@router.put("/access-numbers/{number}")
async def put(number: Number, body: WantedFlow, principal: Writer, db: Db) -> AccessNumber:
    """Answer the number with this flow from now on; calls that stand stay in theirs. The flow is the tenant's own,
    published, or one that ships with the program."""
    async with db.transaction(principal.tenant_id) as conn:
        if body.flow not in loader.shipped() and not await tables.is_published(conn, principal.tenant_id, body.flow):
            raise NoSuchFlow(flow=body.flow)
        if not await repository.put_number(conn, principal.tenant_id, number, body.flow):
            raise NumberTaken()
        await _tell(conn, principal, "access_number.changed", number, {"flow": body.flow})
    return AccessNumber(number=number, flow=body.flow)


@router.delete("/access-numbers/{number}", status_code=204)
async def delete(number: Number, principal: Writer, db: Db) -> Response:
    """Answer the number no more; calls that stand go on."""
    async with db.transaction(principal.tenant_id) as conn:
        if not await repository.delete_number(conn, principal.tenant_id, number):
            raise NoSuchAccessNumber()
        await _tell(conn, principal, "access_number.removed", number, {})
    return Response(status_code=204)


async def _tell(conn: Connection, principal: Principal, action: str, number: str, data: dict[str, str]) -> None:
    await audit(conn, principal, action, f"access-number/{number}", data)
    await outbox.put(conn, AccessNumberChanged(at=SystemClock().now(), tenant_id=principal.tenant_id, number=number))
