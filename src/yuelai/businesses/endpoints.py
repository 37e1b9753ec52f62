"""Businesses over HTTP."""

from __future__ import annotations

import contextlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.businesses import service
from yuelai.businesses.schemas import (
    BusinessKinds,
    BusinessOpening,
    BusinessRecord,
    BusinessRecords,
    BusinessSubmission,
)
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.interactions import taking_part, trail
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/businesses", tags=["businesses"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]
Reader = Annotated[Principal, Depends(require("customers.read"))]


@router.get("/kinds")
async def kinds(principal: AgentAtWork, db: Db) -> BusinessKinds:
    """What can be done for customers, in the order of the menu, each with its form."""
    async with db.transaction(principal.tenant_id) as conn:
        return BusinessKinds.model_validate({"items": await service.kinds(conn, principal)})


@router.post("/openings", status_code=204)
async def opened(body: BusinessOpening, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """A form was opened for a contact that the agent has part in: a line on its trail, nothing else."""
    await taking_part.required(db, client, principal, body.interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        kind = await service.kind(conn, principal, body.kind)
    data = {"kind": kind["code"], "name": kind["name"], "name_en": kind["name_en"]}
    await _note(client, principal, body.interaction_id, "business_opened", data)
    return Response(status_code=204)


@router.post("/records", status_code=201, responses={200: {"model": BusinessRecord}})
async def submit(
    body: BusinessSubmission, principal: AgentAtWork, db: Db, client: Core, response: Response
) -> BusinessRecord:
    """Submit a form: it is checked, kept, and its draft is gone. 200 for one that was submitted before."""
    part = await taking_part.required(db, client, principal, body.interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        record, new = await service.submit(conn, principal, part, body.draft_id, body.kind, body.values)
    if new:
        data = {name: str(record[name]) for name in ("kind", "name", "name_en", "no")}
        await _note(client, principal, body.interaction_id, "business_submitted", {**data, "id": str(record["id"])})
    else:
        response.status_code = 200
    return BusinessRecord.model_validate(record)


async def _note(client: IpcClient, principal: Principal, interaction_id: UUID, kind: str, data: trail.Data) -> None:
    """A contact that is over has no trail to write on any more; what was done stands all the same."""
    with contextlib.suppress(Refusal):
        await trail.note(client, principal, interaction_id, kind, data)


@router.get("/records")
async def records(
    principal: Reader,
    db: Db,
    customer_id: Annotated[UUID | None, Query()] = None,
    interaction_id: Annotated[UUID | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BusinessRecords:
    """What was submitted, for a customer or in a contact, the newest first."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.records(
            conn, principal, customer_id=customer_id, interaction_id=interaction_id, cursor=cursor, limit=limit
        )
    return BusinessRecords.model_validate({"items": items, "next_cursor": next_cursor})


@router.get("/records/{record_id}")
async def record(record_id: UUID, principal: Reader, db: Db) -> BusinessRecord:
    """One business with its form; numbers and addresses masked for whoever may not reveal them."""
    async with db.transaction(principal.tenant_id) as conn:
        return BusinessRecord.model_validate(await service.record(conn, principal, record_id))
