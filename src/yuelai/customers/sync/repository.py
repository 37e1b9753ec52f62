"""SQL of following other systems. Every query says its tenant; row-level security is only the second lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

RUN_COUNTS = ("created", "updated", "unchanged", "conflicts", "rejected", "erased")


async def records(conn: Connection, source: UUID, keys: Sequence[str]) -> dict[str, asyncpg.Record]:
    rows = await conn.fetch(
        "SELECT r.key, r.checksum, r.marks, coalesce(c.merged_into, c.id) AS customer_id "
        "FROM customer_source_records r JOIN customers c ON c.id = r.customer_id "
        "WHERE r.source_id = $1 AND r.key = ANY($2::text[]) AND c.erased_at IS NULL",
        source,
        keys,
    )
    return {row["key"]: row for row in rows}


async def put_records(
    conn: Connection, tenant: UUID, source: UUID, run: UUID, rows: Sequence[tuple[str, UUID, int, Sequence[bytes]]]
) -> None:
    """`(key, customer, checksum, marks)`"""
    if rows:
        keys, customers, checksums, marks = zip(*rows, strict=True)
        await conn.execute(
            """
            INSERT INTO customer_source_records (tenant_id, source_id, run_id, key, customer_id, checksum, marks)
            SELECT $1, $2, $3, key, customer, checksum, string_to_array(marks, ' ')::bytea[]
            FROM unnest($4::text[], $5::uuid[], $6::bigint[], $7::text[]) AS t (key, customer, checksum, marks)
            ON CONFLICT (source_id, key) DO UPDATE SET customer_id = excluded.customer_id,
                checksum = excluded.checksum, marks = excluded.marks, run_id = excluded.run_id
            """,
            tenant,
            source,
            run,
            keys,
            customers,
            checksums,
            [" ".join(f"\\x{mark.hex()}" for mark in each) for each in marks],
        )


async def origins(conn: Connection, customers: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT f.customer_id, f.field, f.value_hash, f.source_id, s.precedence FROM customer_field_sources f "
        "JOIN customer_sources s ON s.id = f.source_id WHERE f.customer_id = ANY($1::uuid[])",
        customers,
    )


async def put_origins(conn: Connection, tenant: UUID, source: UUID, rows: Sequence[tuple[UUID, str, int]]) -> None:
    """`(customer, field, hash of the value)`"""
    if rows:
        customers, names, hashes = zip(*rows, strict=True)
        await conn.execute(
            """
            INSERT INTO customer_field_sources (tenant_id, source_id, customer_id, field, value_hash)
            SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::bigint[])
            ON CONFLICT (customer_id, field) DO UPDATE SET source_id = excluded.source_id,
                value_hash = excluded.value_hash
            """,
            tenant,
            source,
            customers,
            names,
            hashes,
        )


async def put_conflicts(
    conn: Connection, tenant: UUID, source: UUID, rows: Sequence[tuple[UUID, UUID, str, str, int]]
) -> int:
    """`(id, customer, field, theirs as JSON, hash)`; return how many are open that were not. One that was decided about
    the same value stays decided."""
    if not rows:
        return 0
    ids, customers, names, theirs, hashes = zip(*rows, strict=True)
    found = await conn.fetch(
        """
        INSERT INTO customer_conflicts AS c (tenant_id, source_id, id, customer_id, field, theirs, value_hash)
        SELECT $1, $2, id, customer, field, theirs::jsonb, hash
        FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[])
            AS t (id, customer, field, theirs, hash)
        ON CONFLICT (source_id, customer_id, field) DO UPDATE SET theirs = excluded.theirs, state = 'open',
            value_hash = excluded.value_hash, at = now(), decided_by = NULL, decided_at = NULL
            WHERE c.value_hash <> excluded.value_hash
        RETURNING c.id
        """,
        tenant,
        source,
        ids,
        customers,
        names,
        theirs,
        hashes,
    )
    return len(found)


async def settle_conflicts(conn: Connection, source: UUID, rows: Sequence[tuple[UUID, str]]) -> None:
    """Open conflicts about `(customer, field)` are no more: both sides agree by now."""
    if rows:
        customers, names = zip(*rows, strict=True)
        await conn.execute(
            "DELETE FROM customer_conflicts c USING unnest($2::uuid[], $3::text[]) AS t (customer, field) "
            "WHERE c.source_id = $1 AND c.state = 'open' AND c.customer_id = t.customer AND c.field = t.field",
            source,
            customers,
            names,
        )


async def conflicts(conn: Connection, tenant: UUID, state: str, after: UUID, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT x.id, x.field, x.theirs, x.at, x.state, s.id AS source_id, s.code, s.name AS source_name,
            c.id AS customer_id, c.no, c.name
        FROM customer_conflicts x JOIN customer_sources s ON s.id = x.source_id
        JOIN customers d ON d.id = x.customer_id JOIN customers c ON c.id = coalesce(d.merged_into, d.id)
        WHERE x.tenant_id = $1 AND x.state = $2 AND x.id > $3 AND c.erased_at IS NULL ORDER BY x.id LIMIT $4
        """,
        tenant,
        state,
        after,
        limit,
    )


