"""Flows as they are drawn: drafts that two do not undo each other, versions that stay, numbers that lead to them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.flows.events import FlowPublished
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.ipc import IpcServer, Peer

FLOWS = "/api/v1/flows"


def document(said: str = "goodbye", **more: Any) -> dict[str, Any]:
    """A flow that says something and ends."""
    return {
        "start": "hello",
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "hello": {"kind": "say", "say": [said], "next": "end", "at": [10, 20]},
            "end": {"kind": "hangup", "served": True},
        },
        **more,
    }


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def made(client: httpx.AsyncClient, code: str = "sales", **more: Any) -> int:
    """Make a flow, draw it and publish it; return the version."""
    assert (await client.post(FLOWS, json={"code": code, "name": "售前"})).status_code == 201
    return await changed(client, code, document(**more))


async def changed(client: httpx.AsyncClient, code: str, body: dict[str, Any], note: str = "") -> int:
    rev = (await client.get(f"{FLOWS}/{code}")).json()["rev"]
    saved = await client.put(f"{FLOWS}/{code}/draft", json={"document": body, "rev": rev})
    assert saved.status_code == 200, saved.text
    published = await client.post(f"{FLOWS}/{code}/publish", json={"rev": saved.json()["rev"], "note": note})
    assert published.status_code == 200, published.text
    return int(published.json()["version"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def told(site: Site) -> list[tuple[str, int | None]]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", FlowPublished.type)
    return [(row["fact"]["code"], row["fact"]["version"]) for row in rows]


async def test_a_flow_is_drawn_published_and_given_a_number(site: Site, boss: httpx.AsyncClient) -> None:
    begun = await boss.post(FLOWS, json={"code": "sales", "name": "售前"})
    assert begun.status_code == 201, begun.text
    shown = begun.json()
    assert shown["published"] is None
    assert shown["draft"]["problems"] == []
    assert shown["draft"]["document"]["id"] == "sales"
    number = await boss.put("/api/v1/access-numbers/10000", json={"flow": "sales"})
    assert refusal(number) == (422, "no_such_flow"), "a draft answers nothing"

    saved = (await boss.put(f"{FLOWS}/sales/draft", json={"document": document(), "rev": shown["rev"]})).json()
    assert saved["rev"] == shown["rev"] + 1
    assert (await boss.post(f"{FLOWS}/sales/publish", json={"rev": saved["rev"], "note": "first"})).json() == {
        "version": 1
    }
    assert (await boss.put("/api/v1/access-numbers/10000", json={"flow": "sales"})).status_code == 200
    after = (await boss.get(f"{FLOWS}/sales")).json()
    assert after["draft"] is None
    published = after["published"]
    assert (published["version"], published["by"], published["note"]) == (1, "Boss", "first")
    assert list(published["document"]) == ["id", "version", "name", "start", "handlers", "nodes"], "as it was sent"
    assert published["document"]["nodes"]["hello"]["at"] == [10, 20]
    assert await told(site) == [("sales", 1)]
    line = next(item for item in (await boss.get(FLOWS)).json()["items"] if item["code"] == "sales")
    assert (line["numbers"], line["shipped"], line["running"]) == (["10000"], False, None)
    assert line["published"]["version"] == 1


async def test_a_draft_with_faults_is_kept_and_not_published(boss: httpx.AsyncClient) -> None:
    await made(boss)
    open_ = document()
    open_["nodes"]["hello"]["next"] = "nowhere"
    saved = (await boss.put(f"{FLOWS}/sales/draft", json={"document": open_, "rev": 0})).json()
    (problem,) = [each for each in saved["problems"] if each["severity"] == "error" and each["node"] == "hello"]
    assert set(problem) == {"node", "exit", "severity", "code", "message"}
    refused = await boss.post(f"{FLOWS}/sales/publish", json={"rev": saved["rev"]})
    assert refusal(refused) == (422, "flow_invalid")
    assert problem in refused.json()["problems"]
    after = (await boss.get(f"{FLOWS}/sales")).json()
    assert after["draft"]["document"]["nodes"]["hello"]["next"] == "nowhere"
    assert after["published"]["version"] == 1
    line = next(item for item in (await boss.get(FLOWS)).json()["items"] if item["code"] == "sales")
    assert line["draft"]["errors"] >= 1
    half = (await boss.post(f"{FLOWS}/check", json={"document": {"nodes": {"a": 1}}})).json()
    assert half["problems"]


async def test_two_editors_do_not_undo_each_other(boss: httpx.AsyncClient) -> None:
    await made(boss)
    read = (await boss.get(f"{FLOWS}/sales")).json()["rev"]
    mine, theirs = {"document": document("mine"), "rev": read}, {"document": document("theirs"), "rev": read}
    assert (await boss.put(f"{FLOWS}/sales/draft", json=mine)).status_code == 200
    late = await boss.put(f"{FLOWS}/sales/draft", json=theirs)
    assert (*refusal(late), late.json()["rev"]) == (409, "draft_changed", read + 1)
    assert refusal(await boss.put(f"{FLOWS}/sales/draft", json={**theirs, "rev": 0})) == (409, "draft_changed")
    assert refusal(await boss.post(f"{FLOWS}/sales/publish", json={"rev": read})) == (409, "draft_changed")
    assert (await boss.delete(f"{FLOWS}/sales/draft")).status_code == 204
    after = (await boss.get(f"{FLOWS}/sales")).json()
    assert (after["draft"], after["rev"]) == (None, read + 2)


async def test_going_back_publishes_an_earlier_version_anew(site: Site, boss: httpx.AsyncClient) -> None:
    await made(boss, said="goodbye")
    assert await changed(boss, "sales", document("closed"), "closed") == 2
    kept = await boss.put(f"{FLOWS}/sales/draft", json={"document": document("welcome"), "rev": 0})
    restored = await boss.post(f"{FLOWS}/sales/versions/1/restore", json={"note": "back"})
    assert restored.json() == {"version": 3}
    versions = (await boss.get(f"{FLOWS}/sales/versions")).json()["items"]
    assert [(each["version"], each["note"], each["current"]) for each in versions] == [
        (3, "back", True),
        (2, "closed", False),
        (1, "", False),
    ]
    third = (await boss.get(f"{FLOWS}/sales/versions/3")).json()["document"]
    first = (await boss.get(f"{FLOWS}/sales/versions/1")).json()["document"]
    assert (third["nodes"], third["version"], first["version"]) == (first["nodes"], 3, 1)
    draft = (await boss.get(f"{FLOWS}/sales")).json()["draft"]
    assert (draft["rev"], draft["document"]["nodes"]["hello"]["say"]) == (kept.json()["rev"], ["welcome"])
    assert await told(site) == [("sales", 1), ("sales", 2), ("sales", 3)]
    assert refusal(await boss.get(f"{FLOWS}/sales/versions/9")) == (404, "no_such_version")
    assert refusal(await boss.post(f"{FLOWS}/sales/versions/9/restore", json={})) == (404, "no_such_version")
    differing = (await boss.get(f"{FLOWS}/sales/compare", params={"one": "2", "other": "draft"})).json()
    assert differing["nodes"] == [
        {
            "node": "hello",
            "change": "changed",
            "fields": [{"name": "say", "one": ["closed"], "other": ["welcome"]}],
        }
    ]


async def test_a_shipped_flow_is_changed_by_making_it_ones_own(boss: httpx.AsyncClient) -> None:
    shipped = (await boss.get(f"{FLOWS}/direct")).json()
    assert (shipped["shipped"], shipped["draft"], shipped["published"]["at"]) == (True, None, None)
    before = shipped["published"]["version"]
    assert refusal(await boss.delete(f"{FLOWS}/direct")) == (409, "flow_shipped")
    assert refusal(await boss.post(f"{FLOWS}/direct/publish", json={"rev": 1})) == (409, "flow_shipped")
    assert await changed(boss, "direct", document(name="直接")) == before + 1
    own = (await boss.get(f"{FLOWS}/direct")).json()
    assert (own["name"], own["published"]["version"]) == ("直接", before + 1)
    versions = (await boss.get(f"{FLOWS}/direct/versions")).json()["items"]
    assert [(each["version"], each["current"]) for each in versions] == [(before + 1, True), (before, False)]
    assert (await boss.post(f"{FLOWS}/direct/versions/{before}/restore", json={})).json() == {"version": before + 2}
    assert (await boss.delete(f"{FLOWS}/direct")).status_code == 204
    assert (await boss.get(f"{FLOWS}/direct")).json()["published"]["version"] == before


async def test_a_template_and_a_code_that_is_taken(boss: httpx.AsyncClient) -> None:
    begun = await boss.post(FLOWS, json={"code": "second", "name": "二", "template": "main"})
    assert "main_menu" in begun.json()["draft"]["document"]["nodes"]
    assert refusal(await boss.post(FLOWS, json={"code": "second", "name": "x"})) == (409, "code_taken")
    nowhere = {"code": "third", "name": "x", "template": "nowhere"}
    assert refusal(await boss.post(FLOWS, json=nowhere)) == (404, "unknown_flow")
    for code in ("prompts", "simulations", "9a", "A", "x" * 65, ""):
        assert (await boss.post(FLOWS, json={"code": code, "name": "x"})).status_code == 422, code
    assert refusal(await boss.get(f"{FLOWS}/nowhere")) == (404, "unknown_flow")


async def test_what_is_in_use_is_not_deleted(site: Site, boss: httpx.AsyncClient) -> None:
    await made(boss)
    await boss.put("/api/v1/access-numbers/10000", json={"flow": "sales"})
    refused = await boss.delete(f"{FLOWS}/sales")
    assert (*refusal(refused), refused.json()["numbers"]) == (409, "flow_in_use", ["10000"])
    await boss.delete("/api/v1/access-numbers/10000")
    assert (await boss.delete(f"{FLOWS}/sales")).status_code == 204
    assert refusal(await boss.get(f"{FLOWS}/sales")) == (404, "unknown_flow")
    assert await told(site) == [("sales", 1), ("sales", None)]


async def test_documents_that_cannot_be_kept_are_refused_by_name(boss: httpx.AsyncClient) -> None:
    await made(boss)
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    unfit: list[dict[str, Any]] = [
        {"nodes": {"a": {"label": "x\x00"}}},
        {"nodes": deep},
        {"nodes": {f"n{number}": {} for number in range(1001)}},
        {"start": 10**40},
        {"start": "x" * (512 * 1024)},
    ]
    for body in unfit:
        answer = await boss.put(f"{FLOWS}/sales/draft", json={"document": body, "rev": 0})
        assert refusal(answer) == (422, "document_unfit"), str(body)[:50]
    headers = {"content-type": "application/json"}
    for value in (b"Infinity", b"NaN", b'"\\ud800"'):
        content = b'{"rev": 0, "document": {"start": %s}}' % value
        answer = await boss.put(f"{FLOWS}/sales/draft", content=content, headers=headers)
        assert refusal(answer)[0] == 422, value
    assert (await boss.get(f"{FLOWS}/sales")).json()["draft"] is None


async def test_a_flow_goes_out_and_comes_in_as_a_file(boss: httpx.AsyncClient) -> None:
    for format_ in ("json", "yaml"):
        file = await boss.get(f"{FLOWS}/main/export", params={"format": format_})
        assert file.status_code == 200
        assert file.headers["content-disposition"].endswith(f'.{format_}"')
        body = {"text": file.text, "code": f"copy_{format_}", "name": "副本"}
        taken = await boss.post(f"{FLOWS}/import", json=body)
        assert taken.status_code == 201, taken.text
        original = (await boss.get(f"{FLOWS}/main")).json()["published"]["document"]
        kept = taken.json()["draft"]["document"]
        assert kept["nodes"] == original["nodes"]
        assert list(kept["nodes"]) == list(original["nodes"])
        assert (kept["id"], kept["name"]) == (f"copy_{format_}", "副本")
    for text in ("[1, 2]", "{", "a: &a [x]\nb: *a", "!!python/object:os.system {}", "a: [", "\t", "id: Z"):
        refused = await boss.post(f"{FLOWS}/import", json={"text": text})
        assert refusal(refused) == (422, "file_unreadable"), text
    assert (await boss.get(f"{FLOWS}/copy_json/export", params={"version": "draft"})).status_code == 200
    assert refusal(await boss.get(f"{FLOWS}/copy_json/export")) == (404, "no_such_version")


async def test_prompts_and_look_ups_are_listed_with_what_they_say(boss: httpx.AsyncClient) -> None:
    prompts = {each["name"]: each for each in (await boss.get(f"{FLOWS}/prompts")).json()["items"]}
    assert "再见" in prompts["goodbye"]["text_zh"]
    assert "Goodbye" in prompts["goodbye"]["text_en"]
    lookups = {each["name"]: each for each in (await boss.get(f"{FLOWS}/lookups")).json()["items"]}
    assert lookups["hours"]["arguments"] == ["queue"]


async def test_one_tenants_flows_are_out_of_anothers_reach(site: Site, boss: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    theirs = await site.client("eastboss")
    await made(boss)
    assert refusal(await theirs.get(f"{FLOWS}/sales")) == (404, "unknown_flow")
    assert refusal(await theirs.put("/api/v1/access-numbers/20000", json={"flow": "sales"})) == (422, "no_such_flow")
    assert "sales" not in {item["code"] for item in (await theirs.get(FLOWS)).json()["items"]}
    assert await made(theirs) == 1
    assert (await boss.get(f"{FLOWS}/sales/versions")).json()["items"][0]["version"] == 1


async def test_who_may_look_and_who_may_draw(site: Site, boss: httpx.AsyncClient) -> None:
    await made(boss)
    for role, looks, draws in (("agent", 403, 403), ("leader", 200, 403), ("editor", 200, 201)):
        await add_person(site.database, role, role)
        client = await site.client(role)
        assert (await client.get(f"{FLOWS}/sales")).status_code == looks, role
        assert (await client.post(FLOWS, json={"code": f"of_{role}", "name": "x"})).status_code == draws, role


async def test_core_tells_how_many_contacts_are_in_which_version(site: Site, boss: httpx.AsyncClient) -> None:
    await made(boss)
    asked: list[str] = []

    async def running(peer: Peer, params: dict[str, Any]) -> Any:
        asked.append(params["principal"]["tenant_id"])
        return {"running": {"sales": {"1": 47, "2": 3}}}

    server = IpcServer(site.settings.socket("core"), {"flow.running": running})
    await server.start()
    try:
        async with asyncio.timeout(5):
            while (shown := (await boss.get(f"{FLOWS}/sales")).json()["running"]) is None:
                await asyncio.sleep(0.05)
        assert shown == {"1": 47, "2": 3}
        counts = {item["code"]: item["running"] for item in (await boss.get(FLOWS)).json()["items"]}
        assert (counts["sales"], counts["main"]) == (50, 0)
    finally:
        await server.close()
    assert set(asked) == {str(SAMPLE_TENANT)}


async def test_a_number_and_a_deletion_at_once_never_leave_a_number_without_its_flow(
    site: Site, boss: httpx.AsyncClient
) -> None:
    for round_ in range(5):
        code = f"once_{round_}"
        await made(boss, code)
        put, deleted = await asyncio.gather(
            boss.put("/api/v1/access-numbers/10000", json={"flow": code}), boss.delete(f"{FLOWS}/{code}")
        )
        assert (put.status_code, deleted.status_code) in ((200, 409), (422, 204)), (put.text, deleted.text)
        await boss.delete("/api/v1/access-numbers/10000")


async def test_who_drew_and_published_stands_on_the_audit_trail_and_not_every_save(
    site: Site, boss: httpx.AsyncClient
) -> None:
    await made(boss)
    await add_person(site.database, "editor", "editor")
    editor = await site.client("editor")
    rev = 0
    for client in (boss, boss, editor, editor):
        saved = await client.put(f"{FLOWS}/sales/draft", json={"document": document(), "rev": rev})
        rev = saved.json()["rev"]
    await editor.post(f"{FLOWS}/sales/publish", json={"rev": rev})
    await boss.post(f"{FLOWS}/sales/versions/1/restore", json={})
    await boss.delete(f"{FLOWS}/sales")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch(
            "SELECT a.action, p.username FROM audit a JOIN people p ON p.id = a.person_id "
            "WHERE a.object = 'flow/sales' ORDER BY a.at, a.id"
        )
    assert [tuple(row) for row in rows] == [
        ("flow.created", "boss"),
        ("flow.published", "boss"),
        ("flow.drafted", "boss"),
        ("flow.drafted", "editor"),
        ("flow.published", "editor"),
        ("flow.restored", "boss"),
        ("flow.deleted", "boss"),
    ]
