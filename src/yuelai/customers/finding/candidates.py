"""SQL that goes through one stage of a search, in the order of its keys and from where the last page ended.

Each query reads one range of one b-tree from its beginning and stops at its limit, so that a common text costs what a
rare one costs. What makes that so: a range begins with one row comparison (beside a second lower bound the scan
starts from the weaker of them); the limit is written into the text (for one that is a parameter the planner assumes a
tenth of all rows, and sorts them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.finding.query import Stage
from yuelai.customers.repository import FAMILY

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

Key = tuple[str, str, UUID]
"""What was found by, what was found, and whose it is: the order of a stage."""

FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)

NEWEST = 3_000
"""Customers whose addresses are read one by one before the index of addresses is asked: see `_addresses`."""

MOST_ADDRESSES = 5_000

SURVIVOR = """
    CROSS JOIN LATERAL (
        SELECT coalesce(m.merged_into, m.id) AS id FROM customers m WHERE m.id = found.owner LIMIT 1
    ) m
    CROSS JOIN LATERAL (SELECT c.* FROM customers c WHERE c.tenant_id = $1 AND c.id = m.id LIMIT 1) c
"""
"""The customer behind `found.owner`. LIMIT 1 makes a loop of it whatever the statistics say: right after a large import
they are old, and a join in any other order takes seconds."""

_OTHER_KINDS = "'email', 'account', 'wechat', 'web', 'other'"


@dataclass(frozen=True)
class Filters:
    """What else a customer must be. `manager` is a person's id."""

    class_: str | None = None
    tag: str | None = None
    kind: str | None = None
    manager: UUID | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.class_, self.tag, self.kind, self.manager))


EVERYBODY = Filters()


class Query:
    """The text of a query with its numbered arguments; `$1` is the tenant."""

    def __init__(self, tenant: UUID) -> None:
        self.args: list[Any] = [tenant]

    def arg(self, value: Any, kind: str = "text") -> str:
        self.args.append(value)
        return f"${len(self.args)}::{kind}"

    def conditions(self, filters: Filters) -> list[str]:
        """Return the conditions on `customers c` and its `family`."""
        found = ["c.erased_at IS NULL", "c.merged_into IS NULL"]
        if filters.class_ is not None:
            found.append(f"c.class = {self.arg(filters.class_)}")
        if filters.kind is not None:
            found.append(f"c.kind = {self.arg(filters.kind)}")
        if filters.manager is not None:
            found.append(f"c.manager_person_id = {self.arg(filters.manager, 'uuid')}")
        if filters.tag is not None:
            found.append(
                "EXISTS (SELECT FROM customer_tagged t WHERE t.customer_id = ANY(family.ids) "
                f"AND t.tag = {self.arg(filters.tag)})"
            )
        return found

    def holds(self, stage: Stage, before: str | None = None) -> str:
        """Return the condition that `family` is found by a stage; with `before`, that by a key less than this one."""
        if stage.source == "address":
            return "false"  # nothing comes after it, and it finds everybody once
        low, high = self.arg(stage.low), self.arg(stage.high)
        match stage.source:
            case "name":
                table, column, owner = "customer_name_terms h JOIN customers o ON o.name = h.name", "h.term", "o.id"
                more = f"h.tenant_id = $1 AND o.tenant_id = $1 AND h.kind = {stage.kind:d}"
            case "phone" | "phone_end":
                column = "h.value" if stage.source == "phone" else "h.reversed"
                table, owner = "customer_identities h", "h.customer_id"
                more = "h.kind = 'phone' AND h.role <> 'former'"
            case "identity":
                table, column, owner = "customer_identities h", "h.value", "h.customer_id"
                more = f"h.kind IN ({_OTHER_KINDS}) AND h.role <> 'former'"
            case "account":
                table, column, owner, more = "accounts h", "h.no", "h.customer_id", "true"
            case "no":
                table, column, owner, more = "customers h", "h.no", "h.id", "true"
        smaller = f" AND ({column}, {owner}) < ({before})" if before else ""
        return (
            f"EXISTS (SELECT FROM {table} WHERE {owner} = ANY(family.ids) AND {more} "
            f"AND {column} >= {low} AND {column} < {high}{smaller})"
        )


