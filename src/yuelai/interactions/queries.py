"""SQL of interactions, read: summaries for lists, and the parts of one interaction's page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope
from yuelai.interactions.story import TELLING

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

OWN = """EXISTS (
    SELECT FROM interaction_segments own WHERE own.interaction_id = i.id AND own.agent_id = {0}
) OR EXISTS (
    SELECT FROM interaction_participants own WHERE own.interaction_id = i.id AND own.agent_id = {0}
)"""
"""An interaction is an agent's own once it has rung them or they took part, asked by a colleague, say."""

# A segment that still lasts is counted up to now, so that a standing call shows its true figures too.
_SUMMARY = """
    i.id, i.trail_no, i.channel, i.direction, i.state, i.ani, i.dnis, i.started_at, i.ended_at, i.end_reason, i.match,
    i.disposition, i.note, i.candidate_ids,
    extract(epoch FROM coalesce(i.ended_at, greatest(now(), i.started_at)) - i.started_at)::float8 AS seconds,
    i.wait_ms + CASE WHEN i.state IN ('queue', 'ring') AND i.answered_at IS NULL THEN lasting.ms ELSE 0 END AS wait_ms,
    i.talk_ms + CASE WHEN i.state IN ('talk', 'conference') THEN lasting.ms ELSE 0 END AS talk_ms,
    i.hold_ms + CASE WHEN i.state = 'hold' THEN lasting.ms ELSE 0 END AS hold_ms,
    i.consult_ms + CASE WHEN i.state = 'consult' THEN lasting.ms ELSE 0 END AS consult_ms,
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


async def telling(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return of each interaction the lines of its trail that `story` needs."""
    rows = await conn.fetch(
        """
        SELECT interaction_id, at, kind, actor, data FROM interaction_trail
        WHERE interaction_id = ANY($1) AND kind = ANY($2) ORDER BY interaction_id, at, seq
        """,
        ids,
        TELLING,
    )
    lines: dict[UUID, list[dict[str, Any]]] = {id_: [] for id_ in ids}
    for row in rows:
        lines[row["interaction_id"]].append(dict(row))
    return lines


async def participants(conn: Connection, interaction_id: UUID) -> list[asyncpg.Record]:
    """Return all but the customer, in the order they came."""
    return await conn.fetch(
        """
        SELECT t.id, t.role, t.address, t.joined_at, t.left_at, t.reason,
            extract(epoch FROM coalesce(t.left_at, greatest(now(), t.joined_at)) - t.joined_at)::float8 AS seconds,
            p.id AS agent_id, p.number AS agent_number, p.name AS agent_name
        FROM interaction_participants t LEFT JOIN people p ON p.id = t.agent_id
        WHERE t.interaction_id = $1 ORDER BY t.joined_at, t.id
        """,
        interaction_id,
    )


async def wrapups(conn: Connection, interaction_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT w.started_at, w.ended_at, w.disposition, w.note,
            extract(epoch FROM coalesce(w.ended_at, greatest(now(), w.started_at)) - w.started_at)::float8 AS seconds,
            p.id AS agent_id, p.number AS agent_number, p.name AS agent_name
        FROM interaction_wrapups w LEFT JOIN people p ON p.id = w.agent_id
        WHERE w.interaction_id = $1 ORDER BY w.started_at, w.in_charge, w.seq
        """,
        interaction_id,
    )


async def links(conn: Connection, interaction_id: UUID) -> list[asyncpg.Record]:
    """Return what it is linked to and, the other way round, which interactions go on from it; the page of another
    tenant's is nobody's here, row security sees to that."""
    return await conn.fetch(
        """
        SELECT l.kind, l.other_id AS id, o.trail_no, l.at FROM interaction_links l
        LEFT JOIN interactions o ON o.id = l.other_id WHERE l.interaction_id = $1
        UNION ALL
        SELECT 'next', l.interaction_id, o.trail_no, l.at FROM interaction_links l
        JOIN interactions o ON o.id = l.interaction_id WHERE l.other_id = $1 AND l.kind = 'previous'
        ORDER BY 4, 2
        """,
        interaction_id,
    )


async def previous(
    conn: Connection, tenant_id: UUID, ani_e164: str | None, customer_ids: Sequence[UUID], since: datetime
) -> UUID | None:
    """Return the newest interaction since then of one of these customers, or from that number, that has ended: the one
    that is just beginning may be in the tables already."""
    row = await conn.fetchrow(
        """
        SELECT max(id::text)::uuid AS id FROM (
            (SELECT id FROM interactions WHERE tenant_id = $1 AND ani_e164 = $2 AND id >= uuid7_floor($4)
                AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1)
            UNION ALL
            (SELECT id FROM interactions WHERE customer_id = ANY($3) AND tenant_id = $1 AND id >= uuid7_floor($4)
                AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1)
        ) found
        """,
        tenant_id,
        ani_e164,
        customer_ids,
        since,
    )
    return row["id"] if row else None


async def part_of(
    conn: Connection, tenant_id: UUID, interaction_id: UUID, agent_id: UUID, since: datetime
) -> asyncpg.Record | None:
    """Return the interaction if it rang this agent or they took part in it, and it was not over before `since`."""
    return await conn.fetchrow(
        f"""
        SELECT i.trail_no, i.customer_id, i.candidate_ids,
            CASE i.direction WHEN 'out' THEN i.dnis ELSE i.ani END AS number
        FROM interactions i
        WHERE i.tenant_id = $1 AND i.id = $2 AND coalesce(i.ended_at, 'infinity') >= $4 AND ({OWN.format("$3")})
        """,  # noqa: S608
        tenant_id,
        interaction_id,
        agent_id,
        since,
    )
