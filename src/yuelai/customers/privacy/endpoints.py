"""Revealing, exporting and erasing over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from yuelai.customers.ports import PersonalData
from yuelai.customers.privacy import service
from yuelai.customers.sealing import Vault, vault
from yuelai.customers.texts import Note, Short
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers/{customer_id:uuid}", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Keys = Annotated[Vault, Depends(vault)]
Eraser = Annotated[Principal, Depends(require("customers.erase"))]


class RevealBody(BaseModel):
    """`fields` are `id_number` and `address:{id}`."""

    model_config = ConfigDict(extra="forbid")

    fields: Annotated[list[Short], Field(min_length=1, max_length=20)]
    reason: Note


class Revealed(BaseModel):
    values: dict[str, str | None]


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


@router.post("/reveal")
async def reveal(
    customer_id: UUID,
    body: RevealBody,
    principal: Annotated[Principal, Depends(require("customers.reveal"))],
    db: Db,
    keys: Keys,
    response: Response,
) -> Revealed:
    """See what is masked. Who saw what, and why, goes into the audit trail."""
    async with db.transaction(principal.tenant_id) as conn:
        values = await service.reveal(conn, principal, customer_id, body.fields, body.reason, keys)
    response.headers["Cache-Control"] = "no-store"
    return Revealed(values=values)


@router.get("/export", response_class=Response, responses={200: {"content": {"application/json": {}}}})
async def export(
    customer_id: UUID,
    principal: Annotated[Principal, Depends(require("customers.export"))],
    db: Db,
    keys: Keys,
    request: Request,
) -> Response:
    """Everything that is held about somebody, in all rooms, unmasked, as one JSON document."""
    async with db.transaction(principal.tenant_id) as conn:
        document = await service.export(conn, principal, customer_id, keys, _others(request))
    return Response(
        msgspec.json.format(msgspec.json.encode(document), indent=2),
        headers={
            "Content-Disposition": f'attachment; filename="customer-{document["customer_id"]}.json"',
            "Cache-Control": "no-store",
        },
        media_type="application/json",
    )


@router.post("/erase", status_code=204)
async def erase(customer_id: UUID, body: Reason, principal: Eraser, db: Db, keys: Keys, request: Request) -> None:
    """Take out all personal data, for good. Ids and figures stay, and who did it and why."""
    async with db.transaction(principal.tenant_id) as conn:
        afterwards = await service.erase(conn, principal, customer_id, body.reason, keys, _others(request))
    for each in afterwards:
        await each()


@router.put("/hold", status_code=204)
async def hold(customer_id: UUID, body: Reason, principal: Eraser, db: Db) -> None:
    """Keep a customer from being erased (legal hold)."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.hold(conn, principal, customer_id, body.reason)


@router.delete("/hold", status_code=204)
async def release(customer_id: UUID, principal: Eraser, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.hold(conn, principal, customer_id, None)


def _others(request: Request) -> Sequence[PersonalData]:
    return cast("Sequence[PersonalData]", getattr(request.app.state, "personal_data", ()))
