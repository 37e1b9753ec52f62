"""SQL that tells which of the customers that a stage of a search has come upon are to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.finding.keys import OTHER_KINDS, Key
from yuelai.customers.finding.query import Stage
from yuelai.customers.repository import FAMILY

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

SURVIVOR = """
    CROSS JOIN LATERAL (
        SELECT coalesce(m.merged_into, m.id) AS id FROM customers m WHERE m.id = found.owner LIMIT 1
    ) m
    CROSS JOIN LATERAL (SELECT c.* FROM customers c WHERE c.tenant_id = $1 AND c.id = m.id LIMIT 1) c
"""
"""The customer behind `found.owner`. LIMIT 1 makes a loop of it whatever the statistics say: right after a large import
they are old, and a join in any other order takes seconds."""


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
                smaller = f" AND (h.term, o.id) < ({before})" if before else ""
                return f"""EXISTS (
                    SELECT FROM customers o CROSS JOIN LATERAL (
                        SELECT FROM customer_name_terms h WHERE h.tenant_id = $1 AND h.name = o.name
                          AND h.kind = {stage.kind:d} AND h.term >= {low} AND h.term < {high}{smaller} LIMIT 1
                    ) h WHERE o.id = ANY(family.ids))
                """  # noqa: S608
            case "phone" | "phone_end":
                column = "h.value" if stage.source == "phone" else "h.reversed"
                table, owner = "customer_identities h", "h.customer_id"
                more = "h.kind = 'phone' AND h.role <> 'former'"
            case "identity":
                table, column, owner = "customer_identities h", "h.value", "h.customer_id"
                more = f"h.kind IN ({OTHER_KINDS}) AND h.role <> 'former'"
            case "account":
                table, column, owner, more = "accounts h", "h.no", "h.customer_id", "true"
            case "no":
                table, column, owner, more = "customers h", "h.no", "h.id", "true"
        smaller = f" AND ({column}, {owner}) < ({before})" if before else ""
        return (
            f"EXISTS (SELECT FROM {table} WHERE {owner} = ANY(family.ids) AND {more} "
            f"AND {column} >= {low} AND {column} < {high}{smaller})"
        )


async def judge(
    conn: Connection,
    tenant: UUID,
    found: Sequence[Key],
    stage: Stage,
    earlier: Sequence[Stage],
    filters: Filters,
) -> list[asyncpg.Record]:
    """Return `id` of the customer and `passes` for each key that a stage has come upon, in their order.

    Passes who is to be shown, was not found by a smaller key of the stage, nor by an earlier stage.
    """
    query = Query(tenant)
    values, owners = query.arg([key[0] for key in found], "text[]"), query.arg([key[2] for key in found], "uuid[]")
    conditions = query.conditions(filters)
    conditions.append(f"NOT {query.holds(stage, 'found.a, found.owner')}")
    conditions.extend(f"NOT {query.holds(each)}" for each in earlier)
    return await conn.fetch(
        f"""
        SELECT c.id, {" AND ".join(conditions)} AS passes
        FROM (
            SELECT f.a COLLATE "C" AS a, f.owner, f.place
            FROM unnest({values}, {owners}) WITH ORDINALITY f (a, owner, place)
        ) found {SURVIVOR} {FAMILY} ORDER BY found.place
        """,  # noqa: S608
        *query.args,
    )
