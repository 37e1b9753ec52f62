"""States and queues over HTTP, with a real driver behind the core that the test plays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.routing.centre import queue
from tests.support.web import Site, add_person
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.live import LiveStore
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Seat
from yuelai.routing.model import AgentRecord

Q = queue(1)


@dataclass
class Core:
    driver: RoutingDriver

    async def get(self, peer: Peer, params: dict[str, Any]) -> Any:
        return self.driver.agent_document(Principal.from_message(params["principal"]).person_id)

    async def set(self, peer: Peer, params: dict[str, Any]) -> Any:
        person = Principal.from_message(params["principal"]).person_id
        return await self.driver.set_state(person, params["state"], params["reason"], params["seat"])

    async def queues(self, peer: Peer, params: dict[str, Any]) -> Any:
        tenant = Principal.from_message(params["principal"]).tenant_id
        return {"queues": self.driver.queue_documents(tenant, UUID(params["queue_id"]))}


@pytest.fixture
async def agent(site: Site) -> Principal:
    return await add_person(site.database, "agent01", "agent", number="8001")


@pytest.fixture
async def client(site: Site, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    async with await site.client("agent01") as opened:
        yield opened


@pytest.fixture
async def driver(site: Site, agent: Principal) -> AsyncIterator[RoutingDriver]:
    async def append(*records: Record) -> int:
        return len(records)

    made = RoutingDriver(append, SystemClock(), LiveStore(), lambda signal: None)
    await made.load([AgentRecord(agent.person_id, SAMPLE_TENANT, "8001", "Agent01", {Q.id: 1})], [Q])
    core = Core(made)
    server = IpcServer(
        site.settings.socket("core"),
        {"agent.get_state": core.get, "agent.set_state": core.set, "queue.live": core.queues},
    )
    await server.start()
    await site.app.state.core.connected.wait()
    yield made
    await server.close()
    await made.close()


async def test_an_agent_becomes_ready_on_a_registered_phone(
    client: httpx.AsyncClient, agent: Principal, driver: RoutingDriver
) -> None:
    refused = await client.put("/api/v1/agents/me/state", json={"state": "ready", "seat": "phone"})
    assert (refused.status_code, refused.json()["code"]) == (409, "seat_not_registered")
    await driver.seat_reachable(agent.person_id, Seat.PHONE, True)
    answer = await client.put("/api/v1/agents/me/state", json={"state": "ready", "seat": "phone"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "ready"
    assert answer.json()["registered"] == {"phone": True, "browser": False}
    assert (await client.get("/api/v1/agents/me/state")).json() == answer.json()


@pytest.mark.parametrize(
    "body", [{"state": "talking"}, {}, {"state": "busy", "reason": "x" * 65}, {"state": "busy", "seat": "moon"}]
)
async def test_what_is_no_state_is_refused_before_core_is_asked(
    client: httpx.AsyncClient, driver: RoutingDriver, body: dict[str, Any]
) -> None:
    assert (await client.put("/api/v1/agents/me/state", json=body)).status_code == 422


async def test_queues_are_listed_and_looked_at_live(
    site: Site, client: httpx.AsyncClient, driver: RoutingDriver
) -> None:
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name, name_en) VALUES ($1, $2, 'q1', '综合', 'General')",
            Q.id,
            SAMPLE_TENANT,
        )
    listed = (await client.get("/api/v1/queues")).json()
    assert [(one["code"], one["name"], one["wrapup_seconds"]) for one in listed["items"]] == [("q1", "综合", 30)]
    await driver.enqueue(new_id(), "q1", tenant_id=SAMPLE_TENANT)
    live = await client.get(f"/api/v1/queues/{Q.id}/live")
    assert (live.json()["waiting"], live.json()["ready"]) == (1, 0)
    missing = await client.get(f"/api/v1/queues/{new_id()}/live")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_queue")


async def test_a_planner_sees_queues_and_has_no_state(site: Site, driver: RoutingDriver) -> None:
    await add_person(site.database, "planner01", "planner")
    async with await site.client("planner01") as planner:
        assert (await planner.get("/api/v1/queues")).status_code == 200
        assert (await planner.get("/api/v1/agents/me/state")).status_code == 403


async def test_somebody_who_serves_no_queue_is_told_so(site: Site, driver: RoutingDriver) -> None:
    await add_person(site.database, "agent99", "agent", number="8099")
    async with await site.client("agent99") as other:
        answer = await other.get("/api/v1/agents/me/state")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_agent")
