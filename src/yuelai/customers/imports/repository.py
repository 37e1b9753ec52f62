"""SQL of imports. Every query says its tenant; row-level security is only the second lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.imports.model import Rejection
from yuelai.customers.imports.reading import Shape

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

COUNTS = ("created", "updated", "unchanged", "skipped", "rejected")
UNDERWAY = ("checking", "running", "undoing")
_ONE = """
    SELECT i.*, p.name AS person_name FROM customer_imports i LEFT JOIN people p ON p.id = i.person_id
    WHERE i.tenant_id = $1
"""


async def add(
    conn: Connection,
    tenant: UUID,
    id_: UUID,
    person: UUID,
    filename: str,
    size: int,
    shape: Shape,
    suggested: Mapping[str, str],
) -> None:
    await conn.execute(
        """
        INSERT INTO customer_imports (id, tenant_id, person_id, filename, bytes, format, encoding, delimiter,
            header_width, columns, sample, suggested, estimated_rows)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        id_,
        tenant,
        person,
        filename,
        size,
        shape.format,
        shape.encoding,
        shape.delimiter,
        shape.header_width,
        shape.columns,
        shape.sample,
        dict(suggested),
        shape.estimated_rows,
    )


async def one(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"{_ONE} AND i.id = $2", tenant, id_)


async def lock(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"{_ONE} AND i.id = $2 FOR UPDATE OF i", tenant, id_)


