"""Leaders see and decide about agents over HTTP, with core's own answers and a real driver behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.routing.centre import queue
from tests.support.organisation import add_group, add_scoped, trail
from tests.support.web import Site, add_person, add_tenant
from yuelai.bootstrap.agents import AgentRequests
from yuelai.identity.model import Principal
from yuelai.platform.clock import VirtualClock
from yuelai.platform.facts import Fact, Record
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer
from yuelai.platform.live import LiveStore, Place
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentStateChanged, AgentWished, Seat
from yuelai.routing.model import AgentRecord

Q = queue(1)


@dataclass
class Core:
    """Two agents of a group and one of none, all with phones."""

    site: Site
    people: list[Principal]
    group: UUID
    clock: VirtualClock = field(default_factory=VirtualClock)
    facts: list[Fact] = field(default_factory=list)

    async def open(self) -> None:
        async def append(*records: Record) -> int:
            self.facts += [record.fact for record in records]
            return len(self.facts)

        self.driver = RoutingDriver(append, self.clock, LiveStore(), lambda signal: None)
        places = [{SAMPLE_TENANT: Place(frozenset({self.group}))}] * 2 + [{}]
        records = [
            AgentRecord(person.person_id, SAMPLE_TENANT, str(person.number), person.name, {Q.id: 1}, places=place)
            for person, place in zip(self.people, places, strict=True)
        ]
        await self.driver.load(records, [Q])
        for record in records:
            await self.driver.seat_reachable(record.id, Seat.PHONE, True)

    def path(self, number: int, what: str) -> str:
        return f"/api/v1/agents/{self.people[number].person_id}/{what}"

    def document(self, number: int) -> dict[str, Any]:
        return self.driver.agent_document(self.people[number].person_id)

    async def talk(self, number: int) -> UUID:
        contact = new_id()
        await self.driver.set_state(self.people[number].person_id, "ready", "", "phone")
        await self.driver.enqueue(contact, Q.code, tenant_id=SAMPLE_TENANT)
        await self.driver.accepted(contact, self.people[number].person_id)
        return contact


@pytest.fixture
async def core(site: Site) -> AsyncIterator[Core]:
    people = [await add_person(site.database, f"agent0{n}", "agent", number=f"800{n}") for n in (1, 2, 3)]
    made = Core(site, people, await add_group(site.database, "one", *people[:2]))
    await made.open()
    server = IpcServer(site.settings.socket("core"), AgentRequests(made.driver).handlers, {})
    await server.start()
    await site.app.state.core.connected.wait()
    yield made
    await server.close()
    await made.driver.close()


@pytest.fixture
async def leader(site: Site, core: Core) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "leader01", "leader")
    async with await site.client("leader01") as client:
        yield client


async def test_a_leader_makes_an_agent_ready_busy_or_offline_and_the_agent_sees_who_did(
    site: Site, core: Core, leader: httpx.AsyncClient
) -> None:
    me = (await leader.get("/api/v1/session")).json()["id"]
    answer = await leader.put(core.path(0, "state"), json={"state": "ready", "seat": "phone"})
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert core.document(0)["forced"]["by"] == me
    answer = await leader.put(core.path(0, "state"), json={"state": "busy"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("busy", "forced")
    answer = await leader.put(core.path(0, "state"), json={"state": "busy", "reason": "training"})
    assert answer.json()["reason"] == "training"
    answer = await leader.post(core.path(0, "sign-out"))
    assert answer.json()["state"] == "offline"
    by = {str(fact.by) for fact in core.facts if isinstance(fact, AgentStateChanged) and fact.state != "offline"}
    assert by == {me}
    done = [entry for entry in await trail(site.database) if entry[0] == "agent.state_forced"]
    assert done == [("agent.state_forced", f"agent/{core.people[0].person_id}")] * 4
    await core.driver.set_state(core.people[0].person_id, "busy", "lunch")
    assert core.document(0)["forced"] is None


async def test_during_a_contact_it_is_kept_for_afterwards(core: Core, leader: httpx.AsyncClient) -> None:
    contact = await core.talk(0)
    answer = await leader.put(core.path(0, "state"), json={"state": "busy", "reason": "meeting"})
    assert (answer.json()["state"], answer.json()["pending"]) == ("talking", {"state": "busy", "reason": "meeting"})
    wished = [fact for fact in core.facts if isinstance(fact, AgentWished)]
    assert [(fact.state, fact.reason, fact.by is not None) for fact in wished] == [("busy", "meeting", True)]
    await core.driver.released(contact)
    await core.driver.wrapup_done(core.people[0].person_id)
    assert (core.document(0)["state"], core.document(0)["reason"]) == ("busy", "meeting")


async def test_what_cannot_be_is_refused_and_not_in_the_audit_trail(
    site: Site, core: Core, leader: httpx.AsyncClient
) -> None:
    answer = await leader.put(core.path(0, "state"), json={"state": "ready", "seat": "browser"})
    assert (answer.status_code, answer.json()["code"]) == (409, "seat_not_registered")
    assert (await leader.put(core.path(0, "state"), json={"state": "talking"})).status_code == 422
    missing = await leader.put(f"/api/v1/agents/{new_id()}/state", json={"state": "busy"})
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_agent")
    assert [entry for entry in await trail(site.database) if entry[0] == "agent.state_forced"] == []


async def test_a_leader_of_a_group_sees_and_decides_about_its_agents_only(site: Site, core: Core) -> None:
    await add_scoped(site.database, "narrow", "leader", "group", core.group)
    async with await site.client("narrow") as client:
        listed = (await client.get("/api/v1/agents")).json()["items"]
        assert [agent["number"] for agent in listed] == ["8001", "8002"]
        states = [(await client.put(core.path(n, "state"), json={"state": "busy"})).status_code for n in range(3)]
    assert states == [200, 200, 404]
    assert core.document(2)["state"] == "offline"


async def test_core_itself_looks_at_the_reach_again(site: Site, core: Core) -> None:
    """A page of the web process that forgot must not open the door."""
    narrow = Principal(
        core.people[2].person_id, SAMPLE_TENANT, "x", "X", None, frozenset(), frozenset({"agent.work"})
    )  # fmt: skip
    for agent in (core.people[0], core.people[2]):
        params = {"principal": narrow.to_message(), "agent_id": str(agent.person_id), "state": "busy"}
        with pytest.raises(Exception, match="not an agent"):
            await AgentRequests(core.driver).handlers["agent.force_state"](None, params)  # type: ignore[arg-type]


async def test_agents_are_listed_as_they_are_page_by_page(core: Core, leader: httpx.AsyncClient) -> None:
    await core.talk(1)
    found, cursor = [], None
    while True:
        page = (
            await leader.get("/api/v1/agents", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        found += [(agent["number"], agent["state"]) for agent in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [("8001", "offline"), ("8002", "talking"), ("8003", "offline")]
    talking = (await leader.get("/api/v1/agents", params={"state": "talking"})).json()["items"]
    assert [(agent["number"], len(agent["work"])) for agent in talking] == [("8002", 1)]


async def test_agents_and_other_tenants_see_and_decide_nothing(site: Site, core: Core) -> None:
    tenant = await add_tenant(site.database, "other")
    await add_person(site.database, "leader09", "leader", tenant=tenant)
    async with await site.client("leader09") as other, await site.client("agent01") as plain:
        assert (await other.get("/api/v1/agents")).json()["items"] == []
        assert (await plain.get("/api/v1/agents")).status_code == 403
        for client, status in ((other, 404), (plain, 403)):
            assert (await client.put(core.path(1, "state"), json={"state": "busy"})).status_code == status
            assert (await client.post(core.path(1, "sign-out"))).status_code == status
