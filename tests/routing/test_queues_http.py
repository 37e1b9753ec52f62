"""Queues and their members are set up over HTTP, each tenant its own."""

from __future__ import annotations

from typing import Any

from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.events import QueueChanged
from yuelai.routing.repository import load_directory

QUEUES = "/api/v1/queues"
FAULT = {"code": "fault", "name": "故障申告", "name_en": "Faults", "priority": 2, "ring_seconds": 15,
         "wrapup_seconds": 45, "strategy": "best_skill"}  # fmt: skip


async def told(site: Site) -> list[str]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", QueueChanged.type)
    return [row["fact"]["queue_id"] for row in rows]


async def audited(site: Site) -> list[tuple[str, Any]]:
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT action, data FROM audit WHERE action LIKE 'queue.%' ORDER BY at, id")
    return [(row["action"], row["data"]) for row in rows]


async def test_a_queue_is_made_changed_and_closed(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")
    made = await client.post(QUEUES, json=FAULT)
    assert made.status_code == 201
    queue = made.json()
    assert queue == {**FAULT, "id": queue["id"], "active": True, "members": 0}
    again = await client.post(QUEUES, json=FAULT)
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")
    changed = await client.patch(f"{QUEUES}/{queue['id']}", json={"name": "报修", "priority": 2, "active": False})
    assert changed.json() == {**queue, "name": "报修", "active": False}
    assert (await client.patch(f"{QUEUES}/{queue['id']}", json={"name": "报修"})).status_code == 200
    assert (await client.get(QUEUES)).json()["items"] == [changed.json()]
    assert await told(site) == [queue["id"], queue["id"]], "what changes nothing is not told"
    assert await audited(site) == [
        ("queue.created", {"code": "fault"}), ("queue.changed", {"fields": ["active", "name"]})
    ]  # fmt: skip
    async with site.database.transaction(None) as conn:
        assert (await load_directory(conn)).queues == [], "closed"


async def test_settings_that_cannot_be_are_refused(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")
    for wrong in ({"code": "Fault!"}, {"ring_seconds": 0}, {"strategy": "by_magic"}, {"name": " "}, {"tenant_id": "x"}):
        assert (await client.post(QUEUES, json={**FAULT, **wrong})).status_code == 422, wrong
    nowhere = await client.patch(f"{QUEUES}/{new_id()}", json={"name": "x"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no_such_queue")


async def test_members_come_change_their_level_and_go(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    agents = [await add_person(site.database, f"agent0{n}", "agent", number=f"800{n}") for n in (1, 2, 3)]
    client = await site.client("boss")
    queue = (await client.post(QUEUES, json=FAULT)).json()["id"]
    for level, agent in enumerate(agents, 1):
        put = await client.put(f"{QUEUES}/{queue}/members/{agent.person_id}", json={"level": level})
        assert put.status_code == 204
    await client.put(f"{QUEUES}/{queue}/members/{agents[0].person_id}", json={"level": 5})
    page = (await client.get(f"{QUEUES}/{queue}/members", params={"limit": 2})).json()
    assert [(one["number"], one["level"]) for one in page["items"]] == [("8001", 5), ("8002", 2)]
    rest = await client.get(f"{QUEUES}/{queue}/members", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [one["name"] for one in rest.json()["items"]] == ["Agent03"]
    assert rest.json()["next_cursor"] is None
    assert (await client.delete(f"{QUEUES}/{queue}/members/{agents[1].person_id}")).status_code == 204
    gone = await client.delete(f"{QUEUES}/{queue}/members/{agents[1].person_id}")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_member")
    assert [one["members"] for one in (await client.get(QUEUES)).json()["items"]] == [2]
    assert await told(site) == [queue] * 6
    async with site.database.transaction(None) as conn:
        directory = await load_directory(conn)
    assert [(one.number, list(one.levels.values())) for one in directory.agents] == [("8001", [5]), ("8003", [3])]


async def test_only_people_of_the_tenant_serve_its_queues_and_only_as_long_as_they_are(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("eastboss")
    queue = (await client.post(QUEUES, json=FAULT)).json()["id"]
    stranger = await client.put(f"{QUEUES}/{queue}/members/{agent.person_id}", json={"level": 1})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "no_such_member")
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, 'agent')", agent.person_id, east
        )
    assert (await client.put(f"{QUEUES}/{queue}/members/{agent.person_id}", json={})).status_code == 204
    async with site.database.transaction(None) as conn:
        (served,) = (await load_directory(conn)).agents
        assert served.home == east, "the only tenant they serve"
        await conn.execute("DELETE FROM grants WHERE person_id = $1 AND tenant_id = $2", agent.person_id, east)
        assert (await load_directory(conn)).agents == []


async def test_one_tenants_queues_are_out_of_anothers_reach(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "boss", "admin")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    ours, theirs = await site.client("boss"), await site.client("eastboss")
    queue = (await ours.post(QUEUES, json=FAULT)).json()["id"]
    assert (await theirs.get(QUEUES)).json()["items"] == []
    assert (await theirs.patch(f"{QUEUES}/{queue}", json={"name": "Mine"})).status_code == 404
    assert (await theirs.get(f"{QUEUES}/{queue}/members")).status_code == 404
    assert (await theirs.put(f"{QUEUES}/{queue}/members/{new_id()}", json={})).status_code == 404
    assert (await theirs.post(QUEUES, json=FAULT)).status_code == 201, "codes are each tenant's own"


async def test_agents_may_look_and_not_touch(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("agent01")
    assert (await client.get(QUEUES)).status_code == 200
    assert (await client.post(QUEUES, json=FAULT)).status_code == 403
    assert (await client.patch(f"{QUEUES}/{new_id()}", json={})).status_code == 403
    assert (await client.put(f"{QUEUES}/{new_id()}/members/{agent.person_id}", json={})).status_code == 403