async def newest(conn: Connection, tenant: UUID, before: UUID, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(f"{_ONE} AND i.id < $2 ORDER BY i.id DESC LIMIT $3", tenant, before, limit)


async def set_mapping(
    conn: Connection,
    tenant: UUID,
    id_: UUID,
    mapping: Mapping[str, str],
    key: str,
    on_match: str,
    class_: str | None,
    source: str | None,
) -> None:
    await conn.execute(
        "UPDATE customer_imports SET state = 'mapped', mapping = $3, key = $4, on_match = $5, class = $6, source = $7 "
        "WHERE tenant_id = $1 AND id = $2",
        tenant,
        id_,
        dict(mapping),
        key,
        on_match,
        class_,
        source,
    )


async def begin(conn: Connection, tenant: UUID, id_: UUID, *, dry: bool) -> None:
    """Set everything back to the first row; what an earlier dry run left is cleared by the job."""
    await conn.execute(
        """
        UPDATE customer_imports SET state = $3, dry = $4, cancel = false, done = 0, position = 0, created = 0,
            updated = 0, unchanged = 0, skipped = 0, rejected = 0, failure = NULL, started_at = now(),
            finished_at = NULL
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant,
        id_,
        "checking" if dry else "running",
        dry,
    )


async def set_state(conn: Connection, tenant: UUID, id_: UUID, state: str, *, started: bool = False) -> None:
    await conn.execute(
        "UPDATE customer_imports SET state = $3, cancel = false, failure = NULL, finished_at = NULL, "
        "started_at = CASE WHEN $4 THEN now() ELSE started_at END WHERE tenant_id = $1 AND id = $2",
        tenant,
        id_,
        state,
        started,
    )


async def finish(
    conn: Connection, tenant: UUID, id_: UUID, state: str, failure: Mapping[str, Any] | None = None
) -> None:
    await conn.execute(
        "UPDATE customer_imports SET state = $3, failure = $4, cancel = false, finished_at = now(), "
        "position = CASE WHEN $3 IN ('done', 'checked') THEN bytes ELSE position END "
        "WHERE tenant_id = $1 AND id = $2",
        tenant,
        id_,
        state,
        dict(failure) if failure is not None else None,
    )


async def ask_to_cancel(conn: Connection, tenant: UUID, id_: UUID) -> None:
    await conn.execute("UPDATE customer_imports SET cancel = true WHERE tenant_id = $1 AND id = $2", tenant, id_)


async def advance(conn: Connection, tenant: UUID, id_: UUID, counts: Mapping[str, int], position: int) -> None:
    await conn.execute(
        """
        UPDATE customer_imports SET created = created + $3, updated = updated + $4, unchanged = unchanged + $5,
            skipped = skipped + $6, rejected = rejected + $7, done = done + $3 + $4 + $5 + $6 + $7,
            position = greatest(position, $8)
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant,
        id_,
        *(counts[name] for name in COUNTS),
        position,
    )


async def claimed(conn: Connection, id_: UUID, claims: Sequence[bytes]) -> dict[bytes, int]:
    rows = await conn.fetch(
        "SELECT claim, line FROM customer_import_claims WHERE import_id = $1 AND claim = ANY($2::bytea[])", id_, claims
    )
    return {row["claim"]: row["line"] for row in rows}


async def add_claims(conn: Connection, tenant: UUID, id_: UUID, claims: Mapping[bytes, int]) -> None:
    if claims:
        await conn.execute(
            "INSERT INTO customer_import_claims (tenant_id, import_id, claim, line) "
            "SELECT $1, $2, * FROM unnest($3::bytea[], $4::bigint[])",
            tenant,
            id_,
            list(claims),
            list(claims.values()),
        )


async def add_errors(conn: Connection, tenant: UUID, id_: UUID, rejected: Sequence[Rejection]) -> None:
    if rejected:
        await conn.execute(
            'INSERT INTO customer_import_errors (tenant_id, import_id, line, "column", code, value_masked, message) '
            "SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])",
            tenant,
            id_,
            [each.line for each in rejected],
            [each.column for each in rejected],
            [each.code for each in rejected],
            [each.value for each in rejected],
            [each.message for each in rejected],
        )


async def errors(conn: Connection, tenant: UUID, id_: UUID, after: int, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        'SELECT line, "column", code, value_masked, message FROM customer_import_errors '
        "WHERE tenant_id = $1 AND import_id = $2 AND line > $3 ORDER BY line LIMIT $4",
        tenant,
        id_,
        after,
        limit,
    )


async def clear(conn: Connection, tenant: UUID, id_: UUID, table: str, limit: int) -> int:
    """Delete up to `limit` rows of errors or claims; return how many."""
    assert table in ("customer_import_errors", "customer_import_claims")
    status = await conn.execute(
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608
        f"SELECT ctid FROM {table} WHERE tenant_id = $1 AND import_id = $2 LIMIT $3))",
        tenant,
        id_,
        limit,
    )
    return int(status.split()[-1])


async def add_changes(
    conn: Connection, tenant: UUID, id_: UUID, changes: Sequence[tuple[UUID, int, UUID, bool, str | None, str | None]]
) -> None:
    """`(customer, line, entry of the history, created, before, after)`, the last two as JSON."""
    if not changes:
        return
    await conn.execute(
        "CREATE TEMPORARY TABLE import_changes (customer uuid, line bigint, change uuid, created boolean, "
        "before text, after text) ON COMMIT DROP"
    )
    await conn.copy_records_to_table("import_changes", records=changes)
    await conn.execute(
        "INSERT INTO customer_import_changes "
        "(tenant_id, import_id, customer_id, line, change_id, created, before, after) "
        "SELECT $1, $2, customer, line, change, created, before::jsonb, after::jsonb FROM import_changes",
        tenant,
        id_,
    )


async def forget_file(conn: Connection, tenant: UUID, id_: UUID) -> None:
    await conn.execute(
        "UPDATE customer_imports SET file_there = false, sample = NULL WHERE tenant_id = $1 AND id = $2", tenant, id_
    )


async def underway(conn: Connection) -> list[asyncpg.Record]:
    """Return those of all tenants that somebody waits for."""
    return await conn.fetch(
        "SELECT id, tenant_id, state FROM customer_imports WHERE state IN ('checking', 'running', 'undoing')"
    )


async def waiting_files(conn: Connection, tenant: UUID) -> list[asyncpg.Record]:
    """Return the tenant's imports whose file is there and not being read."""
    return await conn.fetch(f"{_ONE} AND i.file_there AND i.state <> ALL($2)", tenant, UNDERWAY)


async def idle_files(conn: Connection, days: int) -> list[asyncpg.Record]:
    """Return imports of all tenants whose file is there and of no use any more."""
    return await conn.fetch(
        """
        SELECT id, tenant_id FROM customer_imports WHERE file_there AND state NOT IN ('checking', 'running', 'undoing')
          AND (state IN ('done', 'undone')
               OR greatest(created_at, finished_at) < now() - make_interval(days => $1))
        """,
        days,
    )
