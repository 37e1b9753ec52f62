"""SQL of PINs. `family` are all ids a customer is known under, the surviving one first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def lock(conn: Connection, family: Sequence[UUID]) -> asyncpg.Record | None:
    """Return and lock the PIN that holds for the family: the survivor's own, else the newest."""
    return await conn.fetchrow(
        """
        SELECT customer_id, hash, set_at, tries, locks, locked_until FROM customer_pins
        WHERE customer_id = ANY($1) ORDER BY customer_id <> $2, set_at DESC LIMIT 1 FOR UPDATE
        """,
        family,
        family[0],
    )


async def put(conn: Connection, tenant: UUID, customer: UUID, hash_: str, at: datetime) -> None:
    await conn.execute(
        """
        INSERT INTO customer_pins (tenant_id, customer_id, hash, set_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (customer_id) DO UPDATE SET hash = EXCLUDED.hash, set_at = EXCLUDED.set_at, tries = 0, locks = 0,
            locked_until = NULL
        """,
        tenant,
        customer,
        hash_,
        at,
    )


async def count(conn: Connection, customer: UUID, tries: int, locks: int, locked_until: datetime | None) -> None:
    await conn.execute(
        "UPDATE customer_pins SET tries = $2, locks = $3, locked_until = $4 WHERE customer_id = $1",
        customer,
        tries,
        locks,
        locked_until,
    )


async def forgive(conn: Connection, customer: UUID, set_at: datetime) -> None:
    """The PIN set then was right. One that was set meanwhile has its own tries."""
    await conn.execute(
        "UPDATE customer_pins SET tries = 0, locks = 0, locked_until = NULL WHERE customer_id = $1 AND set_at = $2",
        customer,
        set_at,
    )


async def guess(
    conn: Connection, tenant: UUID, customer: UUID, what: str, at: datetime, since: datetime, most: int
) -> bool:
    """Count one more, unless there have been `most` of them since then."""
    found = await conn.fetchval(
        """
        INSERT INTO customer_guesses AS g (customer_id, tenant_id, what, times)
        VALUES ($2, $1, $3, ARRAY[$4::timestamptz])
        ON CONFLICT (customer_id, what) DO UPDATE
            SET times = ARRAY(SELECT t FROM unnest(g.times) AS t WHERE t > $5) || $4::timestamptz
            WHERE (SELECT count(*) FROM unnest(g.times) AS t WHERE t > $5) < $6
        RETURNING true
        """,
        tenant,
        customer,
        what,
        at,
        since,
        most,
    )
    return found is True


async def take_back(conn: Connection, customer: UUID, what: str, at: datetime) -> None:
    """Forget one that was counted at that time, and no other of the same instant."""
    await conn.execute(
        """
        UPDATE customer_guesses
        SET times = times[:array_position(times, $3) - 1] || times[array_position(times, $3) + 1:]
        WHERE customer_id = $1 AND what = $2 AND $3 = ANY(times)
        """,
        customer,
        what,
        at,
    )
