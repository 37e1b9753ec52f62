"""SQL of routing: who may serve what, the state each agent was in, and every second of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import asyncpg

from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry
from yuelai.routing.events import AgentState, AgentStateChanged, Seat
from yuelai.routing.matching import STRATEGIES
from yuelai.routing.model import AgentRecord, Queue, Session

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_QUEUE = "id, tenant_id, code, name, name_en, priority, ring_seconds, wrapup_seconds, strategy"


async def _state_changed(conn: Connection, entry: Entry) -> None:
    """Applied once and in order (`platform.projector`); a second time would change nothing."""
    fact = entry.fact
    assert isinstance(fact, AgentStateChanged)
    await conn.execute(
        """
        INSERT INTO agent_sessions (agent_id, tenant_id, state, reason, seat, since, interaction_id, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (agent_id) DO UPDATE SET tenant_id = excluded.tenant_id, state = excluded.state,
            reason = excluded.reason, seat = excluded.seat, since = excluded.since,
            interaction_id = excluded.interaction_id, until = excluded.until
        """,
        fact.agent_id,
        fact.tenant_id,
        fact.state.value,
        fact.reason,
        fact.seat.value,
        fact.at,
        fact.interaction_id,
        fact.until,
    )
    await conn.execute(
        """
        UPDATE agent_state_log SET ended_at = greatest(started_at, $3)
        WHERE agent_id = $1 AND id <> $2 AND ended_at IS NULL
        """,
        fact.agent_id,
        entry.id,
        fact.at,
    )
    await conn.execute(
        """
        INSERT INTO agent_state_log (agent_id, id, tenant_id, state, reason, seat, interaction_id, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
        """,
        fact.agent_id,
        entry.id,
        fact.tenant_id,
        fact.state.value,
        fact.reason,
        fact.seat.value,
        fact.interaction_id,
        fact.at,
    )


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {AgentStateChanged: _state_changed}


class Directory(NamedTuple):
    """What `RoutingDriver.load` begins with."""

    agents: list[AgentRecord]
    queues: list[Queue]


async def load_directory(conn: Connection, now: datetime | None = None) -> Directory:
    """Return all tenants' queues, their members and every agent's state and figures of the local day of `now`.

    Read it when the projector has caught up. Agents are the members of queues who are active and have a work number.
    """
    queues = [_queue(row) for row in await conn.fetch(f"SELECT {_QUEUE} FROM queues ORDER BY tenant_id, code")]  # noqa: S608
    members = await conn.fetch(
        """
        SELECT m.person_id, m.tenant_id, p.number, p.name, jsonb_object_agg(m.queue_id, m.level) AS levels
        FROM queue_members m JOIN people p ON p.id = m.person_id
        WHERE p.active AND p.number IS NOT NULL
        GROUP BY m.person_id, m.tenant_id, p.number, p.name ORDER BY p.number
        """
    )
    sessions = {row["agent_id"]: row for row in await conn.fetch("SELECT * FROM agent_sessions")}
    today = {row["agent_id"]: row for row in await _figures(conn, now or datetime.now(UTC))}
    return Directory([_agent(row, sessions, today) for row in members], queues)


async def _figures(conn: Connection, now: datetime) -> list[asyncpg.Record]:
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return await conn.fetch(
        """
        SELECT agent_id, count(DISTINCT interaction_id) FILTER (WHERE state = 'talking') AS answered,
            sum(extract(epoch FROM coalesce(ended_at, $2) - started_at))::float8 AS seconds
        FROM agent_state_log
        WHERE started_at >= $1 AND state IN ('talking', 'hold', 'wrapup') GROUP BY agent_id
        """,
        midnight,
        now,
    )


def _agent(
    row: asyncpg.Record, sessions: Mapping[UUID, asyncpg.Record], today: Mapping[UUID, asyncpg.Record]
) -> AgentRecord:
    session, figures = sessions.get(row["person_id"]), today.get(row["person_id"])
    return AgentRecord(
        id=row["person_id"],
        tenant_id=row["tenant_id"],
        number=row["number"],
        name=row["name"],
        levels={UUID(queue_id): level for queue_id, level in row["levels"].items()},
        session=Session(
            AgentState(session["state"]),
            session["reason"],
            Seat(session["seat"]),
            session["since"],
            session["interaction_id"],
        )
        if session
        else None,
        answered_today=figures["answered"] if figures else 0,
        handle_seconds_today=figures["seconds"] if figures else 0.0,
    )


def _queue(row: asyncpg.Record) -> Queue:
    values = dict(row)
    # A strategy from a newer version must not keep the centre from starting.
    if values["strategy"] not in STRATEGIES:
        values["strategy"] = "longest_idle"
    return Queue(**values)


async def queues_of(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        f"SELECT {_QUEUE} FROM queues WHERE tenant_id = $1 ORDER BY priority DESC, code",  # noqa: S608
        tenant_id,
    )
