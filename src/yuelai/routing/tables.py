"""SQL of queues and their members as people set them up; what the running centre reads is in `repository`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = (
    *("code", "name", "name_en", "priority", "ring_seconds", "wrapup_seconds", "strategy", "channel"),
    *("prefer_seconds", "overflows", "treatment", "calendar_id", "extend_seconds", "target_seconds", "target_share"),
    "active",
)
_WISH = ("skill_id", "required", "level", "relax_after", "relax_to")
_QUEUE = f"""
    q.id, {", ".join(f"q.{name}" for name in _COLUMNS)},
    (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.position), '[]') FROM queue_skills s
     WHERE s.queue_id = q.id) AS skills,
    (SELECT count(*) FROM queue_members m WHERE m.queue_id = q.id) AS members
"""  # noqa: S608 - names of columns, from above


async def queues_of(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        f"SELECT {_QUEUE} FROM queues q WHERE q.tenant_id = $1 ORDER BY q.active DESC, q.priority DESC, q.code",  # noqa: S608
        tenant_id,
    )


async def queue_of(conn: Connection, tenant_id: UUID, queue_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f"SELECT {_QUEUE} FROM queues q WHERE q.tenant_id = $1 AND q.id = $2",  # noqa: S608
        tenant_id,
        queue_id,
    )


async def add_queue(conn: Connection, tenant_id: UUID, queue_id: UUID, settings: Mapping[str, Any]) -> bool:
    """Return false when the tenant has a queue of that code already."""
    names = [name for name in _COLUMNS if name in settings]
    places = ", ".join(f"${place}" for place in range(3, 3 + len(names)))
    added = await conn.execute(
        f"INSERT INTO queues (id, tenant_id, {', '.join(names)}) VALUES ($1, $2, {places}) "  # noqa: S608 - as below
        "ON CONFLICT DO NOTHING",
        queue_id,
        tenant_id,
        *(settings[name] for name in names),
    )
    return added == "INSERT 0 1"


async def change_queue(conn: Connection, tenant_id: UUID, queue_id: UUID, changes: Mapping[str, Any]) -> None:
    names = [name for name in _COLUMNS if name in changes]
    if not names:
        return
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"UPDATE queues SET {wanted} WHERE tenant_id = $1 AND id = $2",  # noqa: S608 - names of columns, from above
        tenant_id,
        queue_id,
        *(changes[name] for name in names),
    )


async def put_skills(conn: Connection, tenant_id: UUID, queue_id: UUID, wishes: Sequence[Mapping[str, Any]]) -> None:
    """Let these be the queue's skills, in this order, and no others."""
    await conn.execute("DELETE FROM queue_skills WHERE tenant_id = $1 AND queue_id = $2", tenant_id, queue_id)
    await conn.executemany(
        """
        INSERT INTO queue_skills (tenant_id, queue_id, position, skill_id, required, level, relax_after, relax_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [(tenant_id, queue_id, place, *(wish[name] for name in _WISH)) for place, wish in enumerate(wishes)],
    )


async def lock(conn: Connection, tenant_id: UUID) -> None:
    """Wait for whoever else changes where the tenant's queues overflow to, until the end of the transaction."""
    await conn.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenant_id)


async def overflows_of(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch("SELECT code, active, overflows FROM queues WHERE tenant_id = $1", tenant_id)


async def known_skills(conn: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    rows = await conn.fetch("SELECT id FROM skills WHERE tenant_id = $1 AND id = ANY ($2)", tenant_id, ids)
    return {row["id"] for row in rows}


async def has_calendar(conn: Connection, tenant_id: UUID, calendar_id: UUID) -> bool:
    wanted = "SELECT EXISTS (SELECT FROM calendars WHERE tenant_id = $1 AND id = $2)"
    return bool(await conn.fetchval(wanted, tenant_id, calendar_id))


async def members_of(
    conn: Connection, tenant_id: UUID, queue_id: UUID, after: tuple[Any, ...] | None, limit: int
) -> list[asyncpg.Record]:
    """Return them by name; `after` is (name, id) of the last one before."""
    return await conn.fetch(
        """
        SELECT m.person_id, p.number, p.name, m.level, m.position
        FROM queue_members m JOIN people p ON p.id = m.person_id
        WHERE m.tenant_id = $1 AND m.queue_id = $2 AND ($3::text IS NULL OR (p.name, p.id) > ($3, $4::uuid))
        ORDER BY p.name, p.id LIMIT $5
        """,
        tenant_id,
        queue_id,
        *(after or (None, None)),
        limit,
    )


async def put_member(
    conn: Connection, tenant_id: UUID, queue_id: UUID, person_id: UUID, level: int, position: int | None
) -> bool:
    """Return false for somebody who has no grant at the tenant. Without a position the one there was stays."""
    put = await conn.execute(
        """
        INSERT INTO queue_members AS m (queue_id, tenant_id, person_id, level, position)
        SELECT $2, $1::uuid, $3::uuid, $4::smallint, coalesce($5::smallint, 100)
        WHERE EXISTS (SELECT FROM grants WHERE tenant_id = $1 AND person_id = $3)
        ON CONFLICT (queue_id, person_id) DO UPDATE
        SET level = excluded.level, position = coalesce($5::smallint, m.position)
        """,
        tenant_id,
        queue_id,
        person_id,
        level,
        position,
    )
    return put == "INSERT 0 1"


async def delete_member(conn: Connection, tenant_id: UUID, queue_id: UUID, person_id: UUID) -> bool:
    gone = await conn.execute(
        "DELETE FROM queue_members WHERE tenant_id = $1 AND queue_id = $2 AND person_id = $3",
        tenant_id,
        queue_id,
        person_id,
    )
    return gone == "DELETE 1"
