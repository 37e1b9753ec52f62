"""Hand-over notes over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.colleagues.handovers import service
from yuelai.colleagues.handovers.schemas import Handover, HandoverGroups, HandoverList, NewHandover
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.interactions import taking_part
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/handovers", tags=["colleagues"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Talker = Annotated[Principal, Depends(require("colleagues.talk"))]


@router.get("")
async def notes(
    principal: Talker,
    db: Db,
    group_id: UUID | None = None,
    since: Annotated[
        datetime | None, Query(description="those written since, and all that are open; UTC if without zone")
    ] = None,
    open_only: Annotated[bool, Query(description="only what nobody has taken over")] = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> HandoverList:
    """Of my groups, the newest first; leaders see those of whom they lead."""
    begin = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.notes(
            conn, principal, group_id=group_id, since=begin, open_only=open_only, cursor=cursor, limit=limit
        )
    return HandoverList.model_validate({"items": items, "next_cursor": next_cursor})


@router.get("/groups")
async def groups(principal: Talker, db: Db) -> HandoverGroups:
    """The groups I may write for, 200 at most."""
    async with db.transaction(principal.tenant_id) as conn:
        return HandoverGroups.model_validate({"items": await service.groups(conn, principal)})


@router.post("", status_code=201)
async def write(body: NewHandover, principal: Talker, db: Db, client: Core) -> Handover:
    part = None
    if body.interaction_id is not None:
        part = await taking_part.required(db, client, principal, body.interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.write(conn, principal, body.group_id, body.text, part)
    return Handover.model_validate(found)


@router.put("/{handover_id}/taken", status_code=204)
async def take(handover_id: UUID, principal: Talker, db: Db) -> Response:
    """I take it over."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.take(conn, principal, handover_id)
    return Response(status_code=204)


@router.delete("/{handover_id}/taken", status_code=204)
async def give_back(handover_id: UUID, principal: Talker, db: Db) -> Response:
    """It is open again: I had taken it by mistake."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.give_back(conn, principal, handover_id)
    return Response(status_code=204)
