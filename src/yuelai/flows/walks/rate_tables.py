"""SQL of rates: how many contacts of which flow, about which business, in which period, ended how.

What a row is about is in `flow`, `business` and `period` (1 is the first of the periods asked for), null where it was
not asked for. Every statement is answered from an index alone, of `flow_walks` or `flow_businesses`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Asked:
    """`businesses`: what is counted is not walks but the businesses in them. `starts` of periods, empty when all of
    them are one; `flow` and `business` None are all."""

    tenant_id: UUID
    since: datetime
    until: datetime
    businesses: bool
    flow: str | None = None
    business: str | None = None
    by_flow: bool = False
    by_business: bool = False
    starts: Sequence[datetime] = ()

    @property
    def source(self) -> str:
        period = "CASE WHEN cardinality($6::timestamptz[]) > 0 THEN width_bucket(at, $6) END AS period"
        kind = "business" if self.businesses else "NULL::text"
        return f"""
            SELECT CASE WHEN $4 THEN code END AS flow, CASE WHEN $5 THEN {kind} END AS business, {period},
                outcome, walk, interaction_id
            FROM {"flow_businesses" if self.businesses else "flow_walks"}
            WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND ($7::text IS NULL OR code = $7)
                AND ($8::text IS NULL OR {kind} = $8) {"" if self.businesses else "AND depth = 0"}
        """  # noqa: S608 - words from above

    @property
    def arguments(self) -> Sequence[Any]:
        asked = (self.tenant_id, self.since, self.until, self.by_flow, self.by_business)
        return (*asked, self.starts, self.flow, self.business)


async def counts(conn: Connection, asked: Asked, limit: int) -> list[asyncpg.Record]:
    """Return `{flow, business, period, contacts, served, queue, transfer, left, failed, unserved, contained}` in that
    order, at most so many."""
    return await conn.fetch(
        f"""
        SELECT flow, business, period, sum(contacts)::bigint AS contacts,
            coalesce(sum(contacts) FILTER (WHERE outcome = 'served'), 0)::bigint AS served,
            coalesce(sum(contacts) FILTER (WHERE outcome = 'queue'), 0)::bigint AS queue,
            coalesce(sum(contacts) FILTER (WHERE outcome = 'transfer'), 0)::bigint AS transfer,
            coalesce(sum(contacts) FILTER (WHERE outcome = 'left'), 0)::bigint AS "left",
            coalesce(sum(contacts) FILTER (WHERE outcome = 'failed'), 0)::bigint AS failed,
            coalesce(sum(contacts) FILTER (WHERE outcome = 'unserved'), 0)::bigint AS unserved,
            coalesce(sum(contacts) FILTER (WHERE outcome IN ('served', 'left', 'unserved') AND first), 0)::bigint
                AS contained
        FROM (
            SELECT flow, business, period, outcome, walk = 1 AS first, count(*) AS contacts
            FROM ({asked.source}) w GROUP BY 1, 2, 3, 4, 5
        ) g
        GROUP BY 1, 2, 3 ORDER BY 3 NULLS FIRST, 1 NULLS FIRST, 2 NULLS FIRST LIMIT {limit}
        """,  # noqa: S608 - words from above
        *asked.arguments,
    )


async def came_again(conn: Connection, asked: Asked) -> list[asyncpg.Record]:
    """Return `{flow, business, period, contacts}`: how many contacts were served there whose number or customer came
    again within a day of their beginning."""
    return await conn.fetch(
        f"""
        SELECT w.flow, w.business, w.period, count(*) AS contacts
        FROM (SELECT DISTINCT flow, business, period, interaction_id FROM ({asked.source}) s WHERE outcome = 'served') w
        JOIN interactions i ON i.id = w.interaction_id
        WHERE EXISTS (
            SELECT FROM interactions j
            WHERE j.tenant_id = $1 AND j.ani_e164 = i.ani_e164 AND j.direction = 'in' AND j.id > i.id
                AND j.id < uuid7_floor(i.started_at + interval '1 day')
            UNION ALL
            SELECT FROM interactions j
            WHERE j.tenant_id = $1 AND j.customer_id = i.customer_id AND j.direction = 'in' AND j.id > i.id
                AND j.id < uuid7_floor(i.started_at + interval '1 day')
        )
        GROUP BY 1, 2, 3
        """,  # noqa: S608 - words from above
        *asked.arguments,
    )
