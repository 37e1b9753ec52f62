"""SQL of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.scope import Scope
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(
    conn: Connection,
    id_: UUID,
    tenant: TenantId,
    person: PersonId | None,
    token: UUID | None,
    action: str,
    object_: str,
    data: Any,
    source: str | None,
    request_id: str | None,
) -> None:
    await conn.execute(
        """
        INSERT INTO audit (id, tenant_id, person_id, token_id, action, object, data, source, request_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        id_,
        tenant,
        person,
        token,
        action,
        object_,
        data,
        source,
        request_id,
    )


async def find(conn: Connection, scope: Scope, after: tuple[datetime, UUID] | None, limit: int) -> list[asyncpg.Record]:
    """Return up to `limit` lines, the newest first, with the person's user name and name and the token's name."""
    if after is not None:
        scope.where("(a.at, a.id) < ({}, {})", *after)
    return await conn.fetch(
        f"""
        SELECT a.id, a.at, a.person_id, p.username, p.name, k.name AS token, a.action, a.object, a.data, a.source,
               a.request_id
        FROM audit a LEFT JOIN people p ON p.id = a.person_id LEFT JOIN api_tokens k ON k.id = a.token_id
        WHERE {scope.sql} ORDER BY a.at DESC, a.id DESC LIMIT {scope.arg(limit)}
        """,  # noqa: S608
        *scope.args,
    )


async def actions(conn: Connection, tenant: TenantId) -> list[str]:
    """Return the actions that occur. Leaps through the index from one to the next: the trail itself is long."""
    rows = await conn.fetch(
        """
        WITH RECURSIVE found (action) AS (
            SELECT min(action) FROM audit WHERE tenant_id = $1
            UNION ALL
            SELECT (SELECT min(a.action) FROM audit a WHERE a.tenant_id = $1 AND a.action > f.action)
            FROM found f WHERE f.action IS NOT NULL
        )
        SELECT action FROM found WHERE action IS NOT NULL ORDER BY action
        """,
        tenant,
    )
    return [row["action"] for row in rows]
