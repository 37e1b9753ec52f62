"""SQL of walks: what the projector does with core's facts, and the figures of one flow counted from the rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.flows import loader
from yuelai.flows.events import FlowWalked
from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

CLOCKS_DIFFER = timedelta(seconds=1)
"""By how much the clocks of who publishes and who walks may differ."""

_WALKS = "tenant_id = $1 AND code = $2 AND ($3::int IS NULL OR version = $3) AND at >= $4 AND at < $5"


async def _walked(conn: Connection, entry: Entry) -> None:
    """Twice changes nothing. What belongs to a flow that is deleted meanwhile is not counted: its version was published
    before the walk began, or ships with the program."""
    fact = entry.fact
    assert isinstance(fact, FlowWalked)
    shipped = loader.shipped().get(fact.code)
    await conn.execute(
        """
        INSERT INTO flow_walks (id, tenant_id, code, version, interaction_id, at, seconds, nodes, outcome, last,
            mistakes, depth, walk)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        WHERE coalesce(
            (SELECT v.at <= $14 FROM flow_versions v WHERE v.tenant_id = $2 AND v.code = $3 AND v.version = $4),
            $4 <= $15
        )
        ON CONFLICT (id) DO NOTHING
        """,
        fact.walk_id,
        fact.tenant_id,
        fact.code,
        fact.version,
        fact.interaction_id,
        fact.at,
        fact.seconds,
        fact.nodes,
        fact.outcome,
        fact.last,
        fact.mistakes,
        fact.depth,
        fact.walk,
        fact.at - timedelta(seconds=fact.seconds) + CLOCKS_DIFFER,
        shipped.version if shipped is not None else 0,
    )
    if fact.businesses:
        await conn.execute(
            """
            INSERT INTO flow_businesses (walk_id, place, tenant_id, code, walk, interaction_id, at, business, outcome)
            SELECT w.id, b.place, w.tenant_id, w.code, w.walk, w.interaction_id, w.at, b.business, b.outcome
            FROM flow_walks w CROSS JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY AS b (business, outcome, place)
            WHERE w.id = $1 AND w.depth = 0 ON CONFLICT (walk_id, place) DO NOTHING
            """,
            fact.walk_id,
            [business for business, _ in fact.businesses],
            [outcome for _, outcome in fact.businesses],
        )


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {FlowWalked: _walked}


async def versions_walked(
    conn: Connection, tenant_id: UUID, code: str, version: int | None, since: datetime, until: datetime
) -> list[int]:
    rows = await conn.fetch(
        f"SELECT DISTINCT version FROM flow_walks WHERE {_WALKS}",  # noqa: S608 - words from above
        tenant_id,
        code,
        version,
        since,
        until,
    )
    return [row["version"] for row in rows]


async def outcomes(
    conn: Connection, tenant_id: UUID, code: str, version: int | None, since: datetime, until: datetime
) -> list[asyncpg.Record]:
    """Return how many walks ended how and where: `{outcome, last, walks}`."""
    return await conn.fetch(
        f"SELECT outcome, last, count(*) AS walks FROM flow_walks WHERE {_WALKS} GROUP BY outcome, last",  # noqa: S608
        tenant_id,
        code,
        version,
        since,
        until,
    )


async def ways(
    conn: Connection,
    tenant_id: UUID,
    code: str,
    version: int | None,
    since: datetime,
    until: datetime,
    handlers: Mapping[int, tuple[str, int]],
) -> list[asyncpg.Record]:
    """Return how often each node was followed by which (null: by none) and how often that was giving up: to the node
    that `handlers` has for the version, after as many mistakes."""
    numbers: Sequence[int] = list(handlers)
    return await conn.fetch(
        f"""
        SELECT w.nodes[i] AS one, w.nodes[i + 1] AS other, count(*) AS times,
            count(*) FILTER (WHERE w.nodes[i + 1] = h.failed AND (w.mistakes->>(w.nodes[i]))::int >= h.attempts)
                AS given_up
        FROM (SELECT version, nodes, mistakes FROM flow_walks WHERE {_WALKS}) w
        LEFT JOIN unnest($6::int[], $7::text[], $8::int[]) AS h (version, failed, attempts) ON h.version = w.version
        CROSS JOIN LATERAL generate_subscripts(w.nodes, 1) AS i
        GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608 - words from above
        tenant_id,
        code,
        version,
        since,
        until,
        numbers,
        [handlers[number][0] for number in numbers],
        [handlers[number][1] for number in numbers],
    )


async def mistakes(
    conn: Connection, tenant_id: UUID, code: str, version: int | None, since: datetime, until: datetime
) -> dict[str, int]:
    rows = await conn.fetch(
        f"""
        SELECT m.key AS node, sum(m.value::int)::bigint AS times
        FROM flow_walks CROSS JOIN LATERAL jsonb_each_text(mistakes) AS m WHERE {_WALKS} GROUP BY m.key
        """,  # noqa: S608 - words from above
        tenant_id,
        code,
        version,
        since,
        until,
    )
    return {row["node"]: row["times"] for row in rows}


async def came_again(
    conn: Connection, tenant_id: UUID, code: str, version: int | None, since: datetime, until: datetime
) -> int:
    """Return how many contacts were served here whose number or customer came again within a day."""
    found: int = await conn.fetchval(
        f"""
        SELECT count(*) FROM interactions i
        WHERE i.id IN (SELECT interaction_id FROM flow_walks WHERE {_WALKS} AND outcome = 'served') AND EXISTS (
            SELECT FROM interactions j
            WHERE j.tenant_id = $1 AND j.ani_e164 = i.ani_e164 AND j.direction = 'in' AND j.id > i.id
                AND j.id < uuid7_floor(i.started_at + interval '1 day')
            UNION ALL
            SELECT FROM interactions j
            WHERE j.tenant_id = $1 AND j.customer_id = i.customer_id AND j.direction = 'in' AND j.id > i.id
                AND j.id < uuid7_floor(i.started_at + interval '1 day')
        )
        """,  # noqa: S608 - words from above
        tenant_id,
        code,
        version,
        since,
        until,
    )
    return found


async def forget(conn: Connection, before: datetime) -> int:
    """Delete walks of all tenants that ended before then; return how many."""
    gone = await conn.execute("DELETE FROM flow_walks WHERE at < $1", before)
    return int(gone.removeprefix("DELETE "))
