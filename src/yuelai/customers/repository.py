"""SQL of customers. Every query says its tenant; row-level security is only the second lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# A customer and those merged into them are one person: `family.ids` has all their ids, and what any of them has is the
# survivor's. Nothing is moved by a merge, so a split finds everything where it was.
FAMILY = """
    CROSS JOIN LATERAL (
        SELECT c.id || ARRAY(SELECT m.id FROM customers m WHERE m.merged_into = c.id) AS ids
    ) family
"""
"""Belongs behind `customers c`, where CARD is selected."""

# COALESCE would say the same, but to row-level security it is no leakproof expression, as CASE is: no index is used
# with it, and all customers are read.
SURVIVOR = "CASE WHEN d.merged_into IS NULL THEN d.id ELSE d.merged_into END"
"""The id of the one whom `customers d` was merged into, or their own."""

# The phones of a card: their own first. Former numbers are nobody's business any more.
CARD = """
    c.id, c.no, c.kind, c.name, c.gender, c.birth_year, c.class, c.warnings,
    (SELECT p.number FROM people p WHERE p.id = c.manager_person_id) AS manager_number,
    (SELECT a.text FROM customer_addresses a WHERE a.customer_id = ANY(family.ids)
     ORDER BY a.kind <> 'home', a.customer_id <> c.id, a.id LIMIT 1) AS address,
    ARRAY(SELECT DISTINCT t.tag FROM customer_tagged t WHERE t.customer_id = ANY(family.ids) ORDER BY t.tag) AS tags,
    ARRAY(SELECT i.value FROM customer_identities i
          WHERE i.customer_id = ANY(family.ids) AND i.kind = 'phone' AND i.role <> 'former'
          GROUP BY i.value ORDER BY max(i.role) DESC, i.value) AS phones
"""


async def cards(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return the cards with `asked`, the id they were asked by, in that order; merged ones as the survivor."""
    return await conn.fetch(
        f"""
        SELECT {CARD}, wanted.id AS asked FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
        JOIN customers d ON d.id = wanted.id AND d.tenant_id = $1
        JOIN customers c ON c.id = {SURVIVOR} {FAMILY}
        WHERE c.tenant_id = $1 AND c.erased_at IS NULL ORDER BY wanted.place
        """,  # noqa: S608
        tenant,
        ids,
    )


async def family(conn: Connection, tenant: UUID, id_: UUID) -> list[UUID]:
    """Return the survivor's id and those merged into them, whichever of them was given; nothing for unknown ones."""
    rows = await conn.fetch(
        """
        WITH root AS MATERIALIZED (
            SELECT coalesce(d.merged_into, d.id) AS id FROM customers d WHERE d.tenant_id = $1 AND d.id = $2
        )
        SELECT c.id FROM root JOIN customers c ON c.id = root.id OR c.merged_into = root.id
        ORDER BY c.merged_into NULLS FIRST, c.id
        """,
        tenant,
        id_,
    )
    return [row["id"] for row in rows]


async def cards_by_phone(conn: Connection, tenant: UUID, e164: str, limit: int) -> list[asyncpg.Record]:
    """Return the cards of those a number belongs to: owners before agents, then the longest known."""
    return await conn.fetch(
        f"""
        WITH found AS (
            SELECT coalesce(d.merged_into, d.id) AS id, max(f.role) AS role
            FROM customer_identities f JOIN customers d ON d.id = f.customer_id
            WHERE f.tenant_id = $1 AND f.kind = 'phone' AND f.value = $2 AND f.role <> 'former' GROUP BY 1
        )
        SELECT {CARD} FROM found JOIN customers c ON c.id = found.id {FAMILY}
        ORDER BY found.role DESC, c.since, c.id LIMIT $3
        """,  # noqa: S608
        tenant,
        e164,
        limit,
    )


async def by_id_number(conn: Connection, tenant: UUID, index: bytes) -> list[UUID]:
    """Return the live customers who have, or have from those merged into them, the identity number of this index."""
    rows = await conn.fetch(
        "SELECT DISTINCT coalesce(merged_into, id) AS id FROM customers "
        "WHERE tenant_id = $1 AND id_number_index = $2 ORDER BY 1",
        tenant,
        index,
    )
    return [row["id"] for row in rows]


async def balance(conn: Connection, id_: UUID) -> asyncpg.Record | None:
    """Return the sum of the accounts in the currency of the first one, and the latest bill in it."""
    return await conn.fetchrow(
        f"""
        SELECT a.currency, a.minor, b.bill_minor, b.bill_month
        FROM customers d JOIN customers c ON c.id = {SURVIVOR} {FAMILY}
        CROSS JOIN LATERAL (
            SELECT currency, sum(balance_minor)::bigint AS minor FROM accounts WHERE customer_id = ANY(family.ids)
            GROUP BY currency ORDER BY min(no) LIMIT 1
        ) a
        LEFT JOIN LATERAL (
            SELECT sum(total_minor)::bigint AS bill_minor, month AS bill_month FROM bills
            WHERE customer_id = ANY(family.ids) AND currency = a.currency
            GROUP BY month ORDER BY month DESC LIMIT 1
        ) b ON true
        WHERE d.id = $1
        """,  # noqa: S608
        id_,
    )


async def overview(conn: Connection, tenant: UUID, id_: UUID) -> dict[str, Any] | None:
    """Return what the 360° view shows of one customer, in one round trip and one document; `ids` are the family's."""
    document: dict[str, Any] | None = await conn.fetchval(
        f"""
        SELECT jsonb_build_object(
            'ids', to_jsonb(family.ids),
            'erased', c.erased_at IS NOT NULL,
            'card', (SELECT to_jsonb(card) FROM (SELECT {CARD}) card),
            'accounts', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.no), '[]') FROM (
                SELECT id, no, kind, balance_minor, currency, status
                FROM accounts WHERE customer_id = ANY(family.ids)) x),
            'products', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.since DESC, x.id), '[]') FROM (
                SELECT id, code, name, number, status, price_minor, currency, since
                FROM products WHERE customer_id = ANY(family.ids)) x),
            'bills', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.month DESC, x.id), '[]') FROM (
                SELECT id, account_id, month, total_minor, currency, due_on, paid_on, lines
                FROM bills WHERE customer_id = ANY(family.ids) ORDER BY month DESC LIMIT 12) x),
            'orders', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.ordered_at DESC, x.id), '[]') FROM (
                SELECT id, no, subject, status, ordered_at
                FROM orders WHERE customer_id = ANY(family.ids) ORDER BY ordered_at DESC LIMIT 20) x))
        FROM customers d JOIN customers c ON c.id = {SURVIVOR} {FAMILY}
        WHERE d.tenant_id = $1 AND d.id = $2
        """,  # noqa: S608
        tenant,
        id_,
    )
    return document
