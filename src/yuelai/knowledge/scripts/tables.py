"""SQL of runs: scripts as they are followed in contacts, and what that adds up to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_RUN = """
    SELECT r.id, r.script_id, r.version, r.interaction_id, r.step, r.started_at, r.ended_at, r.outcome,
        s.code, s.name, s.name_en, v.body
    FROM script_runs r JOIN scripts s ON s.id = r.script_id
    JOIN script_versions v ON v.script_id = r.script_id AND v.version = r.version
"""


async def lasting(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> dict[str, Any] | None:
    row = await conn.fetchrow(
        f"{_RUN} WHERE r.tenant_id = $1 AND r.interaction_id = $2 AND r.ended_at IS NULL", tenant_id, interaction_id
    )
    return dict(row) if row is not None else None


async def run(conn: Connection, tenant_id: UUID, interaction_id: UUID, run_id: UUID) -> dict[str, Any] | None:
    """Return it locked."""
    row = await conn.fetchrow(
        f"{_RUN} WHERE r.tenant_id = $1 AND r.interaction_id = $2 AND r.id = $3 FOR UPDATE OF r",
        tenant_id,
        interaction_id,
        run_id,
    )
    return dict(row) if row is not None else None


async def followed(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> list[asyncpg.Record]:
    """Return the scripts that were followed in the contact so far, the newest first."""
    return await conn.fetch(
        "SELECT script_id, version, outcome, ended_at FROM script_runs WHERE tenant_id = $1 AND interaction_id = $2 "
        "ORDER BY started_at DESC LIMIT 50",
        tenant_id,
        interaction_id,
    )


async def begin(
    conn: Connection,
    tenant_id: UUID,
    run_id: UUID,
    script_id: UUID,
    version: int,
    interaction_id: UUID,
    person_id: UUID,
    step: str,
    at: datetime,
) -> bool:
    """Return false when another one lasts in the contact."""
    added = await conn.execute(
        """
        INSERT INTO script_runs (id, tenant_id, script_id, version, interaction_id, person_id, step, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (interaction_id) WHERE ended_at IS NULL DO NOTHING
        """,
        run_id,
        tenant_id,
        script_id,
        version,
        interaction_id,
        person_id,
        step,
        at,
    )
    if added != "INSERT 0 1":
        return False
    await enter(conn, tenant_id, run_id, step, at)
    return True


async def enter(conn: Connection, tenant_id: UUID, run_id: UUID, step: str, at: datetime) -> None:
    await conn.execute(
        "INSERT INTO script_steps (tenant_id, run_id, seq, step, at) "
        "SELECT $1, $2, count(*) + 1, $3, $4 FROM script_steps WHERE run_id = $2",
        tenant_id,
        run_id,
        step,
        at,
    )
    await conn.execute("UPDATE script_runs SET step = $2 WHERE id = $1", run_id, step)


async def answered(conn: Connection, run_id: UUID, branch: int) -> None:
    """Say what was chosen at the step it stands at."""
    await conn.execute(
        "UPDATE script_steps SET branch = $2 WHERE run_id = $1 AND seq = "
        "(SELECT max(seq) FROM script_steps WHERE run_id = $1 AND NOT undone)",
        run_id,
        branch,
    )


async def trodden(conn: Connection, run_id: UUID) -> list[asyncpg.Record]:
    """Return the steps read so far that were not gone back from, in their order."""
    return await conn.fetch(
        "SELECT seq, step, branch FROM script_steps WHERE run_id = $1 AND NOT undone ORDER BY seq", run_id
    )


async def back(conn: Connection, run_id: UUID, undo: int, to: int, step: str) -> None:
    await conn.execute("UPDATE script_steps SET undone = true WHERE run_id = $1 AND seq = $2", run_id, undo)
    await conn.execute("UPDATE script_steps SET branch = NULL WHERE run_id = $1 AND seq = $2", run_id, to)
    await conn.execute("UPDATE script_runs SET step = $2 WHERE id = $1", run_id, step)


async def end(conn: Connection, run_id: UUID, outcome: str, at: datetime) -> bool:
    """Return false for one that is over already: it stays as it ended."""
    ended = await conn.execute(
        "UPDATE script_runs SET ended_at = $2, outcome = $3 WHERE id = $1 AND ended_at IS NULL", run_id, at, outcome
    )
    return bool(ended == "UPDATE 1")


async def totals(conn: Connection, script_id: UUID, version: int) -> asyncpg.Record:
    row = await conn.fetchrow(
        """
        SELECT count(*) AS runs, count(*) FILTER (WHERE ended_at IS NOT NULL AND outcome NOT IN ('left', 'switched'))
                AS completed,
            count(DISTINCT person_id) AS agents,
            avg(extract(epoch FROM ended_at - started_at))::float8 AS seconds
        FROM script_runs WHERE script_id = $1 AND version = $2
        """,
        script_id,
        version,
    )
    assert row is not None
    return row


async def outcomes(conn: Connection, script_id: UUID, version: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT outcome, count(*) AS runs FROM script_runs WHERE script_id = $1 AND version = $2 "
        "AND outcome IS NOT NULL GROUP BY outcome ORDER BY count(*) DESC, outcome LIMIT 50",
        script_id,
        version,
    )


async def visits(conn: Connection, script_id: UUID, version: int) -> list[asyncpg.Record]:
    """Return how often each step was read, each answer (null: none) chosen, and with which step scripts were left."""
    return await conn.fetch(
        """
        SELECT t.step, t.branch, count(*) AS times,
            count(*) FILTER (WHERE r.outcome IN ('left', 'switched') AND t.step = r.step AND t.branch IS NULL) AS left
        FROM script_steps t JOIN script_runs r ON r.id = t.run_id
        WHERE r.script_id = $1 AND r.version = $2 AND NOT t.undone GROUP BY t.step, t.branch
        """,
        script_id,
        version,
    )
