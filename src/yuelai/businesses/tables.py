"""SQL of kinds of business and of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.businesses.shipped import Kind

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_SUMMARY = """
    r.id, r.number, r.kind, r.kind_version, k.name, k.name_en, r.interaction_id, r.trail_no, r.customer_id,
    r.submitted_at, r.submitted_by, p.number AS person_number, p.name AS person_name
"""
_FROM = """
    business_records r JOIN business_kinds k
        ON k.tenant_id = r.tenant_id AND k.code = r.kind AND k.version = r.kind_version
    LEFT JOIN people p ON p.id = r.submitted_by
"""


async def kinds_of(conn: Connection, tenant_id: UUID, code: str | None = None) -> list[asyncpg.Record]:
    """Return what is offered, or the one: the newest version of each code, unless that is switched off."""
    return await conn.fetch(
        """
        SELECT * FROM (
            SELECT DISTINCT ON (code) code, version, name, name_en, letter, icon, position, form, active
            FROM business_kinds WHERE tenant_id = $1 AND ($2::text IS NULL OR code = $2) ORDER BY code, version DESC
        ) newest WHERE active ORDER BY position, code
        """,
        tenant_id,
        code,
    )


async def add_kinds(conn: Connection, tenant_id: UUID, kinds: Sequence[Kind]) -> None:
    """Add those whose code the tenant has not."""
    await conn.executemany(
        """
        INSERT INTO business_kinds (tenant_id, code, version, name, name_en, letter, icon, position, form)
        VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
        """,
        [
            (tenant_id, one.code, one.name, one.name_en, one.letter, one.icon, place, one.form)
            for place, one in enumerate(kinds, 1)
        ],
    )


async def form_of(conn: Connection, tenant_id: UUID, code: str, version: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await conn.fetchval(
        "SELECT form FROM business_kinds WHERE tenant_id = $1 AND code = $2 AND version = $3", tenant_id, code, version
    )
    return found


async def add_record(conn: Connection, tenant_id: UUID, fields: Mapping[str, Any], at: datetime) -> None:
    """The caller holds the tenant's lock (`lock`), so that numbers have no gaps and no doubles."""
    await conn.execute(
        """
        INSERT INTO business_records (tenant_id, number, submitted_at, id, kind, kind_version, interaction_id,
            trail_no, customer_id, "values", submitted_by)
        VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM business_records WHERE tenant_id = $1), $2,
            $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        tenant_id,
        at,
        *(fields[name] for name in ("id", "kind", "kind_version", "interaction_id", "trail_no", "customer_id")),
        fields["values"],
        fields["submitted_by"],
    )


async def lock(conn: Connection, tenant_id: UUID) -> None:
    """Wait for whoever else submits at this tenant."""
    name = f"business_records/{tenant_id}"
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


async def record(conn: Connection, tenant_id: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f'SELECT {_SUMMARY}, r."values", k.form FROM {_FROM} WHERE r.tenant_id = $1 AND r.id = $2',  # noqa: S608
        tenant_id,
        id_,
    )


async def records(
    conn: Connection,
    tenant_id: UUID,
    customer_ids: Sequence[UUID] | None,
    interaction_id: UUID | None,
    before: int | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return the newest first, those with a smaller number than `before`."""
    return await conn.fetch(
        f"""
        SELECT {_SUMMARY} FROM {_FROM}
        WHERE r.tenant_id = $1 AND ($2::uuid[] IS NULL OR r.customer_id = ANY($2))
            AND ($3::uuid IS NULL OR r.interaction_id = $3) AND ($4::bigint IS NULL OR r.number < $4)
        ORDER BY r.number DESC LIMIT $5
        """,  # noqa: S608
        tenant_id,
        customer_ids,
        interaction_id,
        before,
        limit,
    )
