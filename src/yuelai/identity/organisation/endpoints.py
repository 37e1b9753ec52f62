"""Sites, groups and skills over HTTP. These lists are short: they come whole."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.identity.organisation import repository, service
from yuelai.identity.schemas import Body, Code, EnglishName, Name
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1", tags=["organisation"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("people.read"))]
Writer = Annotated[Principal, Depends(require("organisation.write"))]
Kind = Literal["province", "city", "county"]


class NewSite(Body):
    code: Code
    name: Name
    kind: Kind
    parent_id: UUID | None = None


class SiteChange(Body):
    code: Code = ""
    name: Name = ""
    kind: Kind = "province"
    parent_id: UUID | None = None


class Site(BaseModel):
    """`people` are those who work right there, not below."""

    id: UUID
    code: str
    name: str
    kind: Kind
    parent_id: UUID | None
    people: int


class NewGroup(Body):
    code: Code
    name: Name
    site_id: UUID | None = None


class GroupChange(Body):
    code: Code = ""
    name: Name = ""
    site_id: UUID | None = None


class Group(BaseModel):
    id: UUID
    code: str
    name: str
    site_id: UUID | None
    people: int


class NewSkill(Body):
    code: Code
    name: Name
    name_en: EnglishName = ""


class SkillChange(Body):
    code: Code = ""
    name: Name = ""
    name_en: EnglishName = ""


class Skill(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    people: int


class Sites(BaseModel):
    items: list[Site]


class Groups(BaseModel):
    items: list[Group]


class Skills(BaseModel):
    items: list[Skill]


@router.get("/sites")
async def sites(principal: Reader, db: Db) -> Sites:
    """Provinces first, then cities, then counties."""
    async with db.transaction(principal.tenant_id) as conn:
        return Sites.model_validate({"items": [dict(row) for row in await repository.sites(conn, principal.tenant_id)]})


@router.post("/sites", status_code=201)
async def add_site(body: NewSite, principal: Writer, db: Db) -> Site:
    return await _site(db, principal, None, body)


@router.patch("/sites/{site_id}")
async def change_site(site_id: UUID, body: SiteChange, principal: Writer, db: Db) -> Site:
    """Change what is sent; `parent_id: null` makes it a root."""
    return await _site(db, principal, site_id, body)


async def _site(db: Database, principal: Principal, id_: UUID | None, body: Body) -> Site:
    async with db.transaction(principal.tenant_id) as conn:
        id_ = await service.put_site(conn, principal, id_, body.sent())
        (row,) = await repository.sites(conn, principal.tenant_id, id_)
    return Site.model_validate(dict(row))


@router.delete("/sites/{site_id}", status_code=204)
async def delete_site(site_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, "site", site_id)


@router.get("/groups")
async def groups(principal: Reader, db: Db) -> Groups:
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.groups(conn, principal.tenant_id)
    return Groups.model_validate({"items": [dict(row) for row in rows]})


@router.post("/groups", status_code=201)
async def add_group(body: NewGroup, principal: Writer, db: Db) -> Group:
    return await _group(db, principal, None, body)


@router.patch("/groups/{group_id}")
async def change_group(group_id: UUID, body: GroupChange, principal: Writer, db: Db) -> Group:
    """Change what is sent; who belongs to it is said at each person."""
    return await _group(db, principal, group_id, body)


async def _group(db: Database, principal: Principal, id_: UUID | None, body: Body) -> Group:
    async with db.transaction(principal.tenant_id) as conn:
        id_ = await service.put_group(conn, principal, id_, body.sent())
        (row,) = await repository.groups(conn, principal.tenant_id, id_)
    return Group.model_validate(dict(row))


@router.delete("/groups/{group_id}", status_code=204)
async def delete_group(group_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, "group", group_id)


@router.get("/skills")
async def skills(principal: Reader, db: Db) -> Skills:
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.skills(conn, principal.tenant_id)
    return Skills.model_validate({"items": [dict(row) for row in rows]})


@router.post("/skills", status_code=201)
async def add_skill(body: NewSkill, principal: Writer, db: Db) -> Skill:
    return await _skill(db, principal, None, body)


@router.patch("/skills/{skill_id}")
async def change_skill(skill_id: UUID, body: SkillChange, principal: Writer, db: Db) -> Skill:
    """Change what is sent; who has it is said at each person."""
    return await _skill(db, principal, skill_id, body)


async def _skill(db: Database, principal: Principal, id_: UUID | None, body: Body) -> Skill:
    async with db.transaction(principal.tenant_id) as conn:
        id_ = await service.put_skill(conn, principal, id_, body.sent())
        (row,) = await repository.skills(conn, principal.tenant_id, id_)
    return Skill.model_validate(dict(row))


@router.delete("/skills/{skill_id}", status_code=204)
async def delete_skill(skill_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, "skill", skill_id)
