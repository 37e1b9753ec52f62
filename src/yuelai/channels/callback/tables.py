"""SQL of callbacks as people see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_SELECT = """
SELECT k.id, k.kind, k.state, k.number, k.language, k.since, k.booked_at, k.due_at, k.attempts, k.max_attempts,
    k.last_result, k.interaction_id, k.last_interaction_id, k.recording_id, k.note, k.changed_at, k.version, k.queue_id,
    coalesce(r.duration_ms, k.message_ms) AS duration_ms, q.code AS queue_code, q.name AS queue_name,
    c.id AS customer_id, c.name AS customer_name, c.class AS customer_class,
    p.id AS agent_id, p.number AS agent_number, p.name AS agent_name
FROM callbacks k
LEFT JOIN queues q ON q.id = k.queue_id
LEFT JOIN customers met ON met.id = k.customer_id
LEFT JOIN customers c ON c.id = CASE WHEN met.merged_into IS NULL THEN met.id ELSE met.merged_into END
LEFT JOIN people p ON p.id = k.agent_id
LEFT JOIN recordings r ON r.id = k.recording_id
"""


async def find(conn: Connection, scope: Scope, limit: int, *, soonest: bool) -> list[asyncpg.Record]:
    """Return those the scope leaves: by the time they are due, or the newest first."""
    order = "k.due_at, k.id" if soonest else "k.id DESC"
    return await conn.fetch(f"{_SELECT} WHERE {scope.sql} ORDER BY {order} LIMIT {scope.arg(limit)}", *scope.args)


async def locked(conn: Connection, scope: Scope) -> asyncpg.Record | None:
    return await conn.fetchrow(f"{_SELECT} WHERE {scope.sql} FOR UPDATE OF k", *scope.args)


async def queue_of(conn: Connection, tenant_id: UUID, code: str, member: UUID | None) -> UUID | None:
    """Return the open queue of that code, of which `member`, if named, is one."""
    found: UUID | None = await conn.fetchval(
        """
        SELECT q.id FROM queues q WHERE q.tenant_id = $1 AND q.code = $2 AND q.active
            AND ($3::uuid IS NULL OR EXISTS (SELECT FROM queue_members m WHERE m.queue_id = q.id AND m.person_id = $3))
        """,
        tenant_id,
        code,
        member,
    )
    return found


async def change(conn: Connection, callback_id: UUID, now: datetime, changes: Mapping[str, Any]) -> None:
    """Write columns that the service has named."""
    places = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, 3))
    await conn.execute(
        f"UPDATE callbacks SET {places}, changed_at = $2, version = version + 1 WHERE id = $1",  # noqa: S608
        callback_id,
        now,
        *changes.values(),
    )
