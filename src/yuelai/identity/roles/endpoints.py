"""Roles and permissions over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.identity.permissions import KNOWN
from yuelai.identity.roles import service
from yuelai.identity.schemas import Body, Code, EnglishName, Name
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1", tags=["roles"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("people.read"))]
Writer = Annotated[Principal, Depends(require("roles.write"))]
Permissions = Annotated[list[str], Field(max_length=200)]


class Role(BaseModel):
    """`people` counts the active ones who hold it at this tenant."""

    code: str
    name: str
    name_en: str
    builtin: bool
    permissions: list[str]
    people: int


class Roles(BaseModel):
    items: list[Role]


class Permission(BaseModel):
    """`group` is what it is about, e.g. `customers`."""

    code: str
    group: str


class PermissionList(BaseModel):
    items: list[Permission]


class RoleChange(Body):
    name: Name
    name_en: EnglishName = ""
    permissions: Permissions


class NewRole(RoleChange):
    code: Code


@router.get("/permissions")
async def permissions(principal: Reader) -> PermissionList:
    """Everything a role can be made of."""
    return PermissionList(items=[Permission(code=code, group=code.split(".")[0]) for code in sorted(KNOWN)])


@router.get("/roles")
async def roles(principal: Reader, db: Db) -> Roles:
    """The built-in ones first, then the tenant's own."""
    async with db.transaction(principal.tenant_id) as conn:
        return Roles.model_validate({"items": await service.all_roles(conn, principal)})


@router.post("/roles", status_code=201)
async def add_role(body: NewRole, principal: Writer, db: Db) -> Role:
    async with db.transaction(principal.tenant_id) as conn:
        await service.add(conn, principal, body.code, body.name, body.name_en, body.permissions)
    return _made(body.code, body, 0)


@router.put("/roles/{code}")
async def change_role(code: Code, body: RoleChange, principal: Writer, db: Db) -> Role:
    """Say anew what a role of the tenant's own is; it holds from the next request of whoever has it."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.change(conn, principal, code, body.name, body.name_en, body.permissions)
        found = {role["code"]: role for role in await service.all_roles(conn, principal)}
    return Role.model_validate(found[code])


def _made(code: str, body: RoleChange, people: int) -> Role:
    return Role(
        code=code,
        name=body.name,
        name_en=body.name_en,
        builtin=False,
        permissions=sorted(set(body.permissions)),
        people=people,
    )


@router.delete("/roles/{code}", status_code=204)
async def delete_role(code: Code, principal: Writer, db: Db) -> None:
    """Only one that nobody holds."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, code)
