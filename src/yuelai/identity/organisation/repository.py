"""SQL of sites, groups and skills. The transaction is the tenant's; every query names it all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.platform.ids import TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def lock(conn: Connection, tenant: TenantId) -> None:
    """Wait for whoever else changes the tenant's organisation or administrators, until the end of the transaction."""
    # Not FOR UPDATE: rows that refer to the tenant go on being written meanwhile.
    await conn.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenant)


async def sites(conn: Connection, tenant: TenantId, id_: UUID | None = None) -> list[asyncpg.Record]:
    """Return the sites, or the one, by kind from province down, then by code."""
    return await conn.fetch(
        """
        SELECT s.id, s.code, s.name, s.kind, s.parent_id,
               (SELECT count(*) FROM person_sites w WHERE w.site_id = s.id) AS people
        FROM sites s WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.id = $2)
        ORDER BY array_position(ARRAY['province', 'city', 'county'], s.kind), s.code
        """,
        tenant,
        id_,
    )


async def kinds_below(conn: Connection, tenant: TenantId, site: UUID) -> list[str]:
    rows = await conn.fetch("SELECT DISTINCT kind FROM sites WHERE tenant_id = $1 AND parent_id = $2", tenant, site)
    return [row["kind"] for row in rows]


async def put_site(
    conn: Connection, tenant: TenantId, id_: UUID, code: str, name: str, kind: str, parent: UUID | None
) -> None:
    await conn.execute(
        """
        INSERT INTO sites (id, tenant_id, code, name, kind, parent_id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, kind = excluded.kind,
            parent_id = excluded.parent_id
        """,
        id_,
        tenant,
        code,
        name,
        kind,
        parent,
    )


async def groups(conn: Connection, tenant: TenantId, id_: UUID | None = None) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT g.id, g.code, g.name, g.site_id,
               (SELECT count(*) FROM group_members m WHERE m.group_id = g.id) AS people
        FROM groups g WHERE g.tenant_id = $1 AND ($2::uuid IS NULL OR g.id = $2) ORDER BY g.code
        """,
        tenant,
        id_,
    )


async def put_group(conn: Connection, tenant: TenantId, id_: UUID, code: str, name: str, site: UUID | None) -> None:
    await conn.execute(
        """
        INSERT INTO groups (id, tenant_id, code, name, site_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, site_id = excluded.site_id
        """,
        id_,
        tenant,
        code,
        name,
        site,
    )


async def skills(conn: Connection, tenant: TenantId, id_: UUID | None = None) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT s.id, s.code, s.name, s.name_en,
               (SELECT count(*) FROM person_skills h WHERE h.skill_id = s.id) AS people
        FROM skills s WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.id = $2) ORDER BY s.code
        """,
        tenant,
        id_,
    )


async def put_skill(conn: Connection, tenant: TenantId, id_: UUID, code: str, name: str, name_en: str) -> None:
    await conn.execute(
        """
        INSERT INTO skills (id, tenant_id, code, name, name_en) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_en = excluded.name_en
        """,
        id_,
        tenant,
        code,
        name,
        name_en,
    )


async def delete(conn: Connection, tenant: TenantId, table: str, id_: UUID) -> bool:
    """Delete from sites, groups or skills. Raises asyncpg's ForeignKeyViolationError while something refers to it."""
    assert table in ("sites", "groups", "skills")
    return await conn.execute(f"DELETE FROM {table} WHERE tenant_id = $1 AND id = $2", tenant, id_) == "DELETE 1"  # noqa: S608


async def named_in_grants(conn: Connection, tenant: TenantId, id_: UUID) -> bool:
    """Return whether somebody's scope names the group or site."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM grants WHERE tenant_id = $1 AND scope -> 'ids' @> to_jsonb($2::text))",
            tenant,
            str(id_),
        )
    )


async def missing(conn: Connection, tenant: TenantId, table: str, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the ids that the tenant's sites, groups or skills do not have."""
    assert table in ("sites", "groups", "skills")
    rows = await conn.fetch(
        f"SELECT id FROM unnest($2::uuid[]) AS wanted (id) "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.tenant_id = $1 AND t.id = wanted.id)",
        tenant,
        ids,
    )
    return [row["id"] for row in rows]
