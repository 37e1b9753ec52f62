"""An organisation to try rights on: sites, groups, and people with scoped grants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.support.web import add_person
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id


async def add_site(
    database: Database, code: str, kind: str, parent: UUID | None = None, tenant: TenantId = SAMPLE_TENANT
) -> UUID:
    id_ = new_id()
    async with database.transaction(tenant) as conn:
        await conn.execute(
            "INSERT INTO sites (id, tenant_id, parent_id, kind, code, name) VALUES ($1, $2, $3, $4, $5, $5)",
            id_,
            tenant,
            parent,
            kind,
            code,
        )
    return id_


async def add_group(database: Database, code: str, *members: Principal, tenant: TenantId = SAMPLE_TENANT) -> UUID:
    id_ = new_id()
    async with database.transaction(tenant) as conn:
        await conn.execute("INSERT INTO groups (id, tenant_id, code, name) VALUES ($1, $2, $3, $3)", id_, tenant, code)
    for member in members:
        await join(database, member, id_, tenant)
    return id_


async def join(database: Database, person: Principal, group: UUID, tenant: TenantId = SAMPLE_TENANT) -> None:
    async with database.transaction(tenant) as conn:
        await conn.execute("INSERT INTO group_members VALUES ($1, $2, $3)", tenant, group, person.person_id)


async def work_at(database: Database, person: Principal, site: UUID, tenant: TenantId = SAMPLE_TENANT) -> None:
    async with database.transaction(tenant) as conn:
        await conn.execute("INSERT INTO person_sites VALUES ($1, $2, $3)", tenant, person.person_id, site)


async def grant(
    database: Database, person: Principal, role: str, kind: str, *ids: UUID, tenant: TenantId = SAMPLE_TENANT
) -> None:
    """Grant a role over a part of the tenant."""
    scope: dict[str, Any] = {"kind": kind, "ids": [str(id_) for id_ in ids]}
    async with database.transaction(tenant) as conn:
        await conn.execute(
            "INSERT INTO grants (person_id, tenant_id, role, scope) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (person_id, tenant_id, role) DO UPDATE SET scope = excluded.scope",
            person.person_id,
            tenant,
            role,
            scope,
        )


async def add_scoped(database: Database, username: str, role: str, kind: str, *ids: UUID) -> Principal:
    """Add a person whose only grant is narrowed."""
    person = await add_person(database, username)
    await grant(database, person, role, kind, *ids)
    return person


async def facts(database: Database, type_: str) -> list[dict[str, Any]]:
    """Return what the outbox holds of one kind."""
    async with database.transaction(None) as conn:
        return [row["fact"] for row in await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", type_)]


async def trail(database: Database, tenant: TenantId = SAMPLE_TENANT) -> list[tuple[str, str]]:
    """Return action and object of the audit trail, oldest first, signing in left out."""
    async with database.transaction(tenant) as conn:
        rows = await conn.fetch("SELECT action, object FROM audit WHERE action NOT LIKE 'session.%' ORDER BY id")
    return [(row["action"], row["object"]) for row in rows]
