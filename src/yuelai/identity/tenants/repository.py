"""SQL of tenants: system work, for it looks into all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def tenants(
    conn: Connection, id_: UUID | None = None, *, after: tuple[str, UUID] | None = None, limit: int | None = None
) -> list[asyncpg.Record]:
    """Return the operator's own and its clients by code, or the one; `after` is code and id of the last one before."""
    code, last = after or ("", UUID(int=0))
    return await conn.fetch(
        """
        SELECT t.id, t.code, t.name, t.active, t.is_operator, t.created_at,
               (SELECT count(DISTINCT g.person_id) FROM grants g JOIN people p ON p.id = g.person_id AND p.active
                WHERE g.tenant_id = t.id) AS people
        FROM tenants t
        WHERE ($1::uuid IS NULL OR t.id = $1) AND (t.code, t.id) > ($2, $3) ORDER BY t.code, t.id LIMIT $4
        """,
        id_,
        code,
        last,
        limit,
    )


async def add(conn: Connection, id_: TenantId, code: str, name: str) -> None:
    """Raises asyncpg's UniqueViolationError."""
    await conn.execute("INSERT INTO tenants (id, code, name) VALUES ($1, $2, $3)", id_, code, name)


async def change(conn: Connection, id_: TenantId, code: str, name: str, active: bool) -> None:
    """Raises asyncpg's UniqueViolationError."""
    await conn.execute("UPDATE tenants SET code = $2, name = $3, active = $4 WHERE id = $1", id_, code, name, active)


async def make_administrator(conn: Connection, person: PersonId, tenant: TenantId) -> None:
    await conn.execute("INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, 'admin')", person, tenant)


async def end_sessions(conn: Connection, tenant: TenantId) -> None:
    await conn.execute("DELETE FROM sessions WHERE tenant_id = $1", tenant)
