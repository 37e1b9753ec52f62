"""SQL of agents' profiles, of why agents may be busy, and of how their time was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_REASON = ("code", "name", "name_en", "position")


async def is_somebody(conn: Connection, scope: Scope) -> bool:
    """Return whether anybody with a grant (`g`) is within the scope."""
    return bool(await conn.fetchval(f"SELECT EXISTS (SELECT FROM grants g WHERE {scope.sql})", *scope.args))  # noqa: S608


async def profile_of(conn: Connection, tenant_id: UUID, person_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """
        SELECT capacity, wrapup_seconds, auto_answer, seat FROM agent_profiles
        WHERE tenant_id = $1 AND person_id = $2
        """,
        tenant_id,
        person_id,
    )


async def put_profile(conn: Connection, tenant_id: UUID, person_id: UUID, profile: Mapping[str, Any]) -> None:
    await conn.execute(
        """
        INSERT INTO agent_profiles (tenant_id, person_id, capacity, wrapup_seconds, auto_answer, seat)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, person_id) DO UPDATE SET capacity = excluded.capacity,
            wrapup_seconds = excluded.wrapup_seconds, auto_answer = excluded.auto_answer, seat = excluded.seat
        """,
        tenant_id,
        person_id,
        dict(profile["capacity"]),
        profile["wrapup_seconds"],
        profile["auto_answer"],
        profile["seat"],
    )


async def reasons_of(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT code, name, name_en, position FROM busy_reasons WHERE tenant_id = $1 ORDER BY position, code", tenant_id
    )


async def add_reasons(conn: Connection, tenant_id: UUID, reasons: Iterable[Mapping[str, Any]]) -> None:
    await conn.executemany(
        "INSERT INTO busy_reasons (tenant_id, code, name, name_en, position) VALUES ($1, $2, $3, $4, $5)",
        [(tenant_id, *(reason[name] for name in _REASON)) for reason in reasons],
    )


async def change_reason(conn: Connection, tenant_id: UUID, code: str, changes: Mapping[str, Any]) -> None:
    names = [name for name in _REASON if name in changes]
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"UPDATE busy_reasons SET {wanted} WHERE tenant_id = $1 AND code = $2",  # noqa: S608 - names from above
        tenant_id,
        code,
        *(changes[name] for name in names),
    )


async def delete_reason(conn: Connection, tenant_id: UUID, code: str) -> None:
    await conn.execute("DELETE FROM busy_reasons WHERE tenant_id = $1 AND code = $2", tenant_id, code)


async def direct_numbers_of(
    conn: Connection, tenant_id: UUID, after: str, limit: int, number: str | None = None
) -> list[asyncpg.Record]:
    """Return the tenant's, in order; `after` is the last one before."""
    return await conn.fetch(
        """
        SELECT d.number, d.person_id, p.number AS seat, p.name, d.trunk_id
        FROM direct_numbers d JOIN people p ON p.id = d.person_id
        WHERE d.tenant_id = $1 AND d.number > $2 AND ($4::text IS NULL OR d.number = $4) ORDER BY d.number LIMIT $3
        """,
        tenant_id,
        after,
        limit,
        number,
    )


async def put_direct_number(
    conn: Connection, tenant_id: UUID, number: str, person_id: UUID, trunk_id: UUID | None
) -> bool:
    """Return false when another tenant has it."""
    put = await conn.execute(
        """
        INSERT INTO direct_numbers AS d (number, tenant_id, person_id, trunk_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (number) DO UPDATE SET person_id = excluded.person_id, trunk_id = excluded.trunk_id
        WHERE d.tenant_id = excluded.tenant_id
        """,
        number,
        tenant_id,
        person_id,
        trunk_id,
    )
    return put == "INSERT 0 1"


async def delete_direct_number(conn: Connection, tenant_id: UUID, number: str) -> bool:
    gone = await conn.execute("DELETE FROM direct_numbers WHERE tenant_id = $1 AND number = $2", tenant_id, number)
    return gone == "DELETE 1"


async def has_trunk(conn: Connection, trunk_id: UUID) -> bool:
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM trunks WHERE id = $1)", trunk_id))


async def all_direct_numbers(conn: Connection) -> list[asyncpg.Record]:
    """Return every tenant's, with the work number of the seat, for the running centre."""
    return await conn.fetch(
        """
        SELECT d.number, p.number AS seat, d.trunk_id FROM direct_numbers d JOIN people p ON p.id = d.person_id
        WHERE p.active AND p.number IS NOT NULL
        """
    )


# What of the log lies between two instants: rows overlap that span, and count as far as they do.
_SPAN = """
    SELECT id, state, reason, seat, interaction_id, by_id, started_at, ended_at,
        extract(epoch FROM least(coalesce(ended_at, $5), $4) - greatest(started_at, $3))::float8 AS seconds
    FROM agent_state_log
    WHERE tenant_id = $1 AND agent_id = $2 AND started_at < least($4, $5)
        AND coalesce(ended_at, $5) > $3
"""


async def states_of(
    conn: Connection,
    tenant_id: UUID,
    agent_id: UUID,
    span: tuple[datetime, datetime, datetime],
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return the rows within `span` (from, to, and what is now), the oldest first; `after` is (start, id)."""
    return await conn.fetch(
        f"""
        SELECT * FROM ({_SPAN}) s WHERE $6::timestamptz IS NULL OR (started_at, id) > ($6, $7::uuid)
        ORDER BY started_at, id LIMIT $8
        """,  # noqa: S608
        tenant_id,
        agent_id,
        *span,
        *(after or (None, None)),
        limit,
    )


async def sums_of(
    conn: Connection, tenant_id: UUID, agent_id: UUID, span: tuple[datetime, datetime, datetime]
) -> list[asyncpg.Record]:
    """Return seconds and how many times, by state and reason, the most first."""
    return await conn.fetch(
        f"""
        SELECT state, reason, sum(seconds)::float8 AS seconds, count(*) AS count FROM ({_SPAN}) s
        GROUP BY state, reason ORDER BY seconds DESC, state, reason
        """,  # noqa: S608
        tenant_id,
        agent_id,
        *span,
    )


async def colleagues_of(conn: Connection, tenant_id: UUID, after: str) -> list[asyncpg.Record]:
    """Return id, number and name of who serves an open queue of the tenant, by work number, after that one."""
    return await conn.fetch(
        """
        SELECT p.id, p.number, p.name FROM people p
        WHERE p.active AND p.number > $2 AND EXISTS (
            SELECT FROM queue_members m JOIN queues q ON q.id = m.queue_id
            WHERE m.person_id = p.id AND m.tenant_id = $1 AND q.active
        ) AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = $1)
        ORDER BY p.number
        """,
        tenant_id,
        after,
    )


async def described(
    conn: Connection, tenant_id: UUID, people: Iterable[UUID]
) -> dict[UUID, tuple[list[str], list[str]]]:
    """Return the names of everybody's groups, and of their skills with the best first."""
    rows = await conn.fetch(
        """
        SELECT p.id,
            ARRAY (SELECT g.name FROM group_members m JOIN groups g ON g.id = m.group_id
                   WHERE m.person_id = p.id AND m.tenant_id = $1 ORDER BY g.name) AS groups,
            ARRAY (SELECT s.name FROM person_skills l JOIN skills s ON s.id = l.skill_id
                   WHERE l.person_id = p.id AND l.tenant_id = $1 ORDER BY l.level DESC, s.name) AS skills
        FROM unnest($2::uuid[]) AS p (id)
        """,
        tenant_id,
        list(people),
    )
    return {row["id"]: (row["groups"], row["skills"]) for row in rows}
