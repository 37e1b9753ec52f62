"""SQL of signing in: people's passwords, sessions and second factors. All of it is system work, before any tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Tenants somebody can act at, the one of the oldest grant first.
_TENANTS = """ARRAY(
    SELECT g.tenant_id FROM grants g JOIN tenants t ON t.id = g.tenant_id AND t.active
    WHERE g.person_id = p.id GROUP BY g.tenant_id ORDER BY min(g.created_at), g.tenant_id)"""

_SET_AT = "coalesce((SELECT max(h.set_at) FROM password_history h WHERE h.person_id = p.id), p.created_at)"


async def who_signs_in(conn: Connection, username: str) -> asyncpg.Record | None:
    """Return id, password_hash, tenants, locked_until and second_factor (bool) of somebody active."""
    return await conn.fetchrow(
        f"""
        SELECT p.id, p.password_hash, p.locked_until, {_TENANTS} AS tenants,
               EXISTS (SELECT FROM second_factors f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL)
                   AS second_factor
        FROM people p WHERE p.username = $1 AND p.active
        """,  # noqa: S608
        username,
    )


async def count_failure(
    conn: Connection, person: PersonId, most: int, now: datetime, lock: timedelta
) -> datetime | None:
    """Count one more failure in a row; at the `most`-th lock the person out and return until when."""
    until: datetime | None = await conn.fetchval(
        """
        UPDATE people SET
            failed_sign_ins = CASE WHEN failed_sign_ins + 1 >= $2 THEN 0 ELSE failed_sign_ins + 1 END,
            locked_until = CASE WHEN failed_sign_ins + 1 >= $2 THEN $3 ELSE locked_until END
        WHERE id = $1 RETURNING CASE WHEN locked_until = $3 THEN locked_until END
        """,
        person,
        most,
        now + lock,
    )
    return until


async def forgive(conn: Connection, person: PersonId) -> bool:
    """Forget failures and lock; return whether there was a lock that still held."""
    was: datetime | None = await conn.fetchval("SELECT locked_until FROM people WHERE id = $1 FOR UPDATE", person)
    await conn.execute(
        "UPDATE people SET failed_sign_ins = 0, locked_until = NULL WHERE id = $1 "
        "AND (failed_sign_ins <> 0 OR locked_until IS NOT NULL)",
        person,
    )
    return was is not None and bool(await conn.fetchval("SELECT $1::timestamptz > now()", was))


async def add_session(
    conn: Connection,
    token_hash: bytes,
    person: PersonId,
    tenant: TenantId,
    *,
    provider: str | None,
    source: str | None,
    user_agent: str | None,
    now: datetime,
    expires_at: datetime,
) -> UUID:
    id_: UUID = await conn.fetchval(
        """
        INSERT INTO sessions
            (token_hash, person_id, tenant_id, provider, source, user_agent, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) RETURNING id
        """,
        token_hash,
        person,
        tenant,
        provider,
        source,
        user_agent,
        now,
        expires_at,
    )
    return id_


async def session(
    conn: Connection, token_hash: bytes, now: datetime, days: int, tenant: TenantId | None
) -> asyncpg.Record | None:
    """Return who holds a session, as `grants.principal_of` needs it, at its own tenant or at another one.

    Besides: expires_at, last_seen_at, and `must_change`: a password was given, and must be replaced first of all.
    """
    return await conn.fetchrow(
        f"""
        SELECT p.id, t.id AS tenant_id, t.is_operator AS operator, p.username, p.name, p.number,
               held_grants(p.id, t.id) AS grants, s.expires_at, s.last_seen_at,
               s.provider IS NULL AND (p.must_change_password
                   OR $3::int > 0 AND {_SET_AT} <= $2::timestamptz - make_interval(days => $3::int)) AS must_change
        FROM sessions s JOIN people p ON p.id = s.person_id LEFT JOIN tenants t ON t.id = coalesce($4, s.tenant_id)
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.active
        """,  # noqa: S608
        token_hash,
        now,
        days,
        tenant,
    )


async def delete_session(conn: Connection, token_hash: bytes) -> bool:
    return await conn.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash) == "DELETE 1"


async def seen(conn: Connection, token_hash: bytes, now: datetime) -> None:
    await conn.execute("UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1", token_hash, now)


async def profile(conn: Connection, person: PersonId) -> asyncpg.Record | None:
    """Return email, language, second_factor (bool) and the tenants as [{id, code, name}], by name."""
    return await conn.fetchrow(
        """
        SELECT p.email, p.language,
               EXISTS (SELECT FROM second_factors f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL)
                   AS second_factor,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'code', t.code, 'name', t.name)
                                          ORDER BY t.name, t.id), '[]')
                FROM tenants t WHERE t.active
                    AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = t.id)) AS tenants
        FROM people p WHERE p.id = $1
        """,
        person,
    )


async def tenant(conn: Connection, id_: TenantId) -> dict[str, str]:
    found: dict[str, str] = await conn.fetchval(
        "SELECT jsonb_build_object('id', id, 'code', code, 'name', name) FROM tenants WHERE id = $1", id_
    )
    return found


async def names_of_scope(conn: Connection, groups: Sequence[UUID], sites: Sequence[UUID]) -> list[str]:
    """Return the names of groups, and of those sites whose parent is not among them (the topmost ones)."""
    rows = await conn.fetch(
        """
        SELECT name FROM groups WHERE id = ANY ($1)
        UNION ALL
        SELECT name FROM sites WHERE id = ANY ($2) AND (parent_id IS NULL OR parent_id <> ALL ($2))
        ORDER BY name
        """,
        groups,
        sites,
    )
    return [row["name"] for row in rows]


async def update_profile(
    conn: Connection, person: PersonId, *, name: str, email: str | None, language: str | None
) -> None:
    await conn.execute(
        "UPDATE people SET name = $2, email = $3, language = $4, version = version + 1 WHERE id = $1",
        person,
        name,
        email,
        language,
    )


async def tenants_of(conn: Connection, person: PersonId) -> list[TenantId]:
    """Return the tenants somebody can act at, that of the oldest grant first."""
    found: list[TenantId] | None = await conn.fetchval(
        f"SELECT {_TENANTS} FROM people p WHERE p.id = $1",  # noqa: S608
        person,
    )
    return found or []


async def can_act_at(conn: Connection, person: PersonId, tenant: TenantId) -> bool:
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM grants g JOIN tenants t ON t.id = g.tenant_id AND t.active "
            "WHERE g.person_id = $1 AND g.tenant_id = $2)",
            person,
            tenant,
        )
    )


async def move_session(conn: Connection, token_hash: bytes, tenant: TenantId) -> None:
    await conn.execute("UPDATE sessions SET tenant_id = $2 WHERE token_hash = $1", token_hash, tenant)


async def sessions_of(conn: Connection, person: PersonId, now: datetime) -> list[asyncpg.Record]:
    """Return the sessions that hold, those used last first; of very many, two hundred."""
    return await conn.fetch(
        """
        SELECT id, token_hash, created_at, last_seen_at, source, user_agent FROM sessions
        WHERE person_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT 200
        """,
        person,
        now,
    )


async def end_session(conn: Connection, person: PersonId, id_: UUID) -> bytes | None:
    """Delete one of a person's sessions; return its token's hash."""
    hashed: bytes | None = await conn.fetchval(
        "DELETE FROM sessions WHERE person_id = $1 AND id = $2 RETURNING token_hash", person, id_
    )
    return hashed


async def end_other_sessions(conn: Connection, person: PersonId, kept: bytes | None) -> None:
    await conn.execute(
        "DELETE FROM sessions WHERE person_id = $1 AND ($2::bytea IS NULL OR token_hash <> $2)", person, kept
    )


async def password_of(conn: Connection, person: PersonId) -> asyncpg.Record | None:
    """Return username, name, email, number, password_hash, locked_until."""
    return await conn.fetchrow(
        "SELECT username, name, email, number, password_hash, locked_until FROM people WHERE id = $1 AND active",
        person,
    )


async def former_passwords(conn: Connection, person: PersonId, most: int) -> list[str]:
    rows = await conn.fetch(
        "SELECT password_hash FROM password_history WHERE person_id = $1 ORDER BY set_at DESC LIMIT $2", person, most
    )
    return [row["password_hash"] for row in rows]


async def remember(conn: Connection, person: PersonId, encoded: str) -> None:
    """Put a password that was set before there was a history into it, as the oldest."""
    await conn.execute(
        "INSERT INTO password_history (person_id, password_hash, set_at) SELECT id, $2, created_at FROM people "
        "WHERE id = $1 ON CONFLICT DO NOTHING",
        person,
        encoded,
    )


async def set_password(
    conn: Connection, person: PersonId, encoded: str, now: datetime, *, must_change: bool, remembered: int
) -> None:
    """Store it and its date; of the former ones so many are kept as are `remembered`, this one included."""
    await conn.execute(
        "UPDATE people SET password_hash = $2, must_change_password = $3 WHERE id = $1", person, encoded, must_change
    )
    await conn.execute(
        "INSERT INTO password_history (person_id, password_hash, set_at) VALUES ($1, $2, $3)", person, encoded, now
    )
    await conn.execute(
        "DELETE FROM password_history WHERE person_id = $1 AND set_at NOT IN "
        "(SELECT set_at FROM password_history WHERE person_id = $1 ORDER BY set_at DESC LIMIT $2)",
        person,
        remembered,
    )


async def second_factor(conn: Connection, person: PersonId) -> asyncpg.Record | None:
    """Return secret (sealed), confirmed_at and last_step; the row stays locked until the transaction ends."""
    return await conn.fetchrow(
        "SELECT secret, confirmed_at, last_step FROM second_factors WHERE person_id = $1 FOR UPDATE", person
    )


async def begin_second_factor(conn: Connection, person: PersonId, sealed: bytes) -> bool:
    """Store a secret that waits to be confirmed; false when one is on already."""
    done = await conn.execute(
        """
        INSERT INTO second_factors (person_id, secret) VALUES ($1, $2)
        ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, last_step = 0
            WHERE second_factors.confirmed_at IS NULL
        """,
        person,
        sealed,
    )
    return done == "INSERT 0 1"


async def confirm_second_factor(conn: Connection, person: PersonId, now: datetime) -> None:
    await conn.execute("UPDATE second_factors SET confirmed_at = $2 WHERE person_id = $1", person, now)


async def take_step(conn: Connection, person: PersonId, step: int) -> None:
    await conn.execute("UPDATE second_factors SET last_step = $2 WHERE person_id = $1", person, step)


async def put_recovery_codes(conn: Connection, person: PersonId, hashes: Sequence[bytes]) -> None:
    await conn.execute("DELETE FROM recovery_codes WHERE person_id = $1", person)
    await conn.executemany(
        "INSERT INTO recovery_codes (person_id, code_hash) VALUES ($1, $2)", [(person, hashed) for hashed in hashes]
    )


async def take_recovery_code(conn: Connection, person: PersonId, hashed: bytes) -> bool:
    done = await conn.execute("DELETE FROM recovery_codes WHERE person_id = $1 AND code_hash = $2", person, hashed)
    return done == "DELETE 1"


async def remove_second_factor(conn: Connection, person: PersonId) -> bool:
    return await conn.execute("DELETE FROM second_factors WHERE person_id = $1", person) == "DELETE 1"


async def add_login(
    conn: Connection,
    state_hash: bytes,
    provider: str,
    nonce: str,
    verifier: str,
    redirect_uri: str,
    expires_at: datetime,
) -> None:
    await conn.execute(
        "INSERT INTO oidc_logins (state_hash, provider, nonce, verifier, redirect_uri, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        state_hash,
        provider,
        nonce,
        verifier,
        redirect_uri,
        expires_at,
    )


async def take_login(conn: Connection, state_hash: bytes, provider: str, now: datetime) -> asyncpg.Record | None:
    """Use up a browser's way to a provider; return nonce, verifier, redirect_uri."""
    return await conn.fetchrow(
        "DELETE FROM oidc_logins WHERE state_hash = $1 AND provider = $2 AND expires_at > $3 "
        "RETURNING nonce, verifier, redirect_uri",
        state_hash,
        provider,
        now,
    )


