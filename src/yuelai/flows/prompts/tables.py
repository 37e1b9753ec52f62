"""SQL of what published flows say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg

    from yuelai.platform.db import Connection


async def published(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return code, version and time of what new contacts of the tenant get, without its documents."""
    return await conn.fetch(
        """
        SELECT v.code, v.version, v.at FROM flows f
        JOIN flow_versions v ON v.tenant_id = f.tenant_id AND v.code = f.code AND v.version = f.published
        WHERE f.tenant_id = $1
        """,
        tenant_id,
    )


async def documents(
    conn: Connection, tenant_id: UUID, codes: Sequence[str], versions: Sequence[int]
) -> list[asyncpg.Record]:
    """Return code and document of these versions."""
    return await conn.fetch(
        """
        SELECT v.code, v.document FROM unnest($2::text[], $3::int[]) AS wanted (code, version)
        JOIN flow_versions v ON v.tenant_id = $1 AND v.code = wanted.code AND v.version = wanted.version
        """,
        tenant_id,
        codes,
        versions,
    )
