"""SQL of taking back what `write` has done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def untouched(conn: Connection, tenant: UUID, made: Sequence[tuple[UUID, UUID]]) -> tuple[set[UUID], set[UUID]]:
    """Lock new customers, `(id, first entry of their history)`, and see what became of them.

    Returns those that nobody has changed since, and among them those that other things in this room hang on. Whoever is
    under a legal hold counts as changed: this is a way of erasing, too.
    """
    ids, first = zip(*made, strict=True)
    await conn.execute(
        "SELECT id FROM customers WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE", tenant, ids
    )
    rows = await conn.fetch(
        """
        SELECT c.id,
            EXISTS (SELECT FROM accounts x WHERE x.customer_id = c.id)
            OR EXISTS (SELECT FROM products x WHERE x.customer_id = c.id)
            OR EXISTS (SELECT FROM bills x WHERE x.customer_id = c.id)
            OR EXISTS (SELECT FROM orders x WHERE x.customer_id = c.id)
            OR EXISTS (SELECT FROM customer_consents x WHERE x.customer_id = c.id)
            OR EXISTS (SELECT FROM customer_relations x WHERE x.customer_id = c.id OR x.other_id = c.id)
            OR EXISTS (SELECT FROM customer_merges x WHERE x.keep_id = c.id OR x.drop_id = c.id) AS used
        FROM unnest($2::uuid[], $3::uuid[]) AS made (id, first) JOIN customers c ON c.id = made.id
        WHERE c.tenant_id = $1 AND c.version = 1 AND c.merged_into IS NULL AND c.erased_at IS NULL
          AND c.held_at IS NULL
          AND NOT EXISTS (SELECT FROM customer_changes h WHERE h.customer_id = c.id AND h.id <> made.first)
        """,
        tenant,
        ids,
        first,
    )
    return {row["id"] for row in rows}, {row["id"] for row in rows if row["used"]}


async def remove(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> None:
    """Delete customers with all that is theirs alone."""
    await conn.execute("DELETE FROM customers WHERE tenant_id = $1 AND id = ANY($2::uuid[])", tenant, ids)


async def remove_identities(conn: Connection, tenant: UUID, rows: Sequence[tuple[UUID, str, str]]) -> None:
    """`(customer, kind, value)`"""
    if rows:
        customers, kinds, values = zip(*rows, strict=True)
        await conn.execute(
            "DELETE FROM customer_identities i USING unnest($2::uuid[], $3::text[], $4::text[]) AS t (id, kind, value) "
            "WHERE i.tenant_id = $1 AND i.customer_id = t.id AND i.kind = t.kind AND i.value = t.value",
            tenant,
            customers,
            kinds,
            values,
        )


async def remove_tags(conn: Connection, tenant: UUID, rows: Sequence[tuple[UUID, str]]) -> None:
    if rows:
        customers, tags = zip(*rows, strict=True)
        await conn.execute(
            "DELETE FROM customer_tagged g USING unnest($2::uuid[], $3::text[]) AS t (id, tag) "
            "WHERE g.tenant_id = $1 AND g.customer_id = t.id AND g.tag = t.tag",
            tenant,
            customers,
            tags,
        )


async def remove_addresses(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> None:
    if ids:
        await conn.execute("DELETE FROM customer_addresses WHERE tenant_id = $1 AND id = ANY($2::uuid[])", tenant, ids)