async def known_as(conn: Connection, *, email: str | None = None, username: str | None = None) -> list[asyncpg.Record]:
    """Return id and tenants of the active people of an e-mail address, or of a user name, both in small letters."""
    return await conn.fetch(
        f"""
        SELECT p.id, {_TENANTS} AS tenants FROM people p
        WHERE p.active AND (p.username = $1 OR lower(p.email) = $2) LIMIT 2
        """,  # noqa: S608
        username,
        email,
    )


async def add_ticket(
    conn: Connection, ticket_hash: bytes, person: PersonId, provider: str, expires_at: datetime
) -> None:
    await conn.execute(
        "INSERT INTO sign_in_tickets (ticket_hash, person_id, provider, expires_at) VALUES ($1, $2, $3, $4)",
        ticket_hash,
        person,
        provider,
        expires_at,
    )


async def take_ticket(conn: Connection, ticket_hash: bytes, now: datetime) -> asyncpg.Record | None:
    """Use up a ticket; return person_id, provider and the tenants of somebody who is active still."""
    return await conn.fetchrow(
        f"""
        WITH taken AS (
            DELETE FROM sign_in_tickets WHERE ticket_hash = $1 AND expires_at > $2 RETURNING person_id, provider)
        SELECT p.id AS person_id, taken.provider, {_TENANTS} AS tenants
        FROM taken JOIN people p ON p.id = taken.person_id AND p.active
        """,  # noqa: S608
        ticket_hash,
        now,
    )


async def delete_expired(conn: Connection, now: datetime) -> None:
    """Delete logins and tickets that open nothing any more."""
    await conn.execute("DELETE FROM oidc_logins WHERE expires_at <= $1", now)
    await conn.execute("DELETE FROM sign_in_tickets WHERE expires_at <= $1", now)
