"""SQL of bulletins and their receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MEANT = """(b.audience = 'all'
    OR b.audience = 'groups' AND EXISTS (
        SELECT FROM group_members m WHERE m.person_id = {0} AND m.group_id = ANY (b.target_ids))
    OR b.audience = 'queues' AND EXISTS (
        SELECT FROM queue_members m WHERE m.person_id = {0} AND m.queue_id = ANY (b.target_ids)))"""
"""Whether the bulletin `b` is for a person."""

CURRENT = "b.withdrawn_at IS NULL AND b.valid_from <= {0} AND coalesce(b.valid_until, 'infinity') > {0}"
UNREAD = "(r.read_at IS NULL OR b.must_confirm AND r.confirmed_at IS NULL)"

_PEOPLE_MEANT = f"""
    FROM bulletins b
    JOIN people p ON p.active AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = b.tenant_id)
        AND {MEANT.format("p.id")}
    LEFT JOIN bulletin_reads r ON r.bulletin_id = b.id AND r.person_id = p.id
"""


async def bulletins(conn: Connection, scope: Scope, reader: UUID, limit: int, order: str) -> list[asyncpg.Record]:
    """Return those the scope leaves; columns are known as `b`, and `r` for the reader's receipt."""
    return await conn.fetch(
        f"""
        SELECT b.*, r.read_at, r.confirmed_at, a.number AS author_number, a.name AS author_name
        FROM bulletins b JOIN people a ON a.id = b.author_id
        LEFT JOIN bulletin_reads r ON r.bulletin_id = b.id AND r.person_id = {scope.arg(reader)}
        WHERE {scope.sql} ORDER BY {order} LIMIT {scope.arg(limit)}
        """,  # noqa: S608
        *scope.args,
    )


async def count(conn: Connection, scope: Scope, reader: UUID) -> int:
    found: int = await conn.fetchval(
        f"""
        SELECT count(*) FROM bulletins b
        LEFT JOIN bulletin_reads r ON r.bulletin_id = b.id AND r.person_id = {scope.arg(reader)} WHERE {scope.sql}
        """,  # noqa: S608
        *scope.args,
    )
    return found


async def next_change(conn: Connection, tenant_id: UUID, now: datetime) -> datetime | None:
    """Return when one of the tenant's next begins or ends by itself."""
    at: datetime | None = await conn.fetchval(
        """
        SELECT min(CASE WHEN valid_from > $2 THEN valid_from ELSE valid_until END) FROM bulletins
        WHERE tenant_id = $1 AND withdrawn_at IS NULL AND (valid_from > $2 OR valid_until > $2)
        """,
        tenant_id,
        now,
    )
    return at


async def add(conn: Connection, tenant_id: UUID, bulletin_id: UUID, fields: Mapping[str, Any]) -> None:
    names = (
        "title", "text", "importance", "must_confirm", "audience", "target_ids", "valid_from", "valid_until",
        "author_id", "created_at",
    )  # fmt: skip
    places = ", ".join(f"${place}" for place in range(3, len(names) + 3))
    await conn.execute(
        f"INSERT INTO bulletins (id, tenant_id, {', '.join(names)}) VALUES ($1, $2, {places})",  # noqa: S608
        bulletin_id,
        tenant_id,
        *(fields[name] for name in names),
    )


async def targets(conn: Connection, tenant_id: UUID, audience: str, ids: Sequence[UUID]) -> int:
    """Return how many of the groups or queues exist."""
    table = {"groups": "groups", "queues": "queues"}[audience]
    found: int = await conn.fetchval(
        f"SELECT count(*) FROM {table} WHERE tenant_id = $1 AND id = ANY ($2)",  # noqa: S608
        tenant_id,
        ids,
    )
    return found


async def withdraw(conn: Connection, tenant_id: UUID, bulletin_id: UUID, now: datetime) -> bool:
    """Return false when it has been already."""
    done = await conn.execute(
        "UPDATE bulletins SET withdrawn_at = $3 WHERE tenant_id = $1 AND id = $2 AND withdrawn_at IS NULL",
        tenant_id,
        bulletin_id,
        now,
    )
    return done == "UPDATE 1"


async def read(
    conn: Connection, tenant_id: UUID, bulletin_id: UUID, person_id: UUID, now: datetime, confirm: bool
) -> None:
    """The first time counts."""
    await conn.execute(
        """
        INSERT INTO bulletin_reads AS r (tenant_id, bulletin_id, person_id, read_at, confirmed_at)
        VALUES ($1, $2, $3, $4::timestamptz, CASE WHEN $5 THEN $4::timestamptz END)
        ON CONFLICT (bulletin_id, person_id)
        DO UPDATE SET confirmed_at = coalesce(r.confirmed_at, excluded.confirmed_at)
        """,
        tenant_id,
        bulletin_id,
        person_id,
        now,
        confirm,
    )


async def receipts(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many each is for, and how many of them have read and confirmed it."""
    rows = await conn.fetch(
        f"""
        SELECT b.id, count(p.id) AS meant, count(r.read_at) AS read, count(r.confirmed_at) AS confirmed
        {_PEOPLE_MEANT} WHERE b.id = ANY ($1) GROUP BY b.id
        """,
        ids,
    )
    return {row["id"]: {name: row[name] for name in ("meant", "read", "confirmed")} for row in rows}


async def readers(
    conn: Connection, tenant_id: UUID, bulletin_id: UUID, *, missing: bool, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return whom it is for, by name; `missing` only those who have not read it, or not confirmed what they must."""
    name, id_ = after or (None, None)
    return await conn.fetch(
        f"""
        SELECT p.id, p.number, p.name, r.read_at, r.confirmed_at
        {_PEOPLE_MEANT}
        WHERE b.tenant_id = $1 AND b.id = $2 AND (NOT $3 OR {UNREAD})
            AND ($4::text IS NULL OR (p.name, p.id) > ($4, $5::uuid))
        ORDER BY p.name, p.id LIMIT $6
        """,
        tenant_id,
        bulletin_id,
        missing,
        name,
        id_,
        limit,
    )
