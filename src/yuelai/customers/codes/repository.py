"""SQL of one-time codes. A family's are kept with the survivor, who is the first of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def own_numbers(conn: Connection, family: Sequence[UUID]) -> list[str]:
    """Return the telephones that are the customer's own: those that were verified first, then the longest known."""
    rows = await conn.fetch(
        """
        SELECT value FROM customer_identities WHERE customer_id = ANY($1) AND kind = 'phone' AND role = 'owner'
        ORDER BY verified_at IS NULL, customer_id <> $2, verified_at DESC, id
        """,
        family,
        family[0],
    )
    return [row["value"] for row in rows]


async def lock(conn: Connection, tenant: UUID, customer: UUID) -> asyncpg.Record:
    """Return and lock the customer's row; there is one from now on."""
    await conn.execute(
        "INSERT INTO customer_codes (customer_id, tenant_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", customer, tenant
    )
    row = await conn.fetchrow(
        """
        SELECT key, hash, expires_at, tries, locks, locked_until FROM customer_codes WHERE customer_id = $1 FOR UPDATE
        """,
        customer,
    )
    assert row is not None
    return row


async def put(conn: Connection, customer: UUID, key: str, hash_: str, expires_at: datetime) -> None:
    """Wrong guesses at those before go on counting: else a new code would buy new guesses."""
    await conn.execute(
        "UPDATE customer_codes SET key = $2, hash = $3, expires_at = $4 WHERE customer_id = $1",
        customer,
        key,
        hash_,
        expires_at,
    )


async def count(conn: Connection, customer: UUID, tries: int, locks: int, locked_until: datetime | None) -> None:
    await conn.execute(
        "UPDATE customer_codes SET tries = $2, locks = $3, locked_until = $4 WHERE customer_id = $1",
        customer,
        tries,
        locks,
        locked_until,
    )


async def close(conn: Connection, customer: UUID, hash_: str) -> None:
    """This code opens nothing any more."""
    await conn.execute("UPDATE customer_codes SET hash = '' WHERE customer_id = $1 AND hash = $2", customer, hash_)


async def use(conn: Connection, customer: UUID, hash_: str) -> bool:
    """The code was right; return whether it is this one who may use it."""
    used = await conn.fetchval(
        """
        UPDATE customer_codes SET hash = '', tries = 0, locks = 0, locked_until = NULL
        WHERE customer_id = $1 AND hash = $2 RETURNING true
        """,
        customer,
        hash_,
    )
    return bool(used)
