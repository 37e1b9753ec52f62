"""SQL of what tells customers apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.customers.repository import FAMILY, SURVIVOR

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def facts(conn: Connection, tenant: UUID, ids: Sequence[UUID], e164: str | None) -> list[asyncpg.Record]:
    """Return of each customer, in the order asked, what is compared; merged ones answer as the survivor,
    who comes once.

    `role` is what the number is to them, the strongest of the family's; null for a number that is not theirs.
    """
    rows = await conn.fetch(
        f"""
        SELECT wanted.id AS asked, c.id, c.name, c.kind, c.id_number_sealed, family.ids,
            theirs.role, theirs.label,
            ARRAY(SELECT DISTINCT p.name FROM products p
                  WHERE p.customer_id = ANY(family.ids) AND p.status = 'active' ORDER BY 1) AS products,
            ARRAY(SELECT DISTINCT substr(a.text, length(a.region) + 1) FROM customer_addresses a
                  WHERE a.customer_id = ANY(family.ids) ORDER BY 1) AS addresses
        FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
        JOIN customers d ON d.id = wanted.id AND d.tenant_id = $1
        JOIN customers c ON c.id = {SURVIVOR} {FAMILY}
        LEFT JOIN LATERAL (
            SELECT i.role, i.label FROM customer_identities i
            WHERE i.customer_id = ANY(family.ids) AND i.kind = 'phone' AND i.value = $3
            ORDER BY array_position(ARRAY['owner', 'agent', 'former'], i.role) LIMIT 1
        ) theirs ON true
        WHERE c.erased_at IS NULL ORDER BY wanted.place
        """,  # noqa: S608
        tenant,
        ids,
        e164,
    )
    first: dict[UUID, asyncpg.Record] = {}
    for row in rows:
        first.setdefault(row["id"], row)
    return list(first.values())
