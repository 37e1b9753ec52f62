"""SQL of interactions, written: what the projector does with each fact, and what a starting core needs.

Each fact is applied once and in order, in the projector's transaction (`platform.projector`). It could be applied twice
without harm all the same: rows are keyed by the journal entry they come from, and sums are counted anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.phones import normalise
from yuelai.interactions import party_tables
from yuelai.interactions.events import (
    InteractionClosed,
    InteractionEnded,
    InteractionIdentified,
    InteractionStarted,
    Linked,
    ParticipantJoined,
    ParticipantLeft,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.model import Stage
from yuelai.interactions.texts import text, with_number
from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def _started(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, InteractionStarted)
    ani, dnis = text(entry.private.get("ani")), text(entry.private.get("dnis"))
    await conn.execute(
        """
        INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, ani_e164, dnis, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING
        """,
        fact.interaction_id,
        fact.tenant_id,
        fact.trail_no,
        fact.channel,
        fact.direction,
        Stage.NEW.shown,
        ani,
        normalise(dnis if fact.direction == "out" else ani),
        dnis,
        fact.at,
    )


async def _identified(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, InteractionIdentified)
    # A choice among several keeps the others: they may be needed to undo it.
    await conn.execute(
        """
        UPDATE interactions SET match = $2, customer_id = $3,
            candidate_ids = CASE WHEN $2 = 'chosen' AND candidate_ids <> '{}' THEN candidate_ids ELSE $4 END
        WHERE id = $1
        """,
        fact.interaction_id,
        fact.match,
        fact.customer_id,
        fact.candidate_ids,
    )


async def _segment(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, SegmentStarted)
    await _begin_segment(conn, entry, fact.tenant_id, fact.interaction_id, fact.kind, fact.at, fact.agent_id,
                         fact.queue_id)  # fmt: skip
    talks = fact.kind in (SegmentKind.TALK, SegmentKind.CONFERENCE)
    await conn.execute(
        """
        UPDATE interactions SET state = $2, queue_id = coalesce($3, queue_id), agent_id = coalesce($4, agent_id),
            answered_at = coalesce(answered_at, $5) WHERE id = $1
        """,
        fact.interaction_id,
        fact.kind.value,
        fact.queue_id,
        fact.agent_id if talks else None,
        fact.at if talks else None,
    )
    await _count(conn, fact.interaction_id)


async def _ended(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, InteractionEnded)
    if fact.wrapup_agent_id:
        await _begin_segment(conn, entry, fact.tenant_id, fact.interaction_id, SegmentKind.WRAPUP, fact.at,
                             fact.wrapup_agent_id, None)  # fmt: skip
    else:
        await _end_segment(conn, entry, fact.interaction_id, fact.at)
    stage = Stage.WRAPUP if fact.wrapup_agent_id else Stage.ENDED
    await conn.execute(
        "UPDATE interactions SET state = $2, ended_at = $3, end_reason = $4 WHERE id = $1",
        fact.interaction_id,
        stage.shown,
        fact.at,
        fact.reason.value,
    )
    await party_tables.all_left(conn, entry)
    await _count(conn, fact.interaction_id)


async def _closed(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, InteractionClosed)
    await _end_segment(conn, entry, fact.interaction_id, fact.at)
    await conn.execute(
        "UPDATE interactions SET state = 'closed', closed_at = $2, disposition = coalesce($3, disposition) "
        "WHERE id = $1",
        fact.interaction_id,
        fact.at,
        text(fact.disposition) or None,
    )


async def _noted(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, TrailNoted)
    await conn.execute(
        """
        INSERT INTO interaction_trail (interaction_id, id, seq, tenant_id, at, kind, actor, data, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        fact.interaction_id,
        entry.id,
        entry.seq,
        fact.tenant_id,
        fact.at,
        fact.kind,
        fact.actor,
        with_number(fact.data, text(entry.private.get("number"))),
        text(entry.private.get("text")),
    )


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {
    InteractionStarted: _started,
    InteractionIdentified: _identified,
    SegmentStarted: _segment,
    InteractionEnded: _ended,
    InteractionClosed: _closed,
    TrailNoted: _noted,
    ParticipantJoined: party_tables.joined,
    ParticipantLeft: party_tables.left,
    WrappedUp: party_tables.wrapped_up,
    Linked: party_tables.linked,
}
"""`InteractionRecorded` needs nothing: recordings keep their own table, which knows its interaction."""


async def _end_segment(conn: Connection, entry: Entry, interaction_id: UUID, at: datetime) -> None:
    await conn.execute(
        """
        UPDATE interaction_segments SET ended_at = greatest(started_at, $3)
        WHERE interaction_id = $1 AND id <> $2 AND ended_at IS NULL
        """,
        interaction_id,
        entry.id,
        at,
    )


