"""People over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query

from yuelai.identity import passwords
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.identity.people import account, queries, schemas, service
from yuelai.identity.roles.service import NAMES
from yuelai.identity.schemas import Code
from yuelai.platform import paging
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/people", tags=["people"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require(service.READ))]
Writer = Annotated[Principal, Depends(require(service.WRITE))]


@router.get("")
async def people(
    principal: Reader,
    db: Db,
    q: Annotated[
        str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="parts of name, user name or number")
    ] = None,
    role: Annotated[Code | None, Query()] = None,
    site: Annotated[UUID | None, Query(description="and below")] = None,
    group: Annotated[UUID | None, Query()] = None,
    skill: Annotated[UUID | None, Query()] = None,
    active: Annotated[bool | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> schemas.People:
    """By user name: whoever belongs to the tenant and is within one's reach."""
    scope = service.listed(principal)
    if q is not None:
        queries.matching(scope, q)
    if role is not None:
        queries.with_role(scope, role)
    if site is not None:
        queries.at_site(scope, site)
    if group is not None:
        queries.in_group(scope, group)
    if skill is not None:
        queries.with_skill(scope, skill)
    if active is not None:
        scope.where("p.active = {}", active)
    if cursor is not None:
        (last,) = paging.decode(cursor, str)
        scope.where("p.username > {}", last)
    async with db.transaction(principal.tenant_id) as conn:
        rows = await queries.people(conn, scope, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["username"],))
    return schemas.People.model_validate({"items": [_document(row) for row in items], "next_cursor": next_cursor})


@router.post("", status_code=201)
async def add_person(body: schemas.NewPerson, principal: Writer, db: Db) -> schemas.MadePerson:
    """Make a person. The passwords are told this once."""
    password = account.initial_password()
    encoded = await passwords.hash_password(password)
    async with db.transaction(principal.tenant_id) as conn:
        person, phone = await service.add(conn, principal, body, encoded)
        row = await service.one(conn, principal, person, service.WRITE)
    told = {"initial_password": password, "phone_password": phone}
    return schemas.MadePerson.model_validate({**_document(row), **told})


@router.post("/invite", status_code=201)
async def invite(body: schemas.Invitation, principal: Writer, db: Db) -> schemas.PersonDetail:
    """Give somebody who works for another tenant a role at this one, too."""
    async with db.transaction(principal.tenant_id) as conn:
        person = await service.invite(conn, principal, body)
        row = await service.one(conn, principal, person, service.WRITE)
    return schemas.PersonDetail.model_validate(_document(row))


@router.get("/{person_id}")
async def person(person_id: UUID, principal: Reader, db: Db) -> schemas.PersonDetail:
    async with db.transaction(principal.tenant_id) as conn:
        return schemas.PersonDetail.model_validate(_document(await service.one(conn, principal, person_id)))


@router.patch("/{person_id}")
async def change_person(
    person_id: UUID, body: schemas.PersonChange, principal: Writer, db: Db
) -> schemas.ChangedPerson | None:
    """Change what is sent; `version` is that of what one looked at. Without grants they leave the tenant: null."""
    async with db.transaction(principal.tenant_id) as conn:
        phone = await service.change(conn, principal, person_id, body)
        row = await queries.detail(conn, service.visible(principal, service.WRITE, person_id))
    return None if row is None else schemas.ChangedPerson.model_validate({**_document(row), "phone_password": phone})


@router.post("/{person_id}/password")
async def reset_password(person_id: UUID, principal: Writer, db: Db) -> schemas.InitialPassword:
    """Give somebody a new first password, told this once; their sessions end."""
    password = account.initial_password()
    encoded = await passwords.hash_password(password)
    async with db.transaction(principal.tenant_id) as conn:
        await account.reset_password(conn, principal, person_id, encoded)
    return schemas.InitialPassword(initial_password=password)


@router.post("/{person_id}/phone")
async def reset_phone(person_id: UUID, principal: Writer, db: Db) -> schemas.PhoneAccount:
    """Give somebody's desk phone a new password, told this once."""
    async with db.transaction(principal.tenant_id) as conn:
        user, password = await account.reset_phone(conn, principal, person_id)
    return schemas.PhoneAccount(user=user, password=password)


@router.post("/{person_id}/unlock", status_code=204)
async def unlock(person_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await account.unlock(conn, principal, person_id)


@router.delete("/{person_id}/sessions", status_code=204)
async def end_sessions(person_id: UUID, principal: Writer, db: Db) -> None:
    """Sign somebody out everywhere; of those who work elsewhere too, a tenant ends only the sessions at itself."""
    async with db.transaction(principal.tenant_id) as conn:
        await account.end_sessions(conn, principal, person_id)


@router.delete("/{person_id}/totp", status_code=204)
async def delete_second_factor(person_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await account.delete_second_factor(conn, principal, person_id)


def _document(row: asyncpg.Record) -> dict[str, Any]:
    return {**row, "grants": [_grant(grant) for grant in row["grants"]]}


def _grant(grant: dict[str, Any]) -> dict[str, Any]:
    name, name_en = NAMES.get(grant["role"], (grant["name"] or grant["role"], grant["name_en"] or ""))
    return {"role": grant["role"], "role_name": name, "role_name_en": name_en, "scope": grant["scope"]}
