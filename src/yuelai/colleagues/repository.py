"""SQL of who the colleagues are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Whoever may watch others leads them, whatever their role is called.
_LEADS = """EXISTS (
    SELECT FROM grants g LEFT JOIN roles r ON r.tenant_id = g.tenant_id AND r.code = g.role
    WHERE g.person_id = p.id AND g.tenant_id = $1 AND (g.role = 'leader' OR 'supervision.view' = ANY (r.permissions))
)"""


async def colleagues(conn: Connection, tenant_id: UUID, skill: str | None, leaders: bool) -> list[asyncpg.Record]:
    """Return everybody who works for the tenant, by name."""
    return await conn.fetch(
        f"""
        SELECT p.id, p.number, p.name, {_LEADS} AS leader
        FROM people p
        WHERE p.active AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = $1)
            AND ($2::text IS NULL OR EXISTS (
                SELECT FROM person_skills h JOIN skills s ON s.id = h.skill_id
                WHERE h.person_id = p.id AND h.tenant_id = $1 AND s.code = $2))
            AND (NOT $3 OR {_LEADS})
        ORDER BY p.name, p.id
        """,  # noqa: S608
        tenant_id,
        skill,
        leaders,
    )


async def described(conn: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return names of skills, the best first, and of groups, of each."""
    return await conn.fetch(
        """
        SELECT p.id,
            ARRAY(SELECT s.name FROM person_skills h JOIN skills s ON s.id = h.skill_id
                  WHERE h.person_id = p.id AND h.tenant_id = $1 ORDER BY h.level DESC, s.code) AS skills,
            ARRAY(SELECT g.name FROM group_members m JOIN groups g ON g.id = m.group_id
                  WHERE m.person_id = p.id AND m.tenant_id = $1 ORDER BY g.code) AS groups
        FROM people p WHERE p.id = ANY ($2)
        """,
        tenant_id,
        ids,
    )


async def known(conn: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return those of the ids who work for the tenant."""
    return await conn.fetch(
        """
        SELECT p.id, p.number, p.name, p.username FROM people p
        WHERE p.active AND p.id = ANY ($2)
            AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = $1)
        ORDER BY p.name, p.id
        """,
        tenant_id,
        ids,
    )
