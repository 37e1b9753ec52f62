"""SQL of routing: who may serve what, the state each agent was in, and every second of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import asyncpg

from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry
from yuelai.platform.live import Place
from yuelai.routing import stored
from yuelai.routing.events import AgentState, AgentStateChanged, AgentWished, Seat
from yuelai.routing.model import CHOSEN, AgentRecord, Figures, Pending, Queue, Session
from yuelai.routing.settings import SkillWish

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_QUEUE = """
    id, tenant_id, code, name, name_en, priority, ring_seconds, wrapup_seconds, strategy, channel, prefer_seconds,
    overflows, treatment, calendar_id, extend_seconds, target_seconds, target_share
"""


async def _state_changed(conn: Connection, entry: Entry) -> None:
    """Applied once and in order (`platform.projector`); a second time would change nothing."""
    fact = entry.fact
    assert isinstance(fact, AgentStateChanged)
    await conn.execute(
        """
        INSERT INTO agent_sessions AS s (agent_id, state, reason, seat, since, interaction_id, until, by_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (agent_id) DO UPDATE SET state = excluded.state,
            reason = excluded.reason, seat = excluded.seat, since = excluded.since,
            interaction_id = excluded.interaction_id, until = excluded.until, by_id = excluded.by_id,
            pending_state = CASE WHEN $9 THEN NULL ELSE s.pending_state END,
            pending_reason = CASE WHEN $9 THEN NULL ELSE s.pending_reason END,
            pending_by = CASE WHEN $9 THEN NULL ELSE s.pending_by END
        """,
        fact.agent_id,
        fact.state.value,
        fact.reason,
        fact.seat.value,
        fact.at,
        fact.interaction_id,
        fact.until,
        fact.by,
        fact.state in CHOSEN,  # what was wanted for after the contact has come true, or is over
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
        INSERT INTO agent_state_log (agent_id, id, tenant_id, state, reason, seat, interaction_id, started_at, by_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        fact.agent_id,
        entry.id,
        fact.tenant_id,
        fact.state.value,
        fact.reason,
        fact.seat.value,
        fact.interaction_id,
        fact.at,
        fact.by,
    )


async def _wished(conn: Connection, entry: Entry) -> None:
    """What is to follow the contact in hand outlives core, as the contact's end may come after a restart."""
    fact = entry.fact
    assert isinstance(fact, AgentWished)
    await conn.execute(
        """
        UPDATE agent_sessions SET pending_state = $2, pending_reason = $3, pending_by = $4 WHERE agent_id = $1
        """,
        fact.agent_id,
        fact.state.value if fact.state is not None else None,
        fact.reason if fact.state is not None else None,
        fact.by,
    )


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {
    AgentStateChanged: _state_changed,
    AgentWished: _wished,
}


_AGENTS = """
SELECT p.id, p.number, p.name, m.levels, m.positions, m.tenants,
    (SELECT jsonb_object_agg(s.skill_id, s.level) FROM person_skills s
     WHERE s.person_id = p.id AND s.tenant_id = ANY (m.tenants)) AS skills,
    (SELECT jsonb_object_agg(a.tenant_id, to_jsonb(a)) FROM agent_profiles a WHERE a.person_id = p.id) AS profiles,
    (SELECT jsonb_agg(jsonb_build_object(
        'tenant_id', t.id,
        'groups', coalesce((SELECT jsonb_agg(g.group_id) FROM group_members g
                            WHERE g.person_id = p.id AND g.tenant_id = t.id), '[]'),
        'site_id', (SELECT s.site_id FROM person_sites s WHERE s.person_id = p.id AND s.tenant_id = t.id)))
     FROM unnest(m.tenants) AS t (id)) AS places
FROM people p JOIN (
    SELECT person_id, jsonb_object_agg(queue_id, level) AS levels,
        jsonb_object_agg(queue_id, position) AS positions, array_agg(DISTINCT tenant_id) AS tenants
    FROM queue_members q WHERE queue_id IN (SELECT id FROM queues WHERE active)
        AND EXISTS (SELECT FROM grants g WHERE g.person_id = q.person_id AND g.tenant_id = q.tenant_id)
    GROUP BY person_id
) m ON m.person_id = p.id
WHERE p.active AND p.number IS NOT NULL ORDER BY p.number
"""


class Directory(NamedTuple):
    """What `RoutingDriver.load` begins with."""

    agents: list[AgentRecord]
    queues: list[Queue]
    operator: UUID
    """The tenant of the operator, to whom people and their phones belong."""


async def load_directory(conn: Connection, now: datetime | None = None) -> Directory:
    """Return all tenants' open queues, their members and every agent's state and figures of the local day of `now`.

    Read it when the projector has caught up. Agents are the members of queues who are active, have a
    work number and still hold a grant at the tenant of the queue.
    """
    rows = await conn.fetch(f"SELECT {_QUEUE} FROM queues WHERE active ORDER BY tenant_id, code")  # noqa: S608
    wishes: dict[UUID, list[SkillWish]] = defaultdict(list)
    for row in await conn.fetch("SELECT * FROM queue_skills ORDER BY position"):
        wishes[row["queue_id"]].append(stored.wish_of(dict(row)))
    queues = [stored.queue_of(dict(row), wishes[row["id"]]) for row in rows]
    operator = await conn.fetchval("SELECT id FROM tenants WHERE is_operator")
    sessions = {row["agent_id"]: row for row in await conn.fetch("SELECT * FROM agent_sessions")}
    today: dict[UUID, dict[UUID, Figures]] = defaultdict(dict)
    for row in await _figures(conn, now or datetime.now(UTC)):
        today[row["agent_id"]][row["tenant_id"]] = Figures(row["answered"], row["seconds"])
    agents = [
        AgentRecord(
            id=row["id"],
            home=(home := row["tenants"][0] if len(row["tenants"]) == 1 else operator),
            number=row["number"],
            name=row["name"],
            levels=_by_id(row["levels"]),
            session=_session(sessions.get(row["id"])),
            places=_places(row["places"]),
            figures=today[row["id"]],
            skills=_by_id(row["skills"] or {}),
            positions=_by_id(row["positions"]),
            **_profile(row["profiles"] or {}, home),
        )
        for row in await conn.fetch(_AGENTS)
    ]
    return Directory(agents, queues, operator)


async def _figures(conn: Connection, now: datetime) -> list[asyncpg.Record]:
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return await conn.fetch(
        """
        SELECT agent_id, tenant_id, count(DISTINCT interaction_id) FILTER (WHERE state = 'talking') AS answered,
            sum(extract(epoch FROM coalesce(ended_at, $2) - started_at))::float8 AS seconds
        FROM agent_state_log
        WHERE started_at >= $1 AND state IN ('talking', 'hold', 'wrapup')
        GROUP BY agent_id, tenant_id
        """,
        midnight,
        now,
    )


def _session(row: asyncpg.Record | None) -> Session | None:
    if row is None:
        return None
    pending = row["pending_state"]
    return Session(
        AgentState(row["state"]),
        row["reason"],
        Seat(row["seat"]),
        row["since"],
        row["interaction_id"],
        Pending(AgentState(pending), row["pending_reason"], row["pending_by"]) if pending is not None else None,
    )


def _profile(profiles: dict[str, dict[str, Any]], home: UUID) -> dict[str, Any]:
    """Return what an agent takes on, as fields of `AgentRecord`: as the tenant wants it that is the agent's home."""
    row = profiles.get(str(home))
    if row is None:
        return {}
    return {
        "capacity": row["capacity"],
        "wrapup_seconds": row["wrapup_seconds"],
        "auto_answer": row["auto_answer"],
        "preferred_seat": Seat(row["seat"]) if row["seat"] else None,
    }


def _places(places: list[dict[str, Any]]) -> dict[UUID, Place]:
    return {
        UUID(each["tenant_id"]): Place(
            frozenset(map(UUID, each["groups"])), UUID(each["site_id"]) if each["site_id"] else None
        )
        for each in places
    }


def _by_id(numbers: Mapping[str, int]) -> dict[UUID, int]:
    return {UUID(id_): number for id_, number in numbers.items()}