async def read(
    conn: Connection, tenant: UUID, stages: Sequence[Stage], place: int, after: Key | None, filters: Filters, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` rows of a stage behind a key.

    Each has its key `a`, `b`, `owner`, the customer's `id`, the `kind` of an identity and `passes`: whether the
    customer is to be shown and was not found by anything before this.
    """
    stage, query = stages[place], Query(tenant)
    keys = _SOURCES[stage.source](query, stage, after, limit)
    conditions = query.conditions(filters)
    conditions.append(f"NOT {query.holds(stage, 'found.a, found.owner')}")
    conditions.extend(f"NOT {query.holds(earlier)}" for earlier in stages[:place])
    return await conn.fetch(
        f"""
        WITH keys AS MATERIALIZED ({keys}), found AS (SELECT *, row_number() OVER () AS place FROM keys)
        SELECT found.a, found.b, found.owner, found.kind, c.id, {" AND ".join(conditions)} AS passes
        FROM found {SURVIVOR} {FAMILY} ORDER BY found.place
        """,  # noqa: S608
        *query.args,
    )


def _start(stage: Stage, after: Key | None) -> Key:
    return after or (stage.low, "", FIRST_ID)


def _names(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    term, name, owner = _start(stage, after)
    a, b, id_, high = query.arg(term), query.arg(name), query.arg(owner, "uuid"), query.arg(stage.high)
    return f"""
        SELECT t.term AS a, t.name AS b, n.id AS owner, NULL AS kind FROM customer_name_terms t
        CROSS JOIN LATERAL (
            SELECT c.id FROM customers c WHERE c.tenant_id = $1 AND c.name = t.name
              AND c.id > CASE WHEN t.term = {a} AND t.name = {b} THEN {id_} ELSE '{FIRST_ID}' END
            ORDER BY c.id LIMIT {limit:d}
        ) n
        WHERE t.tenant_id = $1 AND t.kind = {stage.kind:d} AND (t.term, t.name) >= ({a}, {b}) AND t.term < {high}
        ORDER BY t.term, t.name, n.id LIMIT {limit:d}
    """  # noqa: S608


def _phones(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    column = "value" if stage.source == "phone" else "reversed"
    value, _, owner = _start(stage, after)
    return f"""
        SELECT i.{column} AS a, '' AS b, i.customer_id AS owner, i.kind FROM customer_identities i
        WHERE i.tenant_id = $1 AND i.kind = 'phone' AND i.role <> 'former' AND i.{column} < {query.arg(stage.high)}
          AND (i.{column}, i.customer_id) > ({query.arg(value)}, {query.arg(owner, "uuid")})
        ORDER BY i.{column}, i.customer_id LIMIT {limit:d}
    """  # noqa: S608


def _identities(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    value, kind, owner = _start(stage, after)
    a, high = query.arg(value), query.arg(stage.high)
    return f"""
        SELECT i.value AS a, i.kind AS b, i.customer_id AS owner, i.kind
        FROM unnest(ARRAY[{_OTHER_KINDS}] COLLATE "C") AS k (kind) CROSS JOIN LATERAL (
            SELECT i.kind, i.value, i.customer_id FROM customer_identities i
            WHERE i.tenant_id = $1 AND i.kind = k.kind AND i.role <> 'former' AND i.value >= {a} AND i.value < {high}
              AND (i.value, k.kind, i.customer_id) > ({a}, {query.arg(kind)}, {query.arg(owner, "uuid")})
            ORDER BY i.value, i.customer_id LIMIT {limit:d}
        ) i ORDER BY i.value, i.kind, i.customer_id LIMIT {limit:d}
    """  # noqa: S608


def _accounts(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    value, _, owner = _start(stage, after)
    return f"""
        SELECT n.no AS a, '' AS b, n.customer_id AS owner, NULL AS kind FROM accounts n
        WHERE n.tenant_id = $1 AND n.no < {query.arg(stage.high)}
          AND (n.no, n.customer_id) > ({query.arg(value)}, {query.arg(owner, "uuid")})
        ORDER BY n.no, n.customer_id LIMIT {limit:d}
    """  # noqa: S608


def _numbers(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    value, _, owner = _start(stage, after)
    return f"""
        SELECT n.no AS a, '' AS b, n.id AS owner, NULL AS kind FROM customers n
        WHERE n.tenant_id = $1 AND n.no < {query.arg(stage.high)}
          AND (n.no, n.id) > ({query.arg(value)}, {query.arg(owner, "uuid")})
        ORDER BY n.no, n.id LIMIT {limit:d}
    """  # noqa: S608


def _addresses(query: Query, stage: Stage, after: Key | None, limit: int) -> str:
    """The newest customers first.

    What many addresses have, as the name of a town, stands in those of the newest customers; only what does not is
    rare enough for the index, whose cost grows with the number of matches.
    """
    pattern, before = query.arg(stage.low), query.arg(after[2] if after else LAST_ID, "uuid")
    return f"""
        WITH near AS MATERIALIZED (
            SELECT n.id, a.text FROM (
                SELECT c.id FROM customers c WHERE c.tenant_id = $1 AND c.id < {before}
                ORDER BY c.id DESC LIMIT {NEWEST}
            ) n CROSS JOIN LATERAL (
                SELECT min(a.text) AS text FROM customer_addresses a
                WHERE a.customer_id = n.id AND address_key(a.text) LIKE {pattern}
            ) a WHERE a.text IS NOT NULL ORDER BY n.id DESC LIMIT {limit:d}
        ), far AS MATERIALIZED (
            SELECT f.customer_id AS id, min(f.address) AS text
            FROM customers_at_address($1, {pattern}, {before}, {MOST_ADDRESSES}) f
            WHERE (SELECT count(*) FROM near) < {limit:d} GROUP BY f.customer_id
        )
        SELECT '' AS a, x.text AS b, x.id AS owner, NULL AS kind
        FROM (SELECT * FROM near UNION SELECT * FROM far) x ORDER BY x.id DESC LIMIT {limit:d}
    """  # noqa: S608


_SOURCES = {
    "name": _names,
    "phone": _phones,
    "phone_end": _phones,
    "identity": _identities,
    "account": _accounts,
    "no": _numbers,
    "address": _addresses,
}
