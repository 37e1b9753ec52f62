"""SQL of people, read: the list and one person, as they are at one tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

HERE = "EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = here.id)"
"""Somebody belongs to the tenants that granted them something."""
NOWHERE = "grants_elsewhere(p.id, here.id) = 0"

# `here` is the tenant that looks. What somebody did last is the best sign of their presence once they have signed out.
_PERSON = """
    p.id, p.username, p.name, p.number, p.email, p.active, p.version, coalesce(p.locked_until > now(), false) AS locked,
    (SELECT jsonb_build_object('id', s.id, 'name', s.name) FROM person_sites w JOIN sites s ON s.id = w.site_id
     WHERE w.tenant_id = here.id AND w.person_id = p.id) AS site,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) ORDER BY g.code)
              FROM group_members m JOIN groups g ON g.id = m.group_id
              WHERE m.tenant_id = here.id AND m.person_id = p.id), '[]') AS groups,
    coalesce((SELECT jsonb_agg(jsonb_build_object('role', g.role, 'scope', g.scope, 'name', r.name,
                                                  'name_en', r.name_en) ORDER BY g.created_at, g.role)
              FROM grants g LEFT JOIN roles r ON r.tenant_id = g.tenant_id AND r.code = g.role
              WHERE g.tenant_id = here.id AND g.person_id = p.id), '[]') AS grants,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name, 'level', h.level)
                               ORDER BY s.code)
              FROM person_skills h JOIN skills s ON s.id = h.skill_id
              WHERE h.tenant_id = here.id AND h.person_id = p.id), '[]') AS skills,
    greatest((SELECT max(s.last_seen_at) FROM sessions s WHERE s.tenant_id = here.id AND s.person_id = p.id),
             (SELECT max(a.at) FROM audit a WHERE a.tenant_id = here.id AND a.person_id = p.id)) AS last_seen_at
"""


async def people(conn: Connection, scope: Scope, limit: int) -> list[asyncpg.Record]:
    """Return those the scope leaves, by user name; columns are known as `p` (people) and `here` (tenants)."""
    return await conn.fetch(
        f"SELECT {_PERSON} FROM people p CROSS JOIN tenants here WHERE {scope.sql} "  # noqa: S608
        f"ORDER BY p.username LIMIT {scope.arg(limit)}",
        *scope.args,
    )


async def detail(conn: Connection, scope: Scope) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f"""
        SELECT {_PERSON}, grants_elsewhere(p.id, here.id) AS grants_elsewhere,
            EXISTS (SELECT FROM second_factors f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL) AS totp
        FROM people p CROSS JOIN tenants here WHERE {scope.sql}
        """,  # noqa: S608
        *scope.args,
    )


def like(text: str) -> str:
    """Return a pattern that finds the text anywhere, whatever it is made of."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def matching(scope: Scope, q: str) -> Scope:
    """Leave those whose user name, name or number holds each of the words, as one types it."""
    for word in q.split()[:8]:
        pattern = like(word)
        scope.where("p.name ILIKE {} OR p.username ILIKE {} OR p.number LIKE {}", pattern, pattern, pattern)
    return scope


def with_role(scope: Scope, role: str) -> Scope:
    return scope.where(
        "EXISTS (SELECT FROM grants f WHERE f.person_id = p.id AND f.tenant_id = here.id AND f.role = {})", role
    )


def at_site(scope: Scope, site: UUID) -> Scope:
    """Leave those at the site and at all below it."""
    return scope.where(
        "EXISTS (SELECT FROM person_sites f WHERE f.person_id = p.id AND f.tenant_id = here.id "
        "AND f.site_id = ANY (sites_below(ARRAY[{}::uuid])))",
        site,
    )


def in_group(scope: Scope, group: UUID) -> Scope:
    return scope.where("EXISTS (SELECT FROM group_members f WHERE f.person_id = p.id AND f.group_id = {})", group)


def with_skill(scope: Scope, skill: UUID) -> Scope:
    return scope.where("EXISTS (SELECT FROM person_skills f WHERE f.person_id = p.id AND f.skill_id = {})", skill)
