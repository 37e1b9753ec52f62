"""SQL of scripts and their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_FIELDS = ("name", "name_en", "position")


async def page(
    conn: Connection, tenant_id: UUID, q: str | None, after: tuple[int, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return scripts by position with how often each was begun in 30 days; `q` is part of a name or code."""
    return await conn.fetch(
        """
        SELECT s.id, s.code, s.name, s.name_en, s.position, s.published, s.changed_at, p.name AS changed_by,
            s.published IS NULL OR v.body IS DISTINCT FROM s.draft AS unpublished,
            (SELECT count(*) FROM script_runs r WHERE r.script_id = s.id AND r.started_at > now() - interval '30 days')
                AS runs
        FROM scripts s LEFT JOIN people p ON p.id = s.changed_by
        LEFT JOIN script_versions v ON v.script_id = s.id AND v.version = s.published
        WHERE s.tenant_id = $1
            AND ($2::text IS NULL OR strpos(lower(s.name || ' ' || s.name_en || ' ' || s.code), $2) > 0)
            AND ($3::int IS NULL OR (s.position, s.id) > ($3, $4))
        ORDER BY s.position, s.id LIMIT $5
        """,
        tenant_id,
        q,
        *(after or (None, None)),
        limit,
    )


async def one(conn: Connection, tenant_id: UUID, script_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    locked = "FOR UPDATE" if lock else ""
    return await conn.fetchrow(
        f"SELECT * FROM scripts WHERE tenant_id = $1 AND id = $2 {locked}",  # noqa: S608 - words from above
        tenant_id,
        script_id,
    )


async def count(conn: Connection, tenant_id: UUID) -> int:
    found: int = await conn.fetchval("SELECT count(*) FROM scripts WHERE tenant_id = $1", tenant_id)
    return found


async def add(
    conn: Connection,
    tenant_id: UUID,
    script_id: UUID,
    fields: Mapping[str, Any],
    body: Mapping[str, Any],
    by: UUID | None,
    at: datetime,
) -> bool:
    """Return false when the tenant has one of that code already."""
    added = await conn.execute(
        """
        INSERT INTO scripts (id, tenant_id, code, name, name_en, position, draft, changed_at, changed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, code) DO NOTHING
        """,
        script_id,
        tenant_id,
        fields["code"],
        *(fields[name] for name in _FIELDS),
        body,
        at,
        by,
    )
    return added == "INSERT 0 1"


async def change(conn: Connection, script_id: UUID, changes: Mapping[str, Any], by: UUID, at: datetime) -> None:
    names = [name for name in _FIELDS if name in changes]
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 4))
    await conn.execute(
        f"UPDATE scripts SET changed_at = $2, changed_by = $3, {wanted} WHERE id = $1",  # noqa: S608 - names from above
        script_id,
        at,
        by,
        *(changes[name] for name in names),
    )


async def put_draft(conn: Connection, script_id: UUID, body: Mapping[str, Any], by: UUID, at: datetime) -> None:
    await conn.execute(
        "UPDATE scripts SET draft = $2, draft_rev = draft_rev + 1, changed_at = $3, changed_by = $4 WHERE id = $1",
        script_id,
        body,
        at,
        by,
    )


async def delete(conn: Connection, tenant_id: UUID, script_id: UUID) -> bool:
    gone = await conn.execute("DELETE FROM scripts WHERE tenant_id = $1 AND id = $2", tenant_id, script_id)
    return gone == "DELETE 1"


async def publish(
    conn: Connection,
    tenant_id: UUID,
    script_id: UUID,
    body: Mapping[str, Any],
    note: str,
    by: UUID | None,
    at: datetime,
) -> int:
    """Add the next version, make it the one that counts, and return it."""
    version: int = await conn.fetchval(
        """
        INSERT INTO script_versions (tenant_id, script_id, version, body, note, published_at, published_by)
        SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 FROM script_versions WHERE script_id = $2
        RETURNING version
        """,
        tenant_id,
        script_id,
        body,
        note,
        at,
        by,
    )
    await put_published(conn, script_id, version)
    return version


async def put_published(conn: Connection, script_id: UUID, version: int | None) -> None:
    await conn.execute("UPDATE scripts SET published = $2 WHERE id = $1", script_id, version)


async def versions(conn: Connection, script_id: UUID) -> list[asyncpg.Record]:
    """Return the last 100, the newest first."""
    return await conn.fetch(
        """
        SELECT v.version, v.note, v.published_at, p.name AS published_by,
            (SELECT count(*) FROM script_runs r WHERE r.script_id = v.script_id AND r.version = v.version) AS runs
        FROM script_versions v LEFT JOIN people p ON p.id = v.published_by
        WHERE v.script_id = $1 ORDER BY v.version DESC LIMIT 100
        """,
        script_id,
    )


async def body(conn: Connection, script_id: UUID, version: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await conn.fetchval(
        "SELECT body FROM script_versions WHERE script_id = $1 AND version = $2", script_id, version
    )
    return found


async def published(
    conn: Connection, tenant_id: UUID, script_id: UUID | None = None, most: int = 500
) -> Sequence[asyncpg.Record]:
    """Return what contacts get now, of all scripts or of one."""
    return await conn.fetch(
        """
        SELECT s.id, s.code, s.name, s.name_en, s.position, v.version, v.body
        FROM scripts s JOIN script_versions v ON v.script_id = s.id AND v.version = s.published
        WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.id = $2) ORDER BY s.position, s.id LIMIT $3
        """,
        tenant_id,
        script_id,
        most,
    )
