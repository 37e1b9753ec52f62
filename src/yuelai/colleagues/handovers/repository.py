"""SQL of hand-over notes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST_GROUPS = 200


async def groups(conn: Connection, scope: Scope) -> list[asyncpg.Record]:
    """Return the groups `g` that the scope leaves, by code, 200 at most."""
    return await conn.fetch(
        f"""
        SELECT g.id, g.name,
            (SELECT count(*) FROM handovers h WHERE h.group_id = g.id AND h.taken_at IS NULL) AS open
        FROM groups g WHERE {scope.sql} ORDER BY g.code LIMIT {MOST_GROUPS}
        """,  # noqa: S608
        *scope.args,
    )


async def notes(conn: Connection, scope: Scope, limit: int) -> list[asyncpg.Record]:
    """Return the notes `h` of groups `g` that the scope leaves, the newest first."""
    return await conn.fetch(
        f"""
        SELECT h.id, h.group_id, g.name AS group_name, h.at, h.text, h.interaction_id, h.trail_no, h.taken_at,
            jsonb_build_object('id', a.id, 'number', a.number, 'name', a.name) AS author,
            CASE WHEN t.id IS NOT NULL
            THEN jsonb_build_object('id', t.id, 'number', t.number, 'name', t.name) END AS taken_by
        FROM handovers h JOIN groups g ON g.id = h.group_id JOIN people a ON a.id = h.author_id
        LEFT JOIN people t ON t.id = h.taken_by
        WHERE {scope.sql} ORDER BY h.id DESC LIMIT {scope.arg(limit)}
        """,  # noqa: S608
        *scope.args,
    )


async def add(
    conn: Connection,
    tenant_id: UUID,
    handover_id: UUID,
    group_id: UUID,
    author_id: UUID,
    now: datetime,
    text: str,
    interaction_id: UUID | None,
    trail_no: str,
) -> None:
    await conn.execute(
        """
        INSERT INTO handovers (id, tenant_id, group_id, author_id, at, text, interaction_id, trail_no)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        handover_id,
        tenant_id,
        group_id,
        author_id,
        now,
        text,
        interaction_id,
        trail_no,
    )


async def take(conn: Connection, handover_id: UUID, person_id: UUID, now: datetime) -> bool:
    """Return false when somebody else has it."""
    done = await conn.execute(
        """
        UPDATE handovers SET taken_by = $2, taken_at = coalesce(taken_at, $3)
        WHERE id = $1 AND (taken_by IS NULL OR taken_by = $2)
        """,
        handover_id,
        person_id,
        now,
    )
    return done == "UPDATE 1"


async def give_back(conn: Connection, handover_id: UUID, person_id: UUID) -> bool:
    """Return false unless it is with that person."""
    done = await conn.execute(
        "UPDATE handovers SET taken_by = NULL, taken_at = NULL WHERE id = $1 AND taken_by = $2",
        handover_id,
        person_id,
    )
    return done == "UPDATE 1"


async def forget(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM handovers WHERE at < $1", before)
