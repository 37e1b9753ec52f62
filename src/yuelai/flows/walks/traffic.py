"""What the walks through a flow add up to: how they ended, where callers went, erred and left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from yuelai.flows import service
from yuelai.flows.refusals import NoSuchFlowVersion, PeriodTooLong
from yuelai.flows.walks import tables
from yuelai.flows.walks.bounds import bounded
from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

LONGEST = timedelta(days=93)
MOST_LOOKED_AFTER = 50_000
"""Of more contacts that were served nobody looks up which came again: each is a question to the table of contacts."""
_OUTCOMES = ("served", "unserved", "queue", "transfer", "left", "failed")
_NODE = {"entered": 0, "left": 0, "mistakes": 0, "given_up": 0}


async def traffic(
    conn: Connection, principal: Principal, code: str, version: int | None, since: datetime, until: datetime
) -> dict[str, Any]:
    """Return the figures of a version, or of all, for walks that ended in the period. Raises `UnknownFlow`,
    `PeriodTooLong`, `TooMuchToCount`."""
    if not timedelta(0) <= until - since <= LONGEST:
        raise PeriodTooLong()
    await service.template(conn, principal, code)
    async with bounded(conn):
        return await _counted(conn, principal, code, version, since, until)


async def _counted(
    conn: Connection, principal: Principal, code: str, version: int | None, since: datetime, until: datetime
) -> dict[str, Any]:
    asked = (principal.tenant_id, code, version, since, until)
    ended = await tables.outcomes(conn, *asked)
    handlers = await _handlers(conn, principal, code, await tables.versions_walked(conn, *asked))
    ways = await tables.ways(conn, *asked, handlers)
    served = sum(row["walks"] for row in ended if row["outcome"] == "served")
    again = await tables.came_again(conn, *asked) if served <= MOST_LOOKED_AFTER else None
    mistakes = await tables.mistakes(conn, *asked)
    figures = counted([dict(row) for row in ended], [dict(row) for row in ways], mistakes)
    return {**figures, "repeated_within_day": again}


async def _handlers(
    conn: Connection, principal: Principal, code: str, versions: Iterable[int]
) -> dict[int, tuple[str, int]]:
    """Return where each version goes after how many mistakes."""
    found = {}
    for number in versions:
        try:
            handlers = (await service.version(conn, principal, code, number))["document"]["handlers"]
        except NoSuchFlowVersion:
            continue
        found[number] = (str(handlers["failed"]), int(handlers.get("attempts", 3)))
    return found


def counted(
    ended: Iterable[Mapping[str, Any]], ways: Iterable[Mapping[str, Any]], mistakes: Mapping[str, int]
) -> dict[str, Any]:
    """Put the figures together. Pure: `ended` has `{outcome, last, walks}`, `ways` `{one, other, times, given_up}`."""
    nodes: dict[str, dict[str, int]] = defaultdict(lambda: dict(_NODE))
    totals = dict.fromkeys(_OUTCOMES, 0)
    for row in ended:
        totals[row["outcome"]] += row["walks"]
        if row["outcome"] == "left":
            nodes[row["last"]]["left"] += row["walks"]
    edges = []
    for way in ways:
        nodes[way["one"]]["entered"] += way["times"]
        nodes[way["one"]]["given_up"] += way["given_up"]
        if way["other"] is not None:
            edges.append({"one": way["one"], "other": way["other"], "count": way["times"]})
    for node, times in mistakes.items():
        nodes[node]["mistakes"] += times
    walks = sum(totals.values())
    share = totals["served"] / walks if walks else 0.0
    return {"walks": walks, **totals, "share_served": share, "nodes": dict(nodes), "edges": edges}
