"""Colleagues and queues are found as one types, with what they do at this moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.routing.centre import queue
from tests.support.organisation import add_group
from tests.support.web import Site, add_person, add_tenant
from yuelai.bootstrap.agents import AgentRequests
from yuelai.identity.model import Principal
from yuelai.platform.clock import VirtualClock
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.live import LiveStore
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Seat
from yuelai.routing.model import AgentRecord

Q = queue(1)


@pytest.fixture
async def people(site: Site) -> AsyncIterator[list[Principal]]:
    """赵强 8002 is ready, 李敏 8003 offline; 8001 asks."""
    made = [await add_person(site.database, f"agent0{n}", "agent", number=f"800{n}") for n in (1, 2, 3)]
    await add_group(site.database, "technical", made[1])
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, $3, $4)",
            Q.id,
            SAMPLE_TENANT,
            Q.code,
            Q.name,
        )
        for person, name in zip(made, ("周静", "赵强", "李敏"), strict=True):
            await conn.execute("INSERT INTO queue_members VALUES ($1, $2, $3)", Q.id, SAMPLE_TENANT, person.person_id)
            await conn.execute("UPDATE people SET name = $2 WHERE id = $1", person.person_id, name)

    async def append(*records: Record) -> int:
        return 1

    async def queues(peer: Peer, params: dict[str, Any]) -> Any:
        return {"queues": driver.queue_documents(SAMPLE_TENANT)}

    driver = RoutingDriver(append, VirtualClock(), LiveStore(), lambda signal: None)
    records = [AgentRecord(one.person_id, SAMPLE_TENANT, str(one.number), one.name, {Q.id: 1}) for one in made]
    await driver.load(records, [Q])
    await driver.seat_reachable(made[1].person_id, Seat.PHONE, True)
    await driver.set_state(made[1].person_id, "ready", "", "phone")
    handlers = {**AgentRequests(driver).handlers, "queue.live": queues}
    server = IpcServer(site.settings.socket("core"), handlers, {})
    await server.start()
    await site.app.state.core.connected.wait()
    yield made
    await server.close()
    await driver.close()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["8002", "8003"]),
        ("强", ["8002"]),
        ("zq", ["8002"]),
        ("limin", ["8003"]),
        ("Li Min", ["8003"]),
        ("8003", ["8003"]),
        ("周", []),
        ("13800000001", []),
    ],
)
async def test_who_is_found(site: Site, people: list[Principal], typed: str, found: list[str]) -> None:
    async with await site.client("agent01") as client:
        answer = (await client.get("/api/v1/directory", params={"q": typed})).json()
    assert [one["number"] for one in answer["agents"]] == found


async def test_states_groups_and_queues_are_told(site: Site, people: list[Principal]) -> None:
    async with await site.client("agent01") as client:
        answer = (await client.get("/api/v1/directory")).json()
        queues = (await client.get("/api/v1/directory", params={"q": "q1"})).json()
    ready, offline = answer["agents"]
    assert (ready["name"], ready["pinyin"], ready["state"], ready["available"]) == ("赵强", "zhaoqiang", "ready", True)
    assert ready["groups"] == ["technical"]
    assert (offline["state"], offline["available"]) == ("offline", False)
    for each in (answer, queues):
        assert [(one["code"], one["ready"], one["waiting"]) for one in each["queues"]] == [(Q.code, 1, 0)]
    assert queues["agents"] == []


async def test_it_is_read_by_pages_and_ends_at_the_tenant(site: Site, people: list[Principal]) -> None:
    await add_person(site.database, "guest01", "agent", number="7001", tenant=await add_tenant(site.database, "other"))
    async with await site.client("agent01") as client:
        first = (await client.get("/api/v1/directory", params={"limit": 1})).json()
        second = (await client.get("/api/v1/directory", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [one["number"] for one in (*first["agents"], *second["agents"])] == ["8002", "8003"]
    assert (second["queues"], second["next_cursor"]) == ([], None)
    async with await site.client("guest01") as client:
        assert (await client.get("/api/v1/directory")).json()["agents"] == []
