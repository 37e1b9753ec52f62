"""SQL of a tenant's own flows and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def flows_of(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return them by code, without their documents."""
    return await conn.fetch(
        """
        SELECT f.code, f.name, f.draft IS NOT NULL AS drafted, f.draft_rev, f.draft_saved_at, d.name AS draft_by,
            f.draft_errors, f.draft_warnings, f.published, v.at, p.name AS by
        FROM flows f
        LEFT JOIN flow_versions v ON v.tenant_id = f.tenant_id AND v.code = f.code AND v.version = f.published
        LEFT JOIN people p ON p.id = v.by LEFT JOIN people d ON d.id = f.draft_by
        WHERE f.tenant_id = $1 ORDER BY f.code
        """,
        tenant_id,
    )


async def flow(conn: Connection, tenant_id: UUID, code: str, *, lock: bool = False) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f"""
        SELECT f.code, f.name, f.draft, f.draft_rev, f.draft_saved_at, f.draft_by AS drafter, f.published,
            (SELECT name FROM people WHERE id = f.draft_by) AS draft_by
        FROM flows f WHERE f.tenant_id = $1 AND f.code = $2 {"FOR UPDATE" if lock else ""}
        """,  # noqa: S608 - words from above
        tenant_id,
        code,
    )


async def count(conn: Connection, tenant_id: UUID) -> int:
    found: int = await conn.fetchval("SELECT count(*) FROM flows WHERE tenant_id = $1", tenant_id)
    return found


async def add(conn: Connection, tenant_id: UUID, code: str, name: str) -> bool:
    """False when there is one of this code."""
    added = await conn.execute(
        "INSERT INTO flows (tenant_id, code, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", tenant_id, code, name
    )
    return added == "INSERT 0 1"


async def put_draft(
    conn: Connection,
    tenant_id: UUID,
    code: str,
    document: Mapping[str, Any],
    by: UUID,
    at: datetime,
    errors: int,
    warnings: int,
) -> int:
    """Return the draft's new number. A flow that was never published is called as its draft."""
    rev: int = await conn.fetchval(
        """
        UPDATE flows SET draft = $3, draft_rev = draft_rev + 1, draft_by = $4, draft_saved_at = $5, draft_errors = $6,
            draft_warnings = $7, name = CASE WHEN published IS NULL THEN $8 ELSE name END
        WHERE tenant_id = $1 AND code = $2 RETURNING draft_rev
        """,
        tenant_id,
        code,
        document,
        by,
        at,
        errors,
        warnings,
        document["name"],
    )
    return rev


async def drop_draft(conn: Connection, tenant_id: UUID, code: str) -> None:
    await conn.execute(
        """
        UPDATE flows SET draft = NULL, draft_rev = draft_rev + 1, draft_by = NULL, draft_saved_at = NULL,
            draft_errors = 0, draft_warnings = 0
        WHERE tenant_id = $1 AND code = $2
        """,
        tenant_id,
        code,
    )


async def last_version(conn: Connection, tenant_id: UUID, code: str) -> int:
    found: int = await conn.fetchval(
        "SELECT coalesce(max(version), 0) FROM flow_versions WHERE tenant_id = $1 AND code = $2", tenant_id, code
    )
    return found


async def publish(
    conn: Connection, tenant_id: UUID, code: str, document: Mapping[str, Any], note: str, by: UUID, at: datetime
) -> None:
    """Keep the document under the version and name it holds, as what new contacts get."""
    await conn.execute(
        """
        INSERT INTO flow_versions (tenant_id, code, version, document, note, by, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        tenant_id,
        code,
        document["version"],
        document,
        note,
        by,
        at,
    )
    await conn.execute(
        "UPDATE flows SET published = $3, name = $4 WHERE tenant_id = $1 AND code = $2",
        tenant_id,
        code,
        document["version"],
        document["name"],
    )


async def versions(conn: Connection, tenant_id: UUID, code: str) -> list[asyncpg.Record]:
    """Return the last 100, the newest first."""
    return await conn.fetch(
        """
        SELECT v.version, v.at, p.name AS by, v.note FROM flow_versions v LEFT JOIN people p ON p.id = v.by
        WHERE v.tenant_id = $1 AND v.code = $2 ORDER BY v.version DESC LIMIT 100
        """,
        tenant_id,
        code,
    )


async def version(conn: Connection, tenant_id: UUID, code: str, number: int) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """
        SELECT v.version, v.at, p.name AS by, v.note, v.document
        FROM flow_versions v LEFT JOIN people p ON p.id = v.by
        WHERE v.tenant_id = $1 AND v.code = $2 AND v.version = $3
        """,
        tenant_id,
        code,
        number,
    )


async def delete(conn: Connection, tenant_id: UUID, code: str) -> None:
    """With its versions and what was counted of it."""
    await conn.execute("DELETE FROM flow_walks WHERE tenant_id = $1 AND code = $2", tenant_id, code)
    await conn.execute("DELETE FROM flows WHERE tenant_id = $1 AND code = $2", tenant_id, code)


async def published(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return the documents of what new contacts of the tenant get."""
    return await conn.fetch(
        """
        SELECT v.code, v.version, v.document FROM flows f
        JOIN flow_versions v ON v.tenant_id = f.tenant_id AND v.code = f.code AND v.version = f.published
        WHERE f.tenant_id = $1
        """,
        tenant_id,
    )


async def is_published(conn: Connection, tenant_id: UUID, code: str) -> bool:
    """It is not deleted until the transaction is over."""
    found = await conn.fetchval(
        "SELECT code FROM flows WHERE tenant_id = $1 AND code = $2 AND published IS NOT NULL FOR KEY SHARE",
        tenant_id,
        code,
    )
    return found is not None


async def codes_published(conn: Connection, tenant_id: UUID) -> list[str]:
    rows = await conn.fetch("SELECT code FROM flows WHERE tenant_id = $1 AND published IS NOT NULL", tenant_id)
    return [row["code"] for row in rows]


async def numbers_by_flow(conn: Connection, tenant_id: UUID) -> dict[str, list[str]]:
    rows = await conn.fetch(
        "SELECT flow, array_agg(number ORDER BY number) AS numbers FROM access_numbers WHERE tenant_id = $1 "
        "GROUP BY flow",
        tenant_id,
    )
    return {row["flow"]: row["numbers"] for row in rows}


async def in_force(conn: Connection) -> list[asyncpg.Record]:
    """Return tenant, code, version and its instant of everything that is published anywhere (system work)."""
    return await conn.fetch(
        """
        SELECT v.tenant_id, v.code, v.version, v.at FROM flows f
        JOIN flow_versions v ON v.tenant_id = f.tenant_id AND v.code = f.code AND v.version = f.published
        """
    )


async def documents(conn: Connection, wanted: Iterable[tuple[UUID, str, int, datetime]]) -> list[asyncpg.Record]:
    """Return what these versions say, those of them that there are still (system work)."""
    tenants, codes, numbers, instants = zip(*wanted, strict=True)
    return await conn.fetch(
        """
        SELECT v.tenant_id, v.code, v.version, v.at, v.document FROM flow_versions v
        JOIN unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[]) AS w (tenant_id, code, version, at)
            USING (tenant_id, code, version, at)
        """,
        tenants,
        codes,
        numbers,
        instants,
    )


async def places(conn: Connection, tenant_id: UUID) -> set[str]:
    """Return what the tenant's sites are named after."""
    return {row["name"] for row in await conn.fetch("SELECT name FROM sites WHERE tenant_id = $1", tenant_id)}