async def lock_conflict(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """
        SELECT x.*, coalesce(d.merged_into, d.id) AS live_id FROM customer_conflicts x
        JOIN customers d ON d.id = x.customer_id WHERE x.tenant_id = $1 AND x.id = $2 FOR UPDATE OF x
        """,
        tenant,
        id_,
    )


async def decide_conflict(conn: Connection, tenant: UUID, id_: UUID, take: str, person: UUID) -> None:
    await conn.execute(
        "UPDATE customer_conflicts SET state = $3, decided_by = $4, decided_at = now() "
        "WHERE tenant_id = $1 AND id = $2",
        tenant,
        id_,
        take,
        person,
    )


async def begin_run(conn: Connection, tenant: UUID, source: UUID, run: UUID, *, full: bool) -> bool:
    """Return false when one is under way."""
    status = await conn.execute(
        'INSERT INTO customer_source_runs (id, tenant_id, source_id, "full") VALUES ($1, $2, $3, $4) '
        "ON CONFLICT (source_id) WHERE state = 'running' DO NOTHING",
        run,
        tenant,
        source,
        full,
    )
    return status.endswith(" 1")


async def running(conn: Connection, tenant: UUID, source: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT * FROM customer_source_runs WHERE tenant_id = $1 AND source_id = $2 AND state = 'running' FOR UPDATE",
        tenant,
        source,
    )


async def advance(
    conn: Connection, tenant: UUID, run: UUID, counts: Mapping[str, int], cursor: str, read: int, checksum: int
) -> None:
    await conn.execute(
        """
        UPDATE customer_source_runs SET created = created + $3, updated = updated + $4, unchanged = unchanged + $5,
            conflicts = conflicts + $6, rejected = rejected + $7, erased = erased + $8, cursor = $9, read = read + $10,
            source_checksum = coalesce(source_checksum, 0) # $11
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant,
        run,
        *(counts[name] for name in RUN_COUNTS),
        cursor,
        read,
        checksum,
    )


async def add_rejections(conn: Connection, tenant: UUID, run: UUID, found: Sequence[Mapping[str, Any]]) -> None:
    """Only the first hundred are kept."""
    await conn.execute(
        "UPDATE customer_source_runs SET rejections = rejections || $3::jsonb "
        "WHERE tenant_id = $1 AND id = $2 AND jsonb_array_length(rejections) < 100",
        tenant,
        run,
        list(found)[:100],
    )


async def totals(conn: Connection, tenant: UUID, source: UUID, run: UUID) -> asyncpg.Record:
    """Return `ours`, `seen` in this run, `checksum` of those, `erased` records and `open` conflicts of the source."""
    row = await conn.fetchrow(
        """
        SELECT count(*) AS ours, count(*) FILTER (WHERE run_id = $3) AS seen,
            coalesce(bit_xor(checksum) FILTER (WHERE run_id = $3), 0) AS checksum,
            (SELECT count(*) FROM customer_erased_keys e WHERE e.source_id = $2) AS erased,
            (SELECT count(*) FROM customer_conflicts x WHERE x.source_id = $2 AND x.state <> 'theirs') AS open
        FROM customer_source_records WHERE tenant_id = $1 AND source_id = $2
        """,
        tenant,
        source,
        run,
    )
    assert row is not None
    return row


async def end_run(
    conn: Connection,
    tenant: UUID,
    run: UUID,
    *,
    source_total: int | None,
    ours_total: int,
    missing: int | None,
    checksum_equal: bool | None,
) -> None:
    await conn.execute(
        """
        UPDATE customer_source_runs SET state = 'done', source_total = $3, ours_total = $4, missing = $5,
            checksum_equal = $6, fresh_as_of = started_at, finished_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant,
        run,
        source_total,
        ours_total,
        missing,
        checksum_equal,
    )


async def fail_run(conn: Connection, tenant: UUID, run: UUID, failure: Mapping[str, Any]) -> None:
    await conn.execute(
        "UPDATE customer_source_runs SET state = 'failed', failure = $3, finished_at = now() "
        "WHERE tenant_id = $1 AND id = $2 AND state = 'running'",
        tenant,
        run,
        dict(failure),
    )


async def set_since(conn: Connection, tenant: UUID, source: UUID, since: str | None) -> None:
    await conn.execute(
        "UPDATE customer_sources SET since = coalesce($3, since) WHERE tenant_id = $1 AND id = $2",
        tenant,
        source,
        since,
    )
