"""SQL of the list of customers without a text: the newest first, narrowed by filters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.customers.finding.candidates import SURVIVOR, Filters, Query
from yuelai.customers.finding.keys import LAST_ID
from yuelai.customers.repository import FAMILY

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def newest(
    conn: Connection, tenant: UUID, before: UUID | None, filters: Filters, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` rows of `owner` (the key), `id` of the customer and `passes`.

    The filter that leaves the fewest leads, by an index in the order of the list; the others are asked of each row.
    """
    query = Query(tenant)
    start = query.arg(before or LAST_ID, "uuid")
    table, owner, lead = "customers n", "n.id", "true"
    if filters.tag is not None:
        table, owner, lead = "customer_tagged n", "n.customer_id", f"n.tag = {query.arg(filters.tag)}"
    elif filters.manager is not None:
        lead = f"n.manager_person_id = {query.arg(filters.manager, 'uuid')}"
    elif filters.class_ not in (None, "normal"):
        # Said once more in words, for the partial index.
        lead = f"n.class <> 'normal' AND n.class = {query.arg(filters.class_)}"
    elif filters.kind == "company":
        lead = "n.kind = 'company'"
    conditions = query.conditions(filters)
    return await conn.fetch(
        f"""
        WITH found AS MATERIALIZED (
            SELECT {owner} AS owner FROM {table} WHERE n.tenant_id = $1 AND {lead} AND {owner} < {start}
            ORDER BY {owner} DESC LIMIT {limit:d}
        )
        SELECT found.owner, c.id, {" AND ".join(conditions)} AS passes
        FROM found {SURVIVOR} {FAMILY} ORDER BY found.owner DESC
        """,  # noqa: S608
        *query.args,
    )
