"""Identities, addresses, relations and consents over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from yuelai.customers.parts import addresses, consents, identities, relations
from yuelai.customers.record.schemas import (
    Address,
    AddressChange,
    Consent,
    Identity,
    IdentityChange,
    NewAddress,
    NewIdentity,
    Relation,
)
from yuelai.customers.texts import Code, Short
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers/{customer_id:uuid}", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Writer = Annotated[Principal, Depends(require("customers.write"))]


class NewRelation(BaseModel):
    """`kind` is what the other one is to the customer."""

    model_config = ConfigDict(extra="forbid")

    customer_id: UUID
    kind: relations.RelationKind


class RelationChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: relations.RelationKind


class ConsentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Code
    purpose: Code
    allowed: bool
    source: Short


@router.post("/identities", status_code=201)
async def add_identity(customer_id: UUID, body: NewIdentity, principal: Writer, db: Db) -> Identity:
    async with db.transaction(principal.tenant_id) as conn:
        return Identity.model_validate(await identities.add(conn, principal, customer_id, **body.model_dump()))


@router.patch("/identities/{identity_id}")
async def change_identity(
    customer_id: UUID, identity_id: UUID, body: IdentityChange, principal: Writer, db: Db
) -> Identity:
    values = body.model_dump(exclude_unset=True)
    async with db.transaction(principal.tenant_id) as conn:
        return Identity.model_validate(await identities.change(conn, principal, customer_id, identity_id, values))


@router.delete("/identities/{identity_id}", status_code=204)
async def remove_identity(customer_id: UUID, identity_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await identities.remove(conn, principal, customer_id, identity_id)


@router.post("/addresses", status_code=201)
async def add_address(customer_id: UUID, body: NewAddress, principal: Writer, db: Db) -> Address:
    async with db.transaction(principal.tenant_id) as conn:
        return Address.model_validate(await addresses.add(conn, principal, customer_id, **body.model_dump()))


@router.patch("/addresses/{address_id}")
async def change_address(
    customer_id: UUID, address_id: UUID, body: AddressChange, principal: Writer, db: Db
) -> Address:
    async with db.transaction(principal.tenant_id) as conn:
        changed = await addresses.change(conn, principal, customer_id, address_id, **body.model_dump())
        return Address.model_validate(changed)


@router.delete("/addresses/{address_id}", status_code=204)
async def remove_address(customer_id: UUID, address_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await addresses.remove(conn, principal, customer_id, address_id)


@router.post("/relations", status_code=201)
async def add_relation(customer_id: UUID, body: NewRelation, principal: Writer, db: Db) -> Relation:
    async with db.transaction(principal.tenant_id) as conn:
        return Relation.model_validate(await relations.add(conn, principal, customer_id, body.customer_id, body.kind))


@router.patch("/relations/{relation_id}")
async def change_relation(
    customer_id: UUID, relation_id: UUID, body: RelationChange, principal: Writer, db: Db
) -> Relation:
    async with db.transaction(principal.tenant_id) as conn:
        return Relation.model_validate(await relations.change(conn, principal, customer_id, relation_id, body.kind))


@router.delete("/relations/{relation_id}", status_code=204)
async def remove_relation(customer_id: UUID, relation_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await relations.remove(conn, principal, customer_id, relation_id)


@router.put("/consents")
async def put_consent(customer_id: UUID, body: ConsentBody, principal: Writer, db: Db) -> Consent:
    """Write down what the customer says about being contacted; the last word holds."""
    async with db.transaction(principal.tenant_id) as conn:
        return Consent.model_validate(await consents.put(conn, principal, customer_id, **body.model_dump()))