async def _begin_segment(
    conn: Connection,
    entry: Entry,
    tenant_id: UUID,
    interaction_id: UUID,
    kind: SegmentKind,
    at: datetime,
    agent_id: UUID | None,
    queue_id: UUID | None,
) -> None:
    """Begin a segment and end the one before it at the same instant."""
    await _end_segment(conn, entry, interaction_id, at)
    await conn.execute(
        """
        INSERT INTO interaction_segments (interaction_id, id, seq, tenant_id, kind, started_at, agent_id, queue_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
        """,
        interaction_id,
        entry.id,
        entry.seq,
        tenant_id,
        kind.value,
        at,
        agent_id,
        queue_id,
    )


async def _count(conn: Connection, interaction_id: UUID) -> None:
    """Count waiting, talking, holding and consulting anew from the segments that have ended."""
    await conn.execute(
        """
        UPDATE interactions i SET wait_ms = s.wait, talk_ms = s.talk, hold_ms = s.hold, consult_ms = s.consult
        FROM (
            SELECT coalesce(sum(ms) FILTER (WHERE kind IN ('queue', 'ring') AND NOT answered), 0) AS wait,
                coalesce(sum(ms) FILTER (WHERE kind IN ('talk', 'conference')), 0) AS talk,
                coalesce(sum(ms) FILTER (WHERE kind = 'hold'), 0) AS hold,
                coalesce(sum(ms) FILTER (WHERE kind = 'consult'), 0) AS consult
            FROM (
                SELECT kind, (extract(epoch FROM ended_at - started_at) * 1000)::bigint AS ms,
                    coalesce(bool_or(kind IN ('talk', 'conference')) OVER (ORDER BY started_at, seq), false) AS answered
                FROM interaction_segments WHERE interaction_id = $1
            ) ended
        ) s WHERE i.id = $1
        """,
        interaction_id,
    )


# What a starting core needs.


@dataclass(frozen=True)
class OpenInteraction:
    """An interaction that was standing when its process died. `ended` when only wrap-ups were missing; `standing` are
    participants, agents among them with their id, and `wrapping` those whose wrap-up was open."""

    id: UUID
    tenant_id: UUID
    state: str
    ended: bool
    agent_id: UUID | None
    started_at: datetime
    standing: list[tuple[UUID, UUID | None]] = field(default_factory=list)
    wrapping: list[UUID] = field(default_factory=list)


async def open_interactions(conn: Connection) -> list[OpenInteraction]:
    """Return all tenants' interactions that are not closed, oldest first; read it when the projector has caught up."""
    rows = await conn.fetch(
        """
        SELECT i.id, i.tenant_id, i.state, i.ended_at IS NOT NULL AS ended, i.agent_id, i.started_at,
            ARRAY(SELECT p.id FROM interaction_participants p WHERE p.interaction_id = i.id AND p.left_at IS NULL
                  ORDER BY p.joined_at, p.id) AS participants,
            ARRAY(SELECT CASE WHEN p.role = 'agent' THEN p.agent_id END FROM interaction_participants p
                  WHERE p.interaction_id = i.id AND p.left_at IS NULL ORDER BY p.joined_at, p.id) AS agents,
            ARRAY(SELECT w.agent_id FROM interaction_wrapups w WHERE w.interaction_id = i.id AND w.ended_at IS NULL
                  ORDER BY w.started_at, w.in_charge, w.seq) AS wrapping
        FROM interactions i WHERE i.closed_at IS NULL ORDER BY i.id
        """
    )
    return [
        OpenInteraction(
            row["id"],
            row["tenant_id"],
            row["state"],
            row["ended"],
            row["agent_id"],
            row["started_at"],
            list(zip(row["participants"], row["agents"], strict=True)),
            list(row["wrapping"]),
        )
        for row in rows
    ]


async def last_trail_numbers(conn: Connection, day: date, zone: tzinfo | None = None) -> dict[UUID, int]:
    """Return each tenant's last sequence of a local day, for `TrailNumbers.resume`."""
    midnight = datetime.combine(day, time()).astimezone() if zone is None else datetime.combine(day, time(), zone)
    rows = await conn.fetch(
        """
        SELECT tenant_id, max(substr(trail_no, 7)::integer) AS last FROM interactions
        WHERE started_at >= $1 AND started_at < $2 AND trail_no ~ $3 GROUP BY tenant_id
        """,
        midnight - timedelta(days=1),
        midnight + timedelta(days=2),
        f"^T{day:%m%d}-[0-9]+$",
    )
    return {row["tenant_id"]: row["last"] for row in rows}


async def make_partitions(conn: Connection, now: datetime, *, months: int = 13) -> None:
    """Make the partitions of this month and the next ones that are missing."""
    await conn.execute("SELECT make_interaction_partitions($1, $2)", now.date(), months)
