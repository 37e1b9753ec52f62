"""Dispositions over HTTP. The tree is short: it comes whole."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database
from yuelai.routing.dispositions import service
from yuelai.routing.dispositions.schemas import Disposition, DispositionChange, Dispositions, NewDisposition

router = APIRouter(prefix="/api/v1", tags=["routing"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("queues.read"))]
Writer = Annotated[Principal, Depends(require("queues.write"))]


@router.get("/dispositions")
async def dispositions(principal: Reader, db: Db) -> Dispositions:
    """All of the tenant in their order, each with those below it right after; those that are switched off, too."""
    async with db.transaction(principal.tenant_id) as conn:
        return Dispositions.model_validate({"items": await service.dispositions(conn, principal)})


@router.get("/queues/{queue_id}/dispositions")
async def of_queue(queue_id: UUID, principal: Reader, db: Db) -> Dispositions:
    """What can be chosen for a contact of the queue."""
    async with db.transaction(principal.tenant_id) as conn:
        return Dispositions.model_validate({"items": await service.of_queue(conn, principal, queue_id)})


@router.post("/dispositions", status_code=201)
async def add(body: NewDisposition, principal: Writer, db: Db) -> Disposition:
    async with db.transaction(principal.tenant_id) as conn:
        return Disposition.model_validate(await service.add(conn, principal, body.model_dump()))


@router.patch("/dispositions/{disposition_id}")
async def change(disposition_id: UUID, body: DispositionChange, principal: Writer, db: Db) -> Disposition:
    """Change what is sent; `parent_id: null` brings it to the upper level."""
    async with db.transaction(principal.tenant_id) as conn:
        return Disposition.model_validate(await service.change(conn, principal, disposition_id, body.sent()))


@router.delete("/dispositions/{disposition_id}", status_code=204)
async def delete(disposition_id: UUID, principal: Writer, db: Db) -> Response:
    """It can be chosen no more. Contacts that were closed with it keep its code: to keep its name, switch it off."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, disposition_id)
    return Response(status_code=204)
