"""SQL of prompts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg

    from yuelai.platform.db import Connection


async def own(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return what is in force of the tenant's own."""
    return await conn.fetch(
        """
        SELECT s.name, s.language, s.text, s.file_id, s.seconds, s.source, s.warnings, s.at, p.name AS by
        FROM prompts s LEFT JOIN people p ON p.id = s.by
        WHERE s.tenant_id = $1 AND s.ended_at IS NULL
        """,
        tenant_id,
    )


async def names(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return name, language and words of what is in force."""
    return await conn.fetch(
        "SELECT name, language, text FROM prompts WHERE tenant_id = $1 AND ended_at IS NULL", tenant_id
    )


async def one(conn: Connection, tenant_id: UUID, name: str, language: str) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT text, file_id, seconds, source, warnings FROM prompts "
        "WHERE tenant_id = $1 AND name = $2 AND language = $3 AND ended_at IS NULL",
        tenant_id,
        name,
        language,
    )


async def lock(conn: Connection, tenant_id: UUID) -> None:
    """One writer at a time for each tenant, until the transaction is over."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('prompts ' || $1::text, 0))", str(tenant_id))


async def count(conn: Connection, tenant_id: UUID) -> int:
    found: int = await conn.fetchval(
        "SELECT count(DISTINCT name) FROM prompts WHERE tenant_id = $1 AND ended_at IS NULL", tenant_id
    )
    return found


async def end(conn: Connection, tenant_id: UUID, name: str, language: str, at: datetime) -> bool:
    """True when there was one in force."""
    ended = await conn.execute(
        "UPDATE prompts SET ended_at = $4 WHERE tenant_id = $1 AND name = $2 AND language = $3 AND ended_at IS NULL",
        tenant_id,
        name,
        language,
        at,
    )
    return ended != "UPDATE 0"


async def add(
    conn: Connection,
    id_: UUID,
    tenant_id: UUID,
    name: str,
    language: str,
    text: str,
    file_id: UUID | None,
    seconds: float | None,
    source: str,
    warnings: Sequence[str],
    at: datetime,
    by: UUID,
) -> None:
    await conn.execute(
        """
        INSERT INTO prompts (id, tenant_id, name, language, text, file_id, seconds, source, warnings, at, by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        id_,
        tenant_id,
        name,
        language,
        text,
        file_id,
        seconds,
        source,
        list(warnings),
        at,
        by,
    )


async def in_force(conn: Connection) -> list[asyncpg.Record]:
    """Return everything that is in force anywhere (system work)."""
    return await conn.fetch("SELECT tenant_id, name, language, text, file_id FROM prompts WHERE ended_at IS NULL")


async def forget(conn: Connection, before: datetime) -> int:
    """Delete what ended before that (system work); return how many versions."""
    done = await conn.execute("DELETE FROM prompts WHERE ended_at < $1", before)
    return int(done.rpartition(" ")[2])


async def files(conn: Connection) -> list[asyncpg.Record]:
    """Return tenant and file of every version there is (system work)."""
    return await conn.fetch("SELECT DISTINCT tenant_id, file_id FROM prompts WHERE file_id IS NOT NULL")
