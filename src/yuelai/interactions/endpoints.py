"""Interactions over HTTP. Reading asks PostgreSQL; what changes one is in `verbs`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions import export as cdr
from yuelai.interactions import service
from yuelai.interactions.errors import BadSpan
from yuelai.interactions.schemas import Detail, SummaryList
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/interactions", tags=["interactions"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("interactions.read"))]


@router.get("")
async def find(
    principal: Reader,
    db: Db,
    ani: Annotated[str | None, Query(min_length=1, max_length=64, description="in any written form")] = None,
    channel: Annotated[str | None, Query(max_length=32)] = None,
    from_: Annotated[datetime | None, Query(alias="from", description="inclusive; UTC if without zone")] = None,
    to: Annotated[datetime | None, Query(description="exclusive; UTC if without zone")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SummaryList:
    """The newest first. Agents see their own, leaders and quality inspectors those of whom their grants are about."""
    wanted = service.Filter(ani, channel, _utc(from_), _utc(to))
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.find(conn, principal, wanted, cursor=cursor, limit=limit)
    return SummaryList.model_validate({"items": items, "next_cursor": next_cursor})


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@router.get("/export.csv", response_class=StreamingResponse)
async def export(
    principal: Annotated[Principal, Depends(require("interactions.export"))],
    db: Db,
    from_: Annotated[datetime, Query(alias="from", description="inclusive; UTC if without zone")],
    to: Annotated[datetime, Query(description="exclusive; UTC if without zone")],
    ani: Annotated[str | None, Query(min_length=1, max_length=64, description="in any written form")] = None,
    channel: Annotated[str | None, Query(max_length=32)] = None,
    legs: Annotated[bool, Query(description="a row for each segment, participant and wrap-up")] = False,
    bom: Annotated[bool, Query(description="a byte order mark, by which Excel knows UTF-8")] = True,
) -> StreamingResponse:
    """Call detail records, the oldest first; docs/reference/cdr.md tells what the columns mean."""
    wanted = service.Filter(ani, channel, _utc(from_), _utc(to))
    if wanted.since is None or wanted.until is None or wanted.until <= wanted.since:
        raise BadSpan()
    pieces = cdr.lines(db, principal, wanted, legs=legs, mark=bom)
    first = await anext(pieces)  # what cannot be had is refused before the answer begins
    async with db.transaction(principal.tenant_id) as conn:
        said = {"from": wanted.since.isoformat(), "to": wanted.until.isoformat(), "legs": legs, "channel": channel}
        await audit(conn, principal, "interactions.exported", "interactions", {**said, "by_number": ani is not None})
    name = f"{'legs' if legs else 'interactions'}-{wanted.since:%Y%m%d}-{wanted.until:%Y%m%d}.csv"
    return StreamingResponse(
        _after(first, pieces),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


@router.get("/{interaction_id}")
async def one(interaction_id: UUID, principal: Reader, db: Db) -> Detail:
    """The service trail of one interaction: its segments, steps, notes, recordings and customer."""
    async with db.transaction(principal.tenant_id) as conn:
        return Detail.model_validate(await service.one(conn, principal, interaction_id))
