"""SQL that goes through one stage of a search, in the order of its keys and from where the last page ended.

Each query reads one range of one b-tree from its beginning and stops at its limit, so that a common text costs what a
rare one costs. What makes that so: a range begins with one row comparison (beside a second lower bound the scan
starts from the weaker of them); the limit is written into the text (for one that is a parameter the planner assumes a
tenth of all rows, and sorts them).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.customers.finding.query import Stage

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

Key = tuple[str, str, UUID]
"""What was found by, what was found, and whose it is: the order of a stage."""

FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)

OTHER_KINDS = "'email', 'account', 'wechat', 'web', 'other'"
"""Identities that are no phone numbers."""

SAMPLE, COMMON = 100, 5
"""An address is common when so many of so many newest customers have it."""

NEWEST = 3_000
"""Newest customers who are read one by one for a common address."""

MOST_ADDRESSES = 5_000
"""Customers with a rare address who are put into order; who looks for one with more types on."""


async def read(conn: Connection, tenant: UUID, stage: Stage, after: Key | None, limit: int) -> Sequence[asyncpg.Record]:
    """Return up to `limit` rows behind a key: `a`, `b` and `owner`, which are theirs, and the `kind` of an identity."""
    start = after or (stage.low, "", FIRST_ID)
    match stage.source:
        case "name":
            return await conn.fetch(_names(stage.kind, limit), tenant, stage.high, *start)
        case "phone":
            return await conn.fetch(_phones("value", limit), tenant, stage.high, *start)
        case "phone_end":
            return await conn.fetch(_phones("reversed", limit), tenant, stage.high, *start)
        case "identity":
            return await conn.fetch(_identities(limit), tenant, stage.high, *start)
        case "account":
            return await conn.fetch(_numbers("accounts", "customer_id", limit), tenant, stage.high, *start)
        case "no":
            return await conn.fetch(_numbers("customers", "id", limit), tenant, stage.high, *start)
        case "address":
            return await _addresses(conn, tenant, stage.low, after[2] if after else LAST_ID, limit)


def _names(kind: int, limit: int) -> str:
    return f"""
        SELECT t.term AS a, t.name AS b, n.id AS owner, NULL AS kind FROM customer_name_terms t
        CROSS JOIN LATERAL (
            SELECT c.id FROM customers c WHERE c.tenant_id = $1 AND c.name = t.name
              AND c.id > CASE WHEN t.term = $3 AND t.name = $4 THEN $5::uuid ELSE '{FIRST_ID}' END
            ORDER BY c.id LIMIT {limit:d}
        ) n
        WHERE t.tenant_id = $1 AND t.kind = {kind:d} AND (t.term, t.name) >= ($3, $4) AND t.term < $2
        ORDER BY t.term, t.name, n.id LIMIT {limit:d}
    """  # noqa: S608


def _phones(column: str, limit: int) -> str:
    return f"""
        SELECT i.{column} AS a, $4::text AS b, i.customer_id AS owner, i.kind FROM customer_identities i
        WHERE i.tenant_id = $1 AND i.kind = 'phone' AND i.role <> 'former' AND i.{column} < $2
          AND (i.{column}, i.customer_id) > ($3, $5)
        ORDER BY i.{column}, i.customer_id LIMIT {limit:d}
    """  # noqa: S608


def _identities(limit: int) -> str:
    return f"""
        SELECT i.value AS a, i.kind AS b, i.customer_id AS owner, i.kind
        FROM unnest(ARRAY[{OTHER_KINDS}] COLLATE "C") AS k (kind) CROSS JOIN LATERAL (
            SELECT i.kind, i.value, i.customer_id FROM customer_identities i
            WHERE i.tenant_id = $1 AND i.kind = k.kind AND i.role <> 'former' AND i.value >= $3 AND i.value < $2
              AND (i.value, k.kind, i.customer_id) > ($3, $4, $5)
            ORDER BY i.value, i.customer_id LIMIT {limit:d}
        ) i ORDER BY i.value, i.kind, i.customer_id LIMIT {limit:d}
    """  # noqa: S608


def _numbers(table: str, owner: str, limit: int) -> str:
    return f"""
        SELECT n.no AS a, $4::text AS b, n.{owner} AS owner, NULL AS kind FROM {table} n
        WHERE n.tenant_id = $1 AND n.no < $2 AND (n.no, n.{owner}) > ($3, $5)
        ORDER BY n.no, n.{owner} LIMIT {limit:d}
    """  # noqa: S608


async def _addresses(
    conn: Connection, tenant: UUID, pattern: str, before: UUID, limit: int
) -> Sequence[asyncpg.Record]:
    """The newest customers first.

    The index of addresses costs the more the more addresses match. What many have, as the name of a town, stands in
    those of the newest customers, and is found there without it.
    """
    if len(await conn.fetch(_near(SAMPLE, COMMON), tenant, pattern, before)) == COMMON:
        rows = await conn.fetch(_near(NEWEST, limit), tenant, pattern, before)
        if len(rows) == limit:
            return rows
    return await conn.fetch(_FAR.format(limit=limit), tenant, pattern, before)


def _near(among: int, limit: int) -> str:
    return f"""
        SELECT '' AS a, a.text AS b, n.id AS owner, NULL AS kind FROM (
            SELECT c.id FROM customers c WHERE c.tenant_id = $1 AND c.id < $3 ORDER BY c.id DESC LIMIT {among:d}
        ) n CROSS JOIN LATERAL (
            SELECT min(a.text) AS text FROM customer_addresses a
            WHERE a.customer_id = n.id AND address_key(a.text) LIKE $2
        ) a WHERE a.text IS NOT NULL ORDER BY n.id DESC LIMIT {limit:d}
    """  # noqa: S608


_FAR = f"""
    SELECT '' AS a, min(f.address) AS b, f.customer_id AS owner, NULL AS kind
    FROM customers_at_address($1, $2, $3, {MOST_ADDRESSES}) f
    GROUP BY f.customer_id ORDER BY f.customer_id DESC LIMIT {{limit:d}}
"""  # noqa: S608
