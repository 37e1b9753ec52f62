"""What wrap-ups can be closed with: a tree of two levels, set up over HTTP, checked by core."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.dispositions.events import DispositionsChanged
from yuelai.routing.dispositions.known import Disposition, KnownDispositions
from yuelai.routing.dispositions.tables import both, load_dispositions

DISPOSITIONS = "/api/v1/dispositions"
FAULT: dict[str, Any] = {
    "code": "fault", "name": "故障", "name_en": "Fault", "parent_id": None, "position": 2, "needs_note": True,
    "active": True, "queue_ids": [],
}  # fmt: skip


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def made(client: httpx.AsyncClient, code: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(DISPOSITIONS, json={"code": code, "name": code, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_queue(client: httpx.AsyncClient, code: str) -> str:
    return str((await client.post("/api/v1/queues", json={"code": code, "name": code})).json()["id"])


async def codes(client: httpx.AsyncClient, path: str = DISPOSITIONS) -> list[str]:
    return [one["code"] for one in (await client.get(path)).json()["items"]]


async def known(site: Site) -> KnownDispositions:
    async with site.database.transaction(None) as conn:
        return KnownDispositions(await load_dispositions(conn))


def refusal(dispositions: KnownDispositions, queue: str | None, code: str, note: str = "") -> str | None:
    try:
        dispositions.check(SAMPLE_TENANT, UUID(queue) if queue else None, code, note)
    except Refusal as refused:
        return refused.code
    return None


async def test_one_is_made_changed_and_deleted(site: Site, boss: httpx.AsyncClient) -> None:
    answer = await boss.post(DISPOSITIONS, json=FAULT)
    fault = answer.json()
    assert (answer.status_code, fault) == (201, {**FAULT, "id": fault["id"]})
    again = await boss.post(DISPOSITIONS, json=FAULT)
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")
    changed = await boss.patch(f"{DISPOSITIONS}/{fault['id']}", json={"name": "报修", "needs_note": True})
    assert changed.json() == {**fault, "name": "报修"}
    assert (await boss.patch(f"{DISPOSITIONS}/{fault['id']}", json={"name": "报修"})).status_code == 200
    assert (await boss.delete(f"{DISPOSITIONS}/{fault['id']}")).status_code == 204
    gone = await boss.delete(f"{DISPOSITIONS}/{fault['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_disposition")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT action, data FROM audit WHERE action LIKE 'disposition.%' ORDER BY at, id")
        assert [(row["action"], row["data"]) for row in rows] == [
            ("disposition.created", {"code": "fault"}),
            ("disposition.changed", {"fields": ["name"]}),
            ("disposition.deleted", {"code": "fault"}),
        ]
    async with site.database.transaction(None) as conn:
        told = await conn.fetchval("SELECT count(*) FROM outbox WHERE type = $1", DispositionsChanged.type)
    assert told == 3, "what changes nothing is not told"


async def test_the_tree_has_two_levels_and_its_order(boss: httpx.AsyncClient) -> None:
    fault = await made(boss, "fault", position=2)
    inquiry = await made(boss, "inquiry", position=1)
    line = await made(boss, "line", parent_id=fault["id"], position=2)
    await made(boss, "router", parent_id=fault["id"], position=1)
    assert await codes(boss) == ["inquiry", "fault", "router", "line"]
    for wrong in (
        await boss.post(DISPOSITIONS, json={"code": "x", "name": "x", "parent_id": line["id"]}),
        await boss.patch(f"{DISPOSITIONS}/{fault['id']}", json={"parent_id": inquiry["id"]}),
        await boss.patch(f"{DISPOSITIONS}/{inquiry['id']}", json={"parent_id": inquiry["id"]}),
    ):
        assert (wrong.status_code, wrong.json()["code"]) == (422, "two_levels")
    nowhere = await boss.post(DISPOSITIONS, json={"code": "x", "name": "x", "parent_id": str(new_id())})
    assert nowhere.status_code == 404
    held = await boss.delete(f"{DISPOSITIONS}/{fault['id']}")
    assert (held.status_code, held.json()["code"]) == (409, "in_use")
    up = await boss.patch(f"{DISPOSITIONS}/{line['id']}", json={"parent_id": None})
    assert up.json()["parent_id"] is None
    assert await codes(boss) == ["inquiry", "fault", "router", "line"]


async def test_a_queue_offers_its_own_and_those_of_all(site: Site, boss: httpx.AsyncClient) -> None:
    general, complaint = await a_queue(boss, "general"), await a_queue(boss, "complaint")
    await made(boss, "inquiry", position=1)
    angry = await made(boss, "angry", position=2, queue_ids=[complaint])
    await made(boss, "very_angry", parent_id=angry["id"])
    await made(boss, "of_general", parent_id=angry["id"], queue_ids=[general])
    await made(boss, "old", position=3, active=False)
    assert await codes(boss, f"/api/v1/queues/{general}/dispositions") == ["inquiry"]
    assert await codes(boss, f"/api/v1/queues/{complaint}/dispositions") == ["inquiry", "angry", "very_angry"]
    dispositions = await known(site)
    for queue in (general, complaint):
        offered = await codes(boss, f"/api/v1/queues/{queue}/dispositions")
        for code in await codes(boss):
            assert (refusal(dispositions, queue, code) is None) == (code in offered), (queue, code)
    assert refusal(dispositions, None, "very_angry") is None, "a contact without a queue may have what any may"
    nowhere = await boss.get(f"/api/v1/queues/{new_id()}/dispositions")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no_such_queue")
    unknown = await boss.patch(f"{DISPOSITIONS}/{angry['id']}", json={"queue_ids": [str(new_id())]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_queue")
    assert (await boss.patch(f"{DISPOSITIONS}/{angry['id']}", json={"queue_ids": []})).json()["queue_ids"] == []
    assert await codes(boss, f"/api/v1/queues/{general}/dispositions") == [
        "inquiry",
        "angry",
        "of_general",
        "very_angry",
    ]


async def test_what_is_switched_off_takes_those_below_along(site: Site, boss: httpx.AsyncClient) -> None:
    fault = await made(boss, "fault")
    await made(boss, "line", parent_id=fault["id"])
    await boss.patch(f"{DISPOSITIONS}/{fault['id']}", json={"active": False})
    dispositions = await known(site)
    assert [refusal(dispositions, None, code) for code in ("fault", "line")] == ["unknown_disposition"] * 2


def test_a_wrap_up_is_refused_what_its_tenant_does_not_have_and_a_note_that_is_missing() -> None:
    queue = new_id()
    dispositions = KnownDispositions([Disposition(SAMPLE_TENANT, "fault", True, frozenset({queue}))])
    assert refusal(dispositions, str(queue), "fault", "broken since noon") is None
    assert refusal(dispositions, str(queue), "fault", "  ") == "note_needed"
    assert refusal(dispositions, str(new_id()), "fault", "x") == "unknown_disposition"
    assert refusal(dispositions, str(queue), "weather", "x") == "unknown_disposition"
    assert refusal(dispositions, str(queue), "") is None, "the automatic end has none"
    with pytest.raises(Refusal):
        dispositions.check(new_id(), queue, "fault", "x")


def test_queues_of_two_levels_are_those_of_both() -> None:
    a, b = new_id(), new_id()
    everywhere = frozenset[UUID]()
    assert both(everywhere, everywhere) == everywhere
    assert both(frozenset({a}), everywhere) == both(everywhere, frozenset({a})) == frozenset({a})
    assert both(frozenset({a, b}), frozenset({b})) == frozenset({b})
    assert both(frozenset({a}), frozenset({b})) is None


async def test_one_tenants_are_out_of_anothers_reach_and_agents_only_look(site: Site, boss: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    await add_person(site.database, "agent01", "agent", number="8001")
    theirs, agent = await site.client("eastboss"), await site.client("agent01")
    fault = f"{DISPOSITIONS}/{(await made(boss, 'fault'))['id']}"
    assert await codes(theirs) == []
    assert (await theirs.patch(fault, json={"name": "Mine"})).status_code == 404
    assert (await theirs.delete(fault)).status_code == 404
    ours = await a_queue(boss, "general")
    unknown = await theirs.post(DISPOSITIONS, json={"code": "x", "name": "x", "queue_ids": [ours]})
    assert unknown.json()["code"] == "unknown_queue"
    assert await codes(agent) == ["fault"]
    assert (await agent.post(DISPOSITIONS, json={"code": "x", "name": "x"})).status_code == 403
    assert (await agent.patch(fault, json={})).status_code == 403
    assert (await agent.delete(fault)).status_code == 403
