"""Tenants over HTTP. These permissions count only where the operator acts for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.identity.schemas import Body, Code, Name
from yuelai.identity.tenants import repository, service
from yuelai.platform import paging
from yuelai.platform.db import Database
from yuelai.platform.ids import TenantId
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("tenants.read"))]
Writer = Annotated[Principal, Depends(require("tenants.write"))]


class Tenant(BaseModel):
    """`people` counts the active ones who may work there."""

    id: UUID
    code: str
    name: str
    active: bool
    is_operator: bool
    people: int
    created_at: datetime


class Tenants(BaseModel):
    items: list[Tenant]
    next_cursor: str | None


class NewTenant(Body):
    code: Code
    name: Name


class TenantChange(Body):
    code: Code = ""
    name: Name = ""
    active: bool = True


@router.get("")
async def tenants(
    principal: Reader,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Tenants:
    """By code."""
    after = None
    if cursor is not None:
        code, id_ = paging.decode(cursor, str, UUID)
        after = (code, id_)
    async with db.transaction(None) as conn:
        rows = await repository.tenants(conn, after=after, limit=limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["code"], row["id"]))
    return Tenants.model_validate({"items": [dict(row) for row in items], "next_cursor": next_cursor})


@router.post("", status_code=201)
async def add_tenant(body: NewTenant, principal: Writer, db: Db) -> Tenant:
    """Make a tenant. Who makes it is its first administrator."""
    async with db.transaction(None) as conn:
        return Tenant.model_validate(dict(await service.add(conn, principal, body.code, body.name)))


@router.patch("/{tenant_id}")
async def change_tenant(tenant_id: UUID, body: TenantChange, principal: Writer, db: Db) -> Tenant:
    """Change what is sent. While a tenant is not active nobody can act there."""
    async with db.transaction(None) as conn:
        return Tenant.model_validate(dict(await service.change(conn, principal, TenantId(tenant_id), body.sent())))
