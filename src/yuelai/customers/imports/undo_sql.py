"""SQL of undoing an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def waiting(conn: Connection, tenant: UUID, import_id: UUID, after: UUID, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT customer_id, change_id, created, before, after FROM customer_import_changes "
        "WHERE tenant_id = $1 AND import_id = $2 AND outcome IS NULL AND customer_id > $3 "
        "ORDER BY customer_id LIMIT $4",
        tenant,
        import_id,
        after,
        limit,
    )


async def settle(conn: Connection, tenant: UUID, import_id: UUID, outcomes: Mapping[UUID, str | None]) -> None:
    """Keep what became of each; values that were held for undoing are let go."""
    await conn.execute(
        "UPDATE customer_import_changes c SET outcome = t.outcome, before = NULL, after = NULL "
        "FROM unnest($3::uuid[], $4::text[]) AS t (id, outcome) "
        "WHERE c.tenant_id = $1 AND c.import_id = $2 AND c.customer_id = t.id",
        tenant,
        import_id,
        list(outcomes),
        list(outcomes.values()),
    )


async def advance(conn: Connection, tenant: UUID, import_id: UUID, undone: int, kept: int) -> None:
    await conn.execute(
        "UPDATE customer_imports SET undone = undone + $3, kept = kept + $4 WHERE tenant_id = $1 AND id = $2",
        tenant,
        import_id,
        undone,
        kept,
    )


async def merged(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> set[UUID]:
    rows = await conn.fetch(
        "SELECT id FROM customers WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND merged_into IS NOT NULL",
        tenant,
        ids,
    )
    return {row["id"] for row in rows}


async def kept(conn: Connection, tenant: UUID, import_id: UUID, after: UUID, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT c.id, c.no, c.name, k.outcome FROM customer_import_changes k JOIN customers c ON c.id = k.customer_id
        WHERE k.tenant_id = $1 AND k.import_id = $2 AND k.outcome IN ('changed_since', 'used_since')
          AND k.customer_id > $3 ORDER BY k.customer_id LIMIT $4
        """,
        tenant,
        import_id,
        after,
        limit,
    )
