"""SQL of queues and their members as people set them up; what the running centre reads is in `repository`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_QUEUE = """
    q.id, q.code, q.name, q.name_en, q.priority, q.ring_seconds, q.wrapup_seconds, q.strategy, q.active,
    (SELECT count(*) FROM queue_members m WHERE m.queue_id = q.id) AS members
"""
_COLUMNS = ("code", "name", "name_en", "priority", "ring_seconds", "wrapup_seconds", "strategy", "active")


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
    added = await conn.execute(
        """
        INSERT INTO queues (id, tenant_id, code, name, name_en, priority, ring_seconds, wrapup_seconds, strategy)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        queue_id,
        tenant_id,
        *(settings[name] for name in _COLUMNS if name != "active"),
    )
    return added == "INSERT 0 1"


async def change_queue(conn: Connection, tenant_id: UUID, queue_id: UUID, changes: Mapping[str, Any]) -> None:
    names = [name for name in _COLUMNS if name in changes]
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"UPDATE queues SET {wanted} WHERE tenant_id = $1 AND id = $2",  # noqa: S608 - names of columns, from above
        tenant_id,
        queue_id,
        *(changes[name] for name in names),
    )


async def members_of(
    conn: Connection, tenant_id: UUID, queue_id: UUID, after: tuple[Any, ...] | None, limit: int
) -> list[asyncpg.Record]:
    """Return them by name; `after` is (name, id) of the last one before."""
    return await conn.fetch(
        """
        SELECT m.person_id, p.number, p.name, m.level FROM queue_members m JOIN people p ON p.id = m.person_id
        WHERE m.tenant_id = $1 AND m.queue_id = $2 AND ($3::text IS NULL OR (p.name, p.id) > ($3, $4::uuid))
        ORDER BY p.name, p.id LIMIT $5
        """,
        tenant_id,
        queue_id,
        *(after or (None, None)),
        limit,
    )


async def put_member(conn: Connection, tenant_id: UUID, queue_id: UUID, person_id: UUID, level: int) -> bool:
    """Return false for somebody who has no grant at the tenant."""
    put = await conn.execute(
        """
        INSERT INTO queue_members (queue_id, tenant_id, person_id, level)
        SELECT $2, $1::uuid, $3::uuid, $4::smallint
        WHERE EXISTS (SELECT FROM grants WHERE tenant_id = $1 AND person_id = $3)
        ON CONFLICT (queue_id, person_id) DO UPDATE SET level = excluded.level
        """,
        tenant_id,
        queue_id,
        person_id,
        level,
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
