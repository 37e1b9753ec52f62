"""SQL of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = """
    d.id, d.interaction_id, d.form, d."values", d.version, d.updated_at,
    d.updated_by, p.number AS person_number, p.name AS person_name
"""


async def drafts_of(conn: Connection, tenant_id: UUID, interaction_id: UUID, limit: int) -> list[asyncpg.Record]:
    """Return them by id: pages choose ids that grow with time."""
    return await conn.fetch(
        f"SELECT {_COLUMNS} FROM drafts d LEFT JOIN people p ON p.id = d.updated_by "  # noqa: S608
        "WHERE d.tenant_id = $1 AND d.interaction_id = $2 ORDER BY d.id LIMIT $3",
        tenant_id,
        interaction_id,
        limit,
    )


async def draft(conn: Connection, tenant_id: UUID, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM drafts d LEFT JOIN people p ON p.id = d.updated_by "  # noqa: S608
        "WHERE d.tenant_id = $1 AND d.id = $2",
        tenant_id,
        id_,
    )


async def count(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> int:
    counting = "SELECT count(*) FROM drafts WHERE tenant_id = $1 AND interaction_id = $2"
    return int(await conn.fetchval(counting, tenant_id, interaction_id))


async def add(
    conn: Connection, tenant_id: UUID, id_: UUID, fields: Mapping[str, Any], person: UUID, at: datetime
) -> bool:
    """Return false when there is one of that id."""
    added = await conn.execute(
        """
        INSERT INTO drafts (tenant_id, id, interaction_id, form, "values", version, updated_by, updated_at)
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7) ON CONFLICT DO NOTHING
        """,
        tenant_id,
        id_,
        fields["interaction_id"],
        fields["form"],
        fields["values"],
        person,
        at,
    )
    return added == "INSERT 0 1"


async def change(
    conn: Connection, tenant_id: UUID, id_: UUID, values: Mapping[str, Any], version: int, person: UUID, at: datetime
) -> bool:
    """Return false when it does not stand at `version` any more."""
    changed = await conn.execute(
        """
        UPDATE drafts SET "values" = $4, version = version + 1, updated_by = $5, updated_at = $6
        WHERE tenant_id = $1 AND id = $2 AND version = $3
        """,
        tenant_id,
        id_,
        version,
        dict(values),
        person,
        at,
    )
    return changed == "UPDATE 1"


async def delete(conn: Connection, tenant_id: UUID, id_: UUID) -> None:
    await conn.execute("DELETE FROM drafts WHERE tenant_id = $1 AND id = $2", tenant_id, id_)


async def forget(conn: Connection, before: datetime) -> int:
    """Drop what nobody has touched since then (system work); return how many."""
    return int((await conn.execute("DELETE FROM drafts WHERE updated_at < $1", before)).rpartition(" ")[2])
