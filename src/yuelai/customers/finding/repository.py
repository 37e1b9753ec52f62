"""SQL of the names' dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def unknown_names(conn: Connection, tenant: UUID, names: Sequence[str]) -> list[str]:
    """Return those that the dictionary lacks, in their order."""
    # Row-level security makes the planner expect one row of a tenant; with NOT EXISTS it would read all of them for
    # each name. LIMIT keeps the look-up one look-up.
    rows = await conn.fetch(
        """
        SELECT wanted.name FROM unnest($2::text[]) WITH ORDINALITY AS wanted (name, place)
        LEFT JOIN LATERAL (
            SELECT true AS there FROM customer_name_terms t WHERE t.tenant_id = $1 AND t.name = wanted.name LIMIT 1
        ) known ON true
        WHERE known.there IS NULL ORDER BY wanted.place
        """,
        tenant,
        names,
    )
    return [row["name"] for row in rows]


async def add_terms(conn: Connection, tenant: UUID, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add rows of kind, term and name."""
    if not rows:
        return
    kinds, terms, names = zip(*rows, strict=True)
    await conn.execute(
        """
        INSERT INTO customer_name_terms (tenant_id, kind, term, name)
        SELECT $1, * FROM unnest($2::smallint[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING
        """,
        tenant,
        kinds,
        terms,
        names,
    )


async def names_of(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> list[str]:
    rows = await conn.fetch(
        "SELECT DISTINCT name FROM customers WHERE tenant_id = $1 AND id = ANY($2::uuid[])", tenant, ids
    )
    return [row["name"] for row in rows]
