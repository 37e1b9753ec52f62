"""SQL of dispositions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.routing.dispositions.known import Disposition

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = ("code", "name", "name_en", "parent_id", "position", "needs_note", "active")


async def dispositions_of(conn: Connection, tenant_id: UUID, id_: UUID | None = None) -> list[asyncpg.Record]:
    """Return all, or the one: by position, those below another right after it."""
    return await conn.fetch(
        """
        SELECT d.id, d.code, d.name, d.name_en, d.parent_id, d.position, d.needs_note, d.active,
            ARRAY(SELECT q.queue_id FROM disposition_queues q WHERE q.disposition_id = d.id ORDER BY 1) AS queue_ids
        FROM dispositions d LEFT JOIN dispositions p ON p.id = d.parent_id
        WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.id = $2)
        ORDER BY coalesce(p.position, d.position), coalesce(p.code, d.code), d.parent_id NULLS FIRST, d.position, d.code
        """,
        tenant_id,
        id_,
    )


async def add(conn: Connection, tenant_id: UUID, id_: UUID, fields: Mapping[str, Any]) -> bool:
    """Return false when the tenant has one of that code already."""
    added = await conn.execute(
        """
        INSERT INTO dispositions (id, tenant_id, code, name, name_en, parent_id, position, needs_note, active)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        id_,
        tenant_id,
        *(fields[name] for name in _COLUMNS),
    )
    return added == "INSERT 0 1"


async def change(conn: Connection, tenant_id: UUID, id_: UUID, changes: Mapping[str, Any]) -> None:
    names = [name for name in _COLUMNS if name in changes]
    if not names:
        return
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"UPDATE dispositions SET {wanted} WHERE tenant_id = $1 AND id = $2",  # noqa: S608 - names of columns, from above
        tenant_id,
        id_,
        *(changes[name] for name in names),
    )


async def put_queues(conn: Connection, tenant_id: UUID, id_: UUID, queues: Sequence[UUID]) -> None:
    """Let it be chosen in these queues. Raises asyncpg's ForeignKeyViolationError for one that does not exist."""
    await conn.execute("DELETE FROM disposition_queues WHERE tenant_id = $1 AND disposition_id = $2", tenant_id, id_)
    await conn.executemany(
        "INSERT INTO disposition_queues (tenant_id, disposition_id, queue_id) VALUES ($1, $2, $3)",
        [(tenant_id, id_, queue) for queue in queues],
    )


async def delete(conn: Connection, tenant_id: UUID, id_: UUID) -> None:
    """Raises asyncpg's ForeignKeyViolationError while others stand below it."""
    await conn.execute("DELETE FROM dispositions WHERE tenant_id = $1 AND id = $2", tenant_id, id_)


async def has_below(conn: Connection, tenant_id: UUID, id_: UUID) -> bool:
    wanted = "SELECT EXISTS (SELECT FROM dispositions WHERE tenant_id = $1 AND parent_id = $2)"
    return bool(await conn.fetchval(wanted, tenant_id, id_))


async def lock(conn: Connection, tenant_id: UUID) -> None:
    """Wait for whoever else changes the tenant's tree."""
    await conn.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenant_id)


async def load_dispositions(conn: Connection) -> list[Disposition]:
    """Return what can be chosen anywhere (system work): what is switched off, or below such a one, cannot."""
    rows = await conn.fetch(
        """
        SELECT d.tenant_id, d.code, d.needs_note,
            ARRAY(SELECT q.queue_id FROM disposition_queues q WHERE q.disposition_id = d.id) AS own,
            ARRAY(SELECT q.queue_id FROM disposition_queues q WHERE q.disposition_id = d.parent_id) AS above
        FROM dispositions d LEFT JOIN dispositions p ON p.id = d.parent_id
        WHERE d.active AND coalesce(p.active, true)
        """
    )
    return [
        Disposition(row["tenant_id"], row["code"], row["needs_note"], queues)
        for row in rows
        if (queues := both(frozenset(row["own"]), frozenset(row["above"]))) is not None
    ]


def both(own: frozenset[UUID], above: frozenset[UUID]) -> frozenset[UUID] | None:
    """Return the queues that are among both, an empty set standing for all; None when there is none."""
    if not own or not above:
        return own or above
    return (own & above) or None
