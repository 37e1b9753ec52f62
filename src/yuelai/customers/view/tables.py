"""SQL of the sections. `family` are all ids a customer is known under."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.customers.repository import FAMILY, SURVIVOR

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

Read = Callable[["Connection", Sequence[UUID]], Awaitable[list[asyncpg.Record]]]


async def who(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    """Return ids and numbers of the family, and what the survivor's own row says."""
    return await conn.fetchrow(
        f"""
        SELECT family.ids, c.class, c.since, c.warnings, c.erased_at IS NOT NULL AS erased, t.code AS tenant_code,
            t.is_operator AS operator,
            ARRAY(SELECT f.no FROM customers f WHERE f.id = ANY(family.ids) ORDER BY f.id <> c.id, f.no) AS numbers,
            (SELECT jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name)
             FROM people p WHERE p.id = c.manager_person_id) AS manager
        FROM customers d JOIN customers c ON c.id = {SURVIVOR} {FAMILY} JOIN tenants t ON t.id = c.tenant_id
        WHERE d.tenant_id = $1 AND d.id = $2
        """,  # noqa: S608
        tenant,
        id_,
    )


async def tenant(conn: Connection, id_: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow("SELECT code, is_operator AS operator FROM tenants WHERE id = $1", id_)


async def _accounts(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT id::text, no, kind, balance_minor, currency, status FROM accounts WHERE customer_id = ANY($1) "
        "ORDER BY no",
        family,
    )


async def _bills(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT id::text, account_id::text, month::text, total_minor, currency, due_on::text, paid_on::text, lines
        FROM bills WHERE customer_id = ANY($1) ORDER BY month DESC, bills.id LIMIT 12
        """,
        family,
    )


async def _payments(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT id::text, account_id::text, paid_on::text, total_minor AS amount_minor, currency, '' AS method,
            'done' AS status
        FROM bills WHERE customer_id = ANY($1) AND paid_on IS NOT NULL ORDER BY bills.paid_on DESC, bills.id LIMIT 12
        """,
        family,
    )


async def _products(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT id::text, code, name, number, status, price_minor, currency, since::text
        FROM products WHERE customer_id = ANY($1) ORDER BY products.since DESC, products.id LIMIT 100
        """,
        family,
    )


async def _orders(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT id::text, no, subject, status, ordered_at FROM orders WHERE customer_id = ANY($1) "
        "ORDER BY ordered_at DESC, orders.id LIMIT 20",
        family,
    )


async def relations(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    """`reversed` are those that the other one's record says."""
    return await conn.fetch(
        """
        SELECT DISTINCT ON (r.kind, o.id) r.id, r.kind, r.customer_id <> ALL($1) AS reversed, o.id AS customer_id, o.no,
            o.name, o.class,
            (SELECT i.value FROM customer_identities i WHERE i.customer_id = o.id AND i.kind = 'phone'
                AND i.role <> 'former' ORDER BY i.role DESC, i.value LIMIT 1) AS phone
        FROM customer_relations r
        JOIN customers e ON e.id = CASE WHEN r.customer_id = ANY($1) THEN r.other_id ELSE r.customer_id END
        JOIN customers o ON o.id = CASE WHEN e.merged_into IS NULL THEN e.id ELSE e.merged_into END
        WHERE (r.customer_id = ANY($1) OR r.other_id = ANY($1)) AND o.id <> ALL($1) AND o.erased_at IS NULL
        ORDER BY r.kind, o.id LIMIT 50
        """,
        family,
    )


async def consents(conn: Connection, family: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT DISTINCT ON (channel, purpose) channel, purpose, allowed, at, source FROM customer_consents
        WHERE customer_id = ANY($1) ORDER BY channel, purpose, at DESC, allowed
        """,
        family,
    )


BUSINESS: Mapping[str, Read] = {
    "accounts": _accounts,
    "bills": _bills,
    "payments": _payments,
    "products": _products,
    "orders": _orders,
}
"""What a business system is asked for, where there is one."""
