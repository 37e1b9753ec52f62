"""The record of a customer over HTTP. Whatever an old id of a merged customer is asked for, the survivor answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from yuelai.customers import service as customers
from yuelai.customers.model import Card
from yuelai.customers.record import creation, history, service
from yuelai.customers.record.schemas import Changes, History, NewCustomerBody, Record
from yuelai.customers.sealing import Vault, vault
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Keys = Annotated[Vault, Depends(vault)]
Reader = Annotated[Principal, Depends(require("customers.read"))]
Writer = Annotated[Principal, Depends(require("customers.write"))]


@router.post("", status_code=201)
async def create(body: NewCustomerBody, principal: Writer, db: Db, keys: Keys) -> Card:
    new = creation.NewCustomer(**body.model_dump())
    async with db.transaction(principal.tenant_id) as conn:
        id_ = await creation.add(conn, principal.tenant_id, new, vault=keys, person_id=principal.person_id)
        await audit(conn, principal, "customer.created", f"customer/{id_}")
        return await customers.card(conn, principal.tenant_id, id_)


@router.get("/{customer_id:uuid}")
async def one(customer_id: UUID, principal: Reader, db: Db, keys: Keys) -> Record:
    async with db.transaction(principal.tenant_id) as conn:
        return Record.model_validate(await service.get(conn, principal.tenant_id, customer_id, keys))


@router.patch("/{customer_id:uuid}")
async def change(customer_id: UUID, body: Changes, principal: Writer, db: Db, keys: Keys) -> Record:
    """Change what is given; refused when somebody changed the customer since `version`."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.change(conn, principal, customer_id, body.version, body.given(), keys)
        return Record.model_validate(await service.get(conn, principal.tenant_id, customer_id, keys))


@router.get("/{customer_id:uuid}/history")
async def changes(
    customer_id: UUID,
    principal: Reader,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> History:
    """Who changed what, the newest first; personal values are masked."""
    async with db.transaction(principal.tenant_id) as conn:
        family = await customers.family(conn, principal.tenant_id, customer_id)
        items, next_cursor = await history.read(conn, principal.tenant_id, family, cursor=cursor, limit=limit)
    return History.model_validate({"items": items, "next_cursor": next_cursor})
