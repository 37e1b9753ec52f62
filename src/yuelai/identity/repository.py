"""SQL of identity."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from yuelai.identity.permissions import ROLES
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def person_by_username(conn: Connection, username: str) -> asyncpg.Record | None:
    """Return id, password_hash and the tenants the person holds grants in, oldest grant first (system work)."""
    return await conn.fetchrow(
        """
        SELECT p.id, p.password_hash,
               ARRAY(SELECT g.tenant_id FROM grants g WHERE g.person_id = p.id
                       AND EXISTS (SELECT FROM tenants t WHERE t.id = g.tenant_id AND t.active)
                     GROUP BY g.tenant_id ORDER BY min(g.created_at), g.tenant_id) AS tenants
        FROM people p WHERE p.username = $1 AND p.active
        """,
        username,
    )


async def add_session(
    conn: Connection, token_hash: bytes, person: PersonId, tenant: TenantId, source: str | None, expires_at: datetime
) -> None:
    await conn.execute(
        "INSERT INTO sessions (token_hash, person_id, tenant_id, source, expires_at) VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        person,
        tenant,
        source,
        expires_at,
    )


async def delete_session(conn: Connection, token_hash: bytes) -> bool:
    return await conn.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash) == "DELETE 1"


async def delete_sessions_of(conn: Connection, person: PersonId) -> None:
    await conn.execute("DELETE FROM sessions WHERE person_id = $1", person)


async def delete_expired(conn: Connection, now: datetime) -> None:
    await conn.execute("DELETE FROM sessions WHERE expires_at <= $1", now)
    await conn.execute("DELETE FROM sip_credentials WHERE expires_at <= $1", now)


async def session_person(conn: Connection, token_hash: bytes, now: datetime) -> asyncpg.Record | None:
    """Return what `grants.principal_of` needs and expires_at, of a session that still holds; else None."""
    return await conn.fetchrow(
        """
        SELECT p.id, s.tenant_id, t.is_operator AS operator, p.username, p.name, p.number, s.expires_at,
               held_grants(p.id, s.tenant_id) AS grants
        FROM sessions s JOIN people p ON p.id = s.person_id JOIN tenants t ON t.id = s.tenant_id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.active
        """,
        token_hash,
        now,
    )


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
