"""SQL of interactions, read: summaries for lists, and the parts of one interaction's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

OWN = """EXISTS (
    SELECT FROM interaction_segments own WHERE own.interaction_id = i.id AND own.agent_id = {}
)"""
"""An interaction is an agent's own once it has rung them."""

# A segment that still lasts is counted up to now, so that a standing call shows its true figures too.
_SUMMARY = """
    i.id, i.trail_no, i.channel, i.direction, i.state, i.ani, i.dnis, i.started_at, i.ended_at, i.end_reason, i.match,
    i.disposition, i.note, i.candidate_ids,
    i.wait_ms + CASE WHEN i.state IN ('queue', 'ring') AND i.answered_at IS NULL THEN lasting.ms ELSE 0 END AS wait_ms,
    i.talk_ms + CASE WHEN i.state = 'talk' THEN lasting.ms ELSE 0 END AS talk_ms,
    i.hold_ms + CASE WHEN i.state = 'hold' THEN lasting.ms ELSE 0 END AS hold_ms,
    c.id AS customer_id, c.name AS customer_name, c.class AS customer_class,
    q.id AS queue_id, q.code AS queue_code, q.name AS queue_name,
    p.id AS agent_id, p.number AS agent_number, p.name AS agent_name,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'duration_ms', r.duration_ms) ORDER BY r.started_at, r.id)
              FROM recordings r WHERE r.interaction_id = i.id AND r.state <> 'capturing'), '[]') AS recordings
FROM interactions i
LEFT JOIN customers met ON met.id = i.customer_id
LEFT JOIN customers c ON c.id = CASE WHEN met.merged_into IS NULL THEN met.id ELSE met.merged_into END
LEFT JOIN queues q ON q.id = i.queue_id
LEFT JOIN people p ON p.id = i.agent_id
LEFT JOIN LATERAL (
    SELECT greatest(0, (extract(epoch FROM now() - s.started_at) * 1000)::bigint) AS ms FROM interaction_segments s
    WHERE s.interaction_id = i.id AND s.ended_at IS NULL AND i.closed_at IS NULL
    ORDER BY s.started_at DESC, s.seq DESC LIMIT 1
) lasting ON true
"""


async def summaries(conn: Connection, scope: Scope, limit: int) -> list[asyncpg.Record]:
    """Return the newest first."""
    return await conn.fetch(
        f"SELECT {_SUMMARY} WHERE {scope.sql} ORDER BY i.id DESC LIMIT {scope.arg(limit)}",
        *scope.args,
    )


async def left(conn: Connection, scope: Scope, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids that the scope leaves."""
    scope.where("i.id = ANY ({})", ids)
    return {row["id"] for row in await conn.fetch(f"SELECT i.id FROM interactions i WHERE {scope.sql}", *scope.args)}  # noqa: S608


async def segments(conn: Connection, interaction_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT s.kind, s.started_at, s.ended_at,
            extract(epoch FROM coalesce(s.ended_at, greatest(now(), s.started_at)) - s.started_at)::float8 AS seconds,
            p.id AS agent_id, p.number AS agent_number, p.name AS agent_name,
            q.id AS queue_id, q.code AS queue_code, q.name AS queue_name
        FROM interaction_segments s
        LEFT JOIN people p ON p.id = s.agent_id
        LEFT JOIN queues q ON q.id = s.queue_id
        WHERE s.interaction_id = $1 ORDER BY s.started_at, s.seq
        """,
        interaction_id,
    )


async def trail(conn: Connection, interaction_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT at, kind, actor, data, text FROM interaction_trail WHERE interaction_id = $1 ORDER BY at, seq",
        interaction_id,
    )
