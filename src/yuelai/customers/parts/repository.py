"""SQL of what hangs on a customer: identities, addresses, relations, consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def insert_identity(
    conn: Connection,
    tenant: UUID,
    customer: UUID,
    kind: str,
    value: str,
    raw: str,
    role: str = "owner",
    label: str | None = None,
    verified_at: datetime | None = None,
) -> UUID | None:
    """Return the new id, or none when the customer has it already."""
    id_: UUID | None = await conn.fetchval(
        """
        INSERT INTO customer_identities (id, tenant_id, customer_id, kind, value, raw, role, label, verified_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
        """,
        new_id(),
        tenant,
        customer,
        kind,
        value,
        raw,
        role,
        label,
        verified_at,
    )
    return id_


async def identity(conn: Connection, family: Sequence[UUID], id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT id, customer_id, kind, value, raw, role, label, verified_at FROM customer_identities "
        "WHERE id = $2 AND customer_id = ANY($1)",
        family,
        id_,
    )


async def identities_like(conn: Connection, family: Sequence[UUID], kind: str, value: str) -> list[UUID]:
    """Return the rows of a family that say the same: those who were merged may each have brought one."""
    rows = await conn.fetch(
        "SELECT id FROM customer_identities WHERE customer_id = ANY($1) AND kind = $2 AND value = $3 FOR UPDATE",
        family,
        kind,
        value,
    )
    return [row["id"] for row in rows]


async def update_identities(conn: Connection, ids: Sequence[UUID], columns: Mapping[str, Any]) -> None:
    """Change columns, whose names are the program's own."""
    pairs = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=2))
    await conn.execute(
        f"UPDATE customer_identities SET {pairs} WHERE id = ANY($1)",  # noqa: S608
        ids,
        *columns.values(),
    )


async def delete_identities(conn: Connection, ids: Sequence[UUID]) -> None:
    await conn.execute("DELETE FROM customer_identities WHERE id = ANY($1)", ids)


async def insert_address(conn: Connection, tenant: UUID, customer: UUID, kind: str, region: str, text: str) -> UUID:
    id_ = new_id()
    await conn.execute(
        "INSERT INTO customer_addresses (id, tenant_id, customer_id, kind, region, text) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        id_,
        tenant,
        customer,
        kind,
        region,
        text,
    )
    return id_


async def address(conn: Connection, family: Sequence[UUID], id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "SELECT id, kind, region, text FROM customer_addresses WHERE id = $2 AND customer_id = ANY($1)", family, id_
    )


async def update_address(conn: Connection, id_: UUID, kind: str, region: str, text: str) -> None:
    await conn.execute(
        "UPDATE customer_addresses SET kind = $2, region = $3, text = $4 WHERE id = $1", id_, kind, region, text
    )


async def delete_address(conn: Connection, id_: UUID) -> None:
    await conn.execute("DELETE FROM customer_addresses WHERE id = $1", id_)


async def relations_between(conn: Connection, family: Sequence[UUID], others: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return the relations of two families; `reversed`: written at the other one's side."""
    return await conn.fetch(
        """
        SELECT id, kind, customer_id <> ALL($1) AS reversed FROM customer_relations
        WHERE customer_id = ANY($1) AND other_id = ANY($2) OR customer_id = ANY($2) AND other_id = ANY($1)
        """,
        family,
        others,
    )


async def relation(conn: Connection, family: Sequence[UUID], id_: UUID) -> asyncpg.Record | None:
    """Return a relation of the family from either side; `other` is the survivor at its far end."""
    return await conn.fetchrow(
        """
        SELECT r.id, r.kind, r.customer_id <> ALL($1) AS reversed, o.id AS other_id, o.no, o.name
        FROM customer_relations r
        JOIN customers e ON e.id = CASE WHEN r.customer_id = ANY($1) THEN r.other_id ELSE r.customer_id END
        JOIN customers o ON o.id = CASE WHEN e.merged_into IS NULL THEN e.id ELSE e.merged_into END
        WHERE r.id = $2 AND (r.customer_id = ANY($1) OR r.other_id = ANY($1))
        """,
        family,
        id_,
    )


async def insert_relation(conn: Connection, tenant: UUID, customer: UUID, other: UUID, kind: str) -> UUID:
    id_ = new_id()
    await conn.execute(
        "INSERT INTO customer_relations (id, tenant_id, customer_id, other_id, kind) VALUES ($1, $2, $3, $4, $5)",
        id_,
        tenant,
        customer,
        other,
        kind,
    )
    return id_


async def update_relation(conn: Connection, id_: UUID, kind: str) -> None:
    await conn.execute("UPDATE customer_relations SET kind = $2 WHERE id = $1", id_, kind)


async def delete_relation(conn: Connection, id_: UUID) -> None:
    await conn.execute("DELETE FROM customer_relations WHERE id = $1", id_)


async def put_consent(
    conn: Connection, tenant: UUID, customer: UUID, channel: str, purpose: str, allowed: bool, at: datetime, source: str
) -> None:
    await conn.execute(
        """
        INSERT INTO customer_consents (id, tenant_id, customer_id, channel, purpose, allowed, at, source)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (customer_id, channel, purpose) DO UPDATE
        SET allowed = excluded.allowed, at = excluded.at, source = excluded.source
        """,
        new_id(),
        tenant,
        customer,
        channel,
        purpose,
        allowed,
        at,
        source,
    )


async def consent(conn: Connection, family: Sequence[UUID], channel: str, purpose: str) -> bool | None:
    """Return what was said last, none when nothing was."""
    found: bool | None = await conn.fetchval(
        "SELECT allowed FROM customer_consents WHERE customer_id = ANY($1) AND channel = $2 AND purpose = $3 "
        "ORDER BY at DESC, allowed LIMIT 1",
        family,
        channel,
        purpose,
    )
    return found
