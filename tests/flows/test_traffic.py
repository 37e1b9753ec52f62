"""What walks add up to: the figures agree with a recount by hand, and with one in plain Python of random walks."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.flows import loader
from yuelai.flows.events import FlowWalked
from yuelai.flows.jobs import KEPT, forget_walks
from yuelai.flows.walks import tables, traffic
from yuelai.flows.walks.tables import PROJECTIONS
from yuelai.platform import facts
from yuelai.platform.db import Database
from yuelai.platform.gathering import Gathering
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.journal import Entry

MAIN = "/api/v1/flows/main/traffic"
NOW = datetime.now(UTC)
SHIPPED = loader.shipped()["main"].version


def walked(*nodes: str, **more: Any) -> FlowWalked:
    given: dict[str, Any] = {
        "at": NOW - timedelta(hours=1),
        "tenant_id": SAMPLE_TENANT,
        "walk_id": new_id(),
        "interaction_id": new_id(),
        "code": "main",
        "version": SHIPPED,
        "nodes": list(nodes),
        "outcome": "served",
        "last": nodes[-1],
        "mistakes": {},
        "seconds": 1.5,
    }
    return FlowWalked(**{**given, **more})


async def keep(database: Database, *walks: FlowWalked) -> None:
    """As the projector does."""
    async with database.transaction(None) as conn:
        gathering = Gathering(conn)
        for seq, fact in enumerate(walks, start=1):
            entry = Entry(seq, new_id(), fact.at, fact.type, facts.encode(fact), {}, "core")
            await PROJECTIONS[FlowWalked](gathering, entry)  # type: ignore[arg-type]
        await gathering.flush()


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def figures(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(MAIN, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_walks_are_counted_by_how_they_ended_and_where_they_went(site: Site, boss: httpx.AsyncClient) -> None:
    await keep(
        site.database,
        walked("greeting", "main_menu", "goodbye"),
        walked("greeting", "main_menu", outcome="left", mistakes={"main_menu": 1}),
        # Three mistakes, which is as many as the shipped flow bears, lead to the handler.
        walked("greeting", "main_menu", "to_agent", outcome="queue", mistakes={"main_menu": 3}),
        walked("greeting", "main_menu", "to_agent", outcome="queue", mistakes={"main_menu": 2}),
    )
    found = await figures(boss)
    totals = {name: found[name] for name in ("walks", "served", "unserved", "queue", "transfer", "left", "failed")}
    assert totals == {"walks": 4, "served": 1, "unserved": 0, "queue": 2, "transfer": 0, "left": 1, "failed": 0}
    assert found["share_served"] == 0.25
    assert found["nodes"]["main_menu"] == {"entered": 4, "left": 1, "mistakes": 6, "given_up": 1}
    assert found["nodes"]["goodbye"] == {"entered": 1, "left": 0, "mistakes": 0, "given_up": 0}
    assert found["edges"] == [
        {"one": "greeting", "other": "main_menu", "count": 4},
        {"one": "main_menu", "other": "goodbye", "count": 1},
        {"one": "main_menu", "other": "to_agent", "count": 2},
    ]


async def test_a_walk_told_twice_counts_once(site: Site, boss: httpx.AsyncClient) -> None:
    walk = walked("greeting")
    await keep(site.database, walk, walk)
    await keep(site.database, walk)
    assert (await figures(boss))["walks"] == 1


async def test_only_the_version_the_period_and_the_tenant_that_are_meant_are_counted(
    site: Site, boss: httpx.AsyncClient
) -> None:
    east = await add_tenant(site.database, "east")
    await keep(
        site.database,
        walked("greeting"),
        walked("greeting", version=SHIPPED - 1),
        walked("greeting", code="direct", version=1),
        walked("greeting", at=NOW - timedelta(days=8)),
        walked("greeting", tenant_id=east),
    )
    assert (await figures(boss))["walks"] == 2
    assert (await figures(boss, version=SHIPPED))["walks"] == 1
    assert (await figures(boss, **{"from": (NOW - timedelta(days=9)).isoformat()}))["walks"] == 3
    for params, code in (
        ({"version": 0}, (422, "invalid_request")),
        ({"from": (NOW - timedelta(days=94)).isoformat()}, (422, "period_too_long")),
        ({"to": (NOW - timedelta(days=1)).isoformat(), "from": NOW.isoformat()}, (422, "period_too_long")),
        ({"to": "0001-01-01T00:00:00+08:00"}, (422, "invalid_request")),
    ):
        refused = await boss.get(MAIN, params=params)
        assert (refused.status_code, refused.json()["code"]) == code, params
    assert (await boss.get("/api/v1/flows/nowhere/traffic")).status_code == 404


async def contact(database: Database, ani: str, at: datetime, customer: UUID | None = None) -> UUID:
    async with database.transaction(None) as conn:
        # An id as old as the contact, as core makes them.
        id_: UUID = await conn.fetchval(
            """
            INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, ani_e164, dnis,
                started_at, customer_id)
            VALUES (uuid7_floor($3), $1, '1', 'voice', 'in', 'closed', $2, $2, '10000', $3, $4) RETURNING id
            """,
            SAMPLE_TENANT,
            ani,
            at,
            customer,
        )
    return id_


async def test_who_was_served_and_came_again_within_a_day_is_counted(site: Site, boss: httpx.AsyncClient) -> None:
    began = NOW - timedelta(days=3)
    customer = new_id()
    satisfied = await contact(site.database, "+8613800000001", began)
    again = await contact(site.database, "+8613800000002", began + timedelta(seconds=1))
    await contact(site.database, "+8613800000002", began + timedelta(hours=23))
    late = await contact(site.database, "+8613800000003", began + timedelta(seconds=2))
    await contact(site.database, "+8613800000003", began + timedelta(hours=25))
    elsewhere = await contact(site.database, "+8613800000004", began + timedelta(seconds=3), customer)
    await contact(site.database, "+8613800000005", began + timedelta(hours=2), customer)
    to_agent = await contact(site.database, "+8613800000002", began + timedelta(seconds=4))
    at = began + timedelta(minutes=2)
    await keep(
        site.database,
        *(walked("goodbye", interaction_id=each, at=at) for each in (satisfied, again, late, elsewhere)),
        walked("to_agent", interaction_id=to_agent, at=at, outcome="queue"),
    )
    assert (await figures(boss))["repeated_within_day"] == 2


async def test_random_walks_agree_with_a_recount(site: Site, boss: httpx.AsyncClient) -> None:
    chance, names = random.Random(8), ("greeting", "main_menu", "who", "balance", "goodbye", "to_agent")
    walks = [
        walked(
            *chance.choices(names, k=chance.randint(1, 12)),
            outcome=chance.choice(("served", "unserved", "queue", "transfer", "left", "failed")),
            mistakes={chance.choice(names): chance.randint(1, 3)},
        )
        for _ in range(400)
    ]
    await keep(site.database, *walks)
    found = await figures(boss)
    assert Counter(walk.outcome for walk in walks) == {
        name: found[name] for name in ("served", "unserved", "queue", "transfer", "left", "failed")
    }
    ways = Counter(way for walk in walks for way in zip(walk.nodes, walk.nodes[1:], strict=False))
    assert {(edge["one"], edge["other"]): edge["count"] for edge in found["edges"]} == ways
    entered = Counter(node for walk in walks for node in walk.nodes)
    left = Counter(walk.last for walk in walks if walk.outcome == "left")
    mistakes = Counter[str]()
    for walk in walks:
        mistakes.update(walk.mistakes)
    for name in names:
        node = found["nodes"][name]
        assert (node["entered"], node["left"], node["mistakes"]) == (entered[name], left[name], mistakes[name])


async def test_old_walks_are_forgotten(site: Site) -> None:
    await keep(site.database, walked("a", at=datetime.now(UTC) - KEPT - timedelta(hours=1)), walked("a"))
    await forget_walks(site.database, {})
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM flow_walks") == 1


async def test_traffic_that_takes_too_long_to_count_is_refused(
    site: Site, boss: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ages(conn: Any, *asked: Any) -> list[Any]:
        return list(await conn.fetch("SELECT pg_sleep(5)"))

    monkeypatch.setattr(tables, "ways", ages)
    monkeypatch.setattr(traffic, "bounded", partial(traffic.bounded, seconds=0.05))
    refused = await boss.get(MAIN)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_much_to_count")
