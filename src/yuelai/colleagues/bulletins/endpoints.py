"""Bulletins over HTTP: `bulletins.write` publishes, everybody who talks with colleagues reads."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.colleagues.bulletins import service
from yuelai.colleagues.bulletins.schemas import Bulletin, BulletinList, NewBulletin, ReaderList, Reading, Unread
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/bulletins", tags=["colleagues"])

Db = Annotated[Database, Depends(database)]
Talker = Annotated[Principal, Depends(require("colleagues.talk"))]
Writer = Annotated[Principal, Depends(require("bulletins.write"))]


@router.get("")
async def bulletins(
    principal: Talker,
    db: Db,
    state: Annotated[service.Wanted, Query(description="past: withdrawn, or their time is over")] = "all",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BulletinList:
    """The newest first: those for me; for whoever may write, all of the tenant with their receipts."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.find(conn, principal, state, cursor=cursor, limit=limit)
    return BulletinList.model_validate({"items": items, "next_cursor": next_cursor})


@router.get("/unread")
async def unread(principal: Talker, db: Db) -> Unread:
    """What I have still to read or to confirm; the live document `bulletins/{tenant}` changes when to ask again."""
    async with db.transaction(principal.tenant_id) as conn:
        return Unread.model_validate(await service.unread(conn, principal))


@router.post("", status_code=201)
async def publish(body: NewBulletin, principal: Writer, db: Db) -> Bulletin:
    """It is on the screens of those it is for within a second of its beginning."""
    async with db.transaction(principal.tenant_id) as conn:
        bulletin_id = await service.publish(conn, principal, body.model_dump())
        return Bulletin.model_validate(await service.one(conn, principal, bulletin_id))


@router.get("/{bulletin_id}")
async def bulletin(bulletin_id: UUID, principal: Talker, db: Db) -> Bulletin:
    async with db.transaction(principal.tenant_id) as conn:
        return Bulletin.model_validate(await service.one(conn, principal, bulletin_id))


@router.post("/{bulletin_id}/withdraw", status_code=204)
async def withdraw(bulletin_id: UUID, principal: Writer, db: Db) -> Response:
    """Nobody is shown it any more; its receipts stay."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.withdraw(conn, principal, bulletin_id)
    return Response(status_code=204)


@router.put("/{bulletin_id}/read", status_code=204)
async def read(bulletin_id: UUID, body: Reading, principal: Talker, db: Db) -> Response:
    """I have seen it; with `confirm` I say that I understood. The first time counts."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.read(conn, principal, bulletin_id, body.confirm)
    return Response(status_code=204)


@router.get("/{bulletin_id}/readers")
async def readers(
    bulletin_id: UUID,
    principal: Writer,
    db: Db,
    missing: Annotated[
        bool, Query(description="only those who have not read it, or not confirmed what they must")
    ] = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReaderList:
    """Whom it is for, by name, each with their receipt."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.readers(
            conn, principal, bulletin_id, missing=missing, cursor=cursor, limit=limit
        )
    return ReaderList.model_validate({"items": items, "next_cursor": next_cursor})
