"""SQL of merges: trees of customers, whose roots are the live ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = """
    id, no, version, kind, name, gender, birth_year, class, manager_person_id, site_id, since, warnings, custom,
    id_number_sealed, id_number_index, merged_into, hold_reason, erased_at
"""


async def roots(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the survivor of each of the ids that exist."""
    rows = await conn.fetch(
        "SELECT id, coalesce(merged_into, id) AS root FROM customers WHERE tenant_id = $1 AND id = ANY($2)", tenant, ids
    )
    return {row["id"]: row["root"] for row in rows}


async def trees(conn: Connection, tenant: UUID, roots: Sequence[UUID]) -> set[UUID]:
    rows = await conn.fetch(
        "SELECT id FROM customers WHERE tenant_id = $1 AND (id = ANY($2) OR merged_into = ANY($2))", tenant, roots
    )
    return {row["id"] for row in rows}


async def lock(conn: Connection, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Lock rows in the order of their ids, as everybody does, so that nobody waits in a circle."""
    return await conn.fetch(
        f"SELECT {_COLUMNS} FROM customers WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",  # noqa: S608
        ids,
    )


async def add(
    conn: Connection, tenant: UUID, id_: UUID, keep: UUID, drop: UUID, person: UUID, taken: Mapping[str, Any]
) -> None:
    await conn.execute(
        "INSERT INTO customer_merges (id, tenant_id, keep_id, drop_id, person_id, taken) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        id_,
        tenant,
        keep,
        drop,
        person,
        dict(taken),
    )


async def find(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT id, keep_id, drop_id, taken, split_at FROM customer_merges WHERE tenant_id = $1 AND id = $2",
        tenant,
        id_,
    )


async def later_takings(conn: Connection, keep: UUID, after: UUID) -> list[asyncpg.Record]:
    """Return the standing merges into the same customer that came after one, in order."""
    return await conn.fetch(
        "SELECT id, taken FROM customer_merges WHERE keep_id = $1 AND id > $2 AND split_at IS NULL ORDER BY id",
        keep,
        after,
    )


async def set_taken(conn: Connection, id_: UUID, taken: Mapping[str, Any]) -> None:
    await conn.execute("UPDATE customer_merges SET taken = $2 WHERE id = $1", id_, dict(taken))


async def join(conn: Connection, keep: UUID, drop: UUID) -> None:
    """Make the root `drop`, and all that were merged into it, part of the root `keep`."""
    await conn.execute("UPDATE customers SET merged_into = $1 WHERE id = $2 OR merged_into = $2", keep, drop)
    await conn.execute("UPDATE customers SET version = version + 1, updated_at = now() WHERE id = $1", drop)


async def part(conn: Connection, merge: UUID, drop: UUID, person: UUID) -> None:
    """Undo one merge: `drop` is a root again, with those that had been merged into it."""
    await conn.execute("UPDATE customer_merges SET split_at = now(), split_by = $2 WHERE id = $1", merge, person)
    await conn.execute(
        """
        WITH RECURSIVE below (id) AS (
            SELECT $1::uuid
            UNION
            SELECT m.drop_id FROM below b JOIN customer_merges m ON m.keep_id = b.id AND m.split_at IS NULL
        )
        UPDATE customers c SET merged_into = nullif($1, c.id) FROM below b WHERE c.id = b.id
        """,
        drop,
    )
    await conn.execute("UPDATE customers SET version = version + 1, updated_at = now() WHERE id = $1", drop)


async def update(conn: Connection, id_: UUID, columns: Mapping[str, Any]) -> None:
    """Change columns, whose names are the program's own, and count the version up."""
    pairs = "".join(f", {name} = ${place}" for place, name in enumerate(columns, start=2))
    await conn.execute(
        f"UPDATE customers SET version = version + 1, updated_at = now(){pairs} WHERE id = $1",  # noqa: S608
        id_,
        *columns.values(),
    )


async def page(conn: Connection, tenant: UUID, before: UUID, limit: int) -> list[asyncpg.Record]:
    """Return merges, the newest first, undone ones too."""
    return await conn.fetch(
        """
        SELECT m.id, m.at, m.split_at,
            CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name) END
                AS person,
            jsonb_build_object('id', k.id, 'no', k.no, 'name', k.name) AS kept,
            jsonb_build_object('id', d.id, 'no', d.no, 'name', d.name) AS dropped
        FROM customer_merges m JOIN customers k ON k.id = m.keep_id JOIN customers d ON d.id = m.drop_id
        LEFT JOIN people p ON p.id = m.person_id
        WHERE m.tenant_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3
        """,
        tenant,
        before,
        limit,
    )
