"""SQL of identity."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from yuelai.identity.permissions import ROLES
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def delete_expired(conn: Connection, now: datetime) -> None:
    await conn.execute("DELETE FROM sessions WHERE expires_at <= $1", now)
    await conn.execute("DELETE FROM sip_credentials WHERE expires_at <= $1", now)


async def person_at(conn: Connection, person: PersonId, tenant: TenantId) -> asyncpg.Record | None:
    """Return what `grants.principal_of` needs for somebody active who acts at a tenant; None for an unknown one."""
    return await conn.fetchrow(
        """
        SELECT p.id, t.id AS tenant_id, t.is_operator AS operator, p.username, p.name, p.number,
               held_grants(p.id, t.id) AS grants
        FROM people p JOIN tenants t ON t.id = $2 WHERE p.id = $1 AND p.active
        """,
        person,
        tenant,
    )


async def people_with_permission(conn: Connection, tenant: TenantId, permission: str) -> list[asyncpg.Record]:
    """Return id, name and number of everybody active who has the permission by some role, and has a number."""
    return await conn.fetch(
        """
        SELECT p.id, p.name, p.number FROM people p
        WHERE p.active AND p.number IS NOT NULL
          AND EXISTS (
              SELECT FROM grants g LEFT JOIN roles r ON r.tenant_id = g.tenant_id AND r.code = g.role
              WHERE g.person_id = p.id AND g.tenant_id = $1 AND (g.role = ANY($2) OR $3 = ANY(r.permissions)))
        ORDER BY p.number
        """,
        tenant,
        [role for role, permissions in ROLES.items() if permission in permissions],
        permission,
    )


async def sip_credential(conn: Connection, username: str) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """
        SELECT c."user", c.ha1_md5, c.ha1_sha256, c.expires_at
        FROM sip_credentials c JOIN people p ON p.id = c.person_id
        WHERE c.username = $1 AND p.active AND (c.expires_at IS NULL OR c.expires_at > now())
        """,
        username,
    )


async def put_sip_credential(
    conn: Connection,
    username: str,
    person: PersonId,
    user: str,
    ha1_md5: str,
    ha1_sha256: str,
    *,
    session_hash: bytes | None = None,
    expires_at: datetime | None = None,
) -> None:
    await conn.execute(
        """
        INSERT INTO sip_credentials (username, person_id, "user", ha1_md5, ha1_sha256, session_hash, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (username) DO UPDATE SET person_id = excluded.person_id, "user" = excluded."user",
            ha1_md5 = excluded.ha1_md5, ha1_sha256 = excluded.ha1_sha256,
            session_hash = excluded.session_hash, expires_at = excluded.expires_at
        """,
        username,
        person,
        user,
        ha1_md5,
        ha1_sha256,
        session_hash,
        expires_at,
    )


async def anybody(conn: Connection) -> bool:
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM people)"))


async def add_person(
    conn: Connection, id_: PersonId, username: str, name: str, number: str | None, password_hash: str | None
) -> None:
    await conn.execute(
        "INSERT INTO people (id, username, name, number, password_hash) VALUES ($1, $2, $3, $4, $5)",
        id_,
        username,
        name,
        number,
        password_hash,
    )


async def add_grant(conn: Connection, person: PersonId, tenant: TenantId, role: str) -> None:
    await conn.execute(
        "INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        person,
        tenant,
        role,
    )


async def require_new_password(conn: Connection, person: PersonId) -> None:
    await conn.execute("UPDATE people SET must_change_password = true WHERE id = $1", person)
