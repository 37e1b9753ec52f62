"""SQL of API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(
    conn: Connection,
    id_: UUID,
    tenant: TenantId,
    person: PersonId,
    name: str,
    token_hash: bytes,
    permissions: Sequence[str],
    created_at: datetime,
    expires_at: datetime | None,
) -> None:
    await conn.execute(
        """
        INSERT INTO api_tokens (id, tenant_id, person_id, name, token_hash, permissions, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        id_,
        tenant,
        person,
        name,
        token_hash,
        permissions,
        created_at,
        expires_at,
    )


async def find(conn: Connection, token_hash: bytes, now: datetime) -> asyncpg.Record | None:
    """Return a token that holds: id, tenant_id, person_id, permissions, expires_at, last_used_at (system work)."""
    return await conn.fetchrow(
        """
        SELECT id, tenant_id, person_id, permissions, expires_at, last_used_at FROM api_tokens
        WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
        """,
        token_hash,
        now,
    )


async def used(conn: Connection, id_: UUID, now: datetime) -> None:
    await conn.execute("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", id_, now)


async def page(
    conn: Connection, tenant: TenantId, before: UUID | None, limit: int, id_: UUID | None = None
) -> list[asyncpg.Record]:
    """Return tokens that were not revoked, the newest first, or the one of an id."""
    return await conn.fetch(
        """
        SELECT k.id, k.name, k.permissions, k.created_at, k.expires_at, k.last_used_at,
               p.id AS person_id, p.username, p.name AS person_name
        FROM api_tokens k JOIN people p ON p.id = k.person_id
        WHERE k.tenant_id = $1 AND k.revoked_at IS NULL AND ($2::uuid IS NULL OR k.id < $2)
          AND ($4::uuid IS NULL OR k.id = $4)
        ORDER BY k.id DESC LIMIT $3
        """,
        tenant,
        before,
        limit,
        id_,
    )


async def revoke(conn: Connection, tenant: TenantId, id_: UUID, now: datetime) -> bool:
    done = await conn.execute(
        "UPDATE api_tokens SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL",
        tenant,
        id_,
        now,
    )
    return done == "UPDATE 1"
