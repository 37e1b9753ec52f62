"""SQL of access numbers: which number belongs to which tenant, and which flow answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def answered(conn: Connection) -> list[asyncpg.Record]:
    """Return every number that is answered, with its tenant (system work). A tenant that is closed answers none."""
    return await conn.fetch(
        """
        SELECT a.number, a.flow, t.id AS tenant_id, t.code, t.name
        FROM access_numbers a JOIN tenants t ON t.id = a.tenant_id WHERE t.active ORDER BY a.number
        """
    )


async def numbers_of(conn: Connection, tenant_id: UUID, after: str, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT number, flow FROM access_numbers WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        tenant_id,
        after,
        limit,
    )


async def number(conn: Connection, tenant_id: UUID, wanted: str) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT number, flow FROM access_numbers WHERE tenant_id = $1 AND number = $2", tenant_id, wanted
    )


async def put_number(conn: Connection, tenant_id: UUID, wanted: str, flow: str) -> bool:
    """Add it or change its flow; false when it is another tenant's.

    Not by `ON CONFLICT DO UPDATE`: a row that row-level security hides would break the statement.
    """
    changed = await conn.execute(
        "UPDATE access_numbers SET flow = $3 WHERE tenant_id = $1 AND number = $2", tenant_id, wanted, flow
    )
    if changed == "UPDATE 1":
        return True
    added = await conn.execute(
        "INSERT INTO access_numbers (number, tenant_id, flow) VALUES ($2, $1, $3) ON CONFLICT DO NOTHING",
        tenant_id,
        wanted,
        flow,
    )
    return added == "INSERT 0 1"


async def delete_number(conn: Connection, tenant_id: UUID, wanted: str) -> bool:
    gone = await conn.execute("DELETE FROM access_numbers WHERE tenant_id = $1 AND number = $2", tenant_id, wanted)
    return gone == "DELETE 1"
