"""SQL of people, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = ("username", "name", "number", "email", "active")


async def add(conn: Connection, id_: PersonId, username: str, name: str, number: str | None, email: str | None) -> None:
    """Raises asyncpg's UniqueViolationError."""
    await conn.execute(
        "INSERT INTO people (id, username, name, number, email) VALUES ($1, $2, $3, $4, $5)",
        id_,
        username,
        name,
        number,
        email,
    )


async def for_update(conn: Connection, id_: PersonId) -> asyncpg.Record | None:
    """Return version, username, number and active, and keep others from changing the person meanwhile."""
    return await conn.fetchrow(
        "SELECT version, username, name, number, email, active FROM people WHERE id = $1 FOR UPDATE", id_
    )


async def by_username(conn: Connection, username: str) -> PersonId | None:
    found = await conn.fetchval("SELECT id FROM people WHERE username = $1 AND active", username)
    return None if found is None else PersonId(found)


async def works_at(conn: Connection, person: PersonId, tenant: TenantId) -> bool:
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM grants WHERE person_id = $1 AND tenant_id = $2)", person, tenant
        )
    )


async def elsewhere(conn: Connection, person: PersonId, tenant: TenantId) -> int:
    """Return at how many other tenants somebody works."""
    found: int = await conn.fetchval("SELECT grants_elsewhere($1, $2)", person, tenant)
    return found


async def change(conn: Connection, id_: PersonId, fields: Mapping[str, Any]) -> None:
    """Set some of username, name, number, email, active; count the version up. Raises UniqueViolationError."""
    named = [name for name in _COLUMNS if name in fields]
    sets = "".join(f", {name} = ${place}" for place, name in enumerate(named, 2))
    await conn.execute(
        f"UPDATE people SET version = version + 1{sets} WHERE id = $1",  # noqa: S608 - our own names
        id_,
        *(fields[name] for name in named),
    )


async def put_grants(
    conn: Connection, person: PersonId, tenant: TenantId, grants: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Make these (role, scope) the person's grants at the tenant; those that stay keep their age."""
    await conn.execute(
        "DELETE FROM grants WHERE person_id = $1 AND tenant_id = $2 AND role <> ALL ($3)",
        person,
        tenant,
        [role for role, _ in grants],
    )
    await conn.executemany(
        """
        INSERT INTO grants (person_id, tenant_id, role, scope) VALUES ($1, $2, $3, $4)
        ON CONFLICT (person_id, tenant_id, role) DO UPDATE SET scope = excluded.scope
        """,
        [(person, tenant, role, scope) for role, scope in grants],
    )


async def put_site(conn: Connection, person: PersonId, tenant: TenantId, site: UUID | None) -> None:
    if site is None:
        await conn.execute("DELETE FROM person_sites WHERE person_id = $1 AND tenant_id = $2", person, tenant)
        return
    await conn.execute(
        """
        INSERT INTO person_sites (person_id, tenant_id, site_id) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, person_id) DO UPDATE SET site_id = excluded.site_id
        """,
        person,
        tenant,
        site,
    )


async def put_groups(conn: Connection, person: PersonId, tenant: TenantId, groups: Sequence[UUID]) -> None:
    await conn.execute(
        "DELETE FROM group_members WHERE person_id = $1 AND tenant_id = $2 AND group_id <> ALL ($3)",
        person,
        tenant,
        groups,
    )
    await conn.executemany(
        "INSERT INTO group_members (person_id, tenant_id, group_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(person, tenant, group) for group in groups],
    )


async def put_skills(conn: Connection, person: PersonId, tenant: TenantId, skills: Sequence[tuple[UUID, int]]) -> None:
    """Make these (skill, level 1–5) what the person can at the tenant."""
    await conn.execute("DELETE FROM person_skills WHERE person_id = $1 AND tenant_id = $2", person, tenant)
    await conn.executemany(
        "INSERT INTO person_skills (person_id, tenant_id, skill_id, level) VALUES ($1, $2, $3, $4)",
        [(person, tenant, skill, level) for skill, level in skills],
    )


async def delete_phones(conn: Connection, person: PersonId) -> None:
    """Take all digest secrets, of the desk phone and of browsers."""
    await conn.execute("DELETE FROM sip_credentials WHERE person_id = $1", person)


async def delete_sessions(conn: Connection, person: PersonId, tenant: TenantId | None) -> int:
    """End somebody's sessions at one tenant or, as system work, everywhere; return how many."""
    done = await conn.execute(
        "DELETE FROM sessions WHERE person_id = $1 AND ($2::uuid IS NULL OR tenant_id = $2)", person, tenant
    )
    return int(done.split()[-1])


async def unlock(conn: Connection, person: PersonId) -> None:
    await conn.execute("UPDATE people SET failed_sign_ins = 0, locked_until = NULL WHERE id = $1", person)


async def delete_second_factor(conn: Connection, person: PersonId) -> bool:
    return await conn.execute("DELETE FROM second_factors WHERE person_id = $1", person) == "DELETE 1"
