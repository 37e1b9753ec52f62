"""Scripts are drafted, published and followed over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.knowledge.played import Played
from tests.support.web import Site, add_person, add_tenant
from yuelai.knowledge.scripts import tables
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id

SCRIPTS = "/api/v1/scripts"


def branch(label: str, next_: str | None = None, effect: dict[str, str] | None = None) -> dict[str, Any]:
    return {"label": label, "label_en": "", "next": next_, "effect": effect}


def body(text: str = "{customer.honorific}，修好了吗？", **entry: Any) -> dict[str, Any]:
    steps = [
        {"id": "ask", "text": text, "text_en": "", "branches": [
            branch("好了", None, {"kind": "result", "code": "solved"}),
            branch("没有", "visit", {"kind": "business", "code": "fault"}),
        ]},
        {"id": "visit", "text": "马上派人。", "text_en": "", "branches": []},
    ]  # fmt: skip
    known = {"queues": [], "dispositions": [], "classes": [], "matches": [], "keys": ""}
    return {"steps": steps, "entry": {**known, **entry}}


async def made(editor: httpx.AsyncClient, code: str = "visit", *, publish: bool = True, **more: Any) -> dict[str, Any]:
    answer = await editor.post(SCRIPTS, json={"code": code, "name": "回访", "body": body(), **more})
    assert answer.status_code == 201, answer.text
    if publish:
        path = f"{SCRIPTS}/{answer.json()['id']}/versions"
        answer = await editor.post(path, json={"rev": 1, "note": "第一版"})
        assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_script_is_drafted_published_and_rolled_back(site: Site, editor: httpx.AsyncClient) -> None:
    script = await made(editor, publish=False)
    path = f"{SCRIPTS}/{script['id']}"
    assert (script["published"], script["rev"], script["faults"], script["versions"]) == (None, 1, [], [])
    assert (await editor.post(SCRIPTS, json={"code": "visit", "name": "x", "body": body()})).json()[
        "code"
    ] == "code_taken"
    await editor.post(f"{path}/versions", json={"rev": 1})
    drafted = await editor.put(f"{path}/draft", json={"rev": 1, "body": body("好了没有？")})
    assert drafted.json()["rev"] == 2
    stale = await editor.put(f"{path}/draft", json={"rev": 1, "body": body("我来改")})
    assert (stale.status_code, stale.json()["code"], stale.json()["rev"]) == (409, "draft_changed", 2)
    (line,) = (await editor.get(SCRIPTS, params={"q": "回访"})).json()["items"]
    assert (line["published"], line["unpublished"], line["runs"]) == (1, True, 0)
    second = (await editor.post(f"{path}/versions", json={"rev": 2})).json()
    assert (second["published"], [one["version"] for one in second["versions"]]) == (2, [2, 1])
    assert (await editor.get(f"{path}/versions/1")).json()["body"] == body()
    back = (await editor.put(f"{path}/published", json={"version": 1})).json()
    assert (back["published"], back["draft"]["steps"][0]["text"]) == (1, "好了没有？")
    none = await editor.put(f"{path}/published", json={"version": 9})
    assert (none.status_code, none.json()["code"]) == (404, "no_such_version")
    assert (await editor.patch(path, json={"name": "上门回访", "position": 5})).json()["name"] == "上门回访"
    assert (await editor.get(SCRIPTS, params={"q": "没有这个"})).json()["items"] == []
    assert (await editor.delete(path)).status_code == 204
    assert (await editor.get(path)).json()["code"] == "no_such_script"


async def test_a_broken_script_is_kept_but_not_published(editor: httpx.AsyncClient) -> None:
    broken = body("{customer.nmae}您好")
    broken["steps"][0]["branches"][1]["next"] = "nowhere"
    script = (await editor.post(SCRIPTS, json={"code": "broken", "name": "坏的", "body": broken})).json()
    refused = await editor.post(f"{SCRIPTS}/{script['id']}/versions", json={"rev": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "script_broken")
    told = {(fault["code"], fault["step"], fault["branch"], fault["what"]) for fault in refused.json()["faults"]}
    assert told == {
        ("unknown_place", "ask", None, "customer.nmae"),
        ("missing_next", "ask", 1, "nowhere"),
        ("unreachable", "visit", None, ""),
    }
    assert refused.json()["faults"] == script["faults"]


async def test_a_draft_is_tried_on_made_up_customers(editor: httpx.AsyncClient) -> None:
    tried = (await editor.post(f"{SCRIPTS}/try", json={"body": body(), "sample": "gold"})).json()
    assert tried["faults"] == []
    assert [part["text"] for part in tried["steps"][0]["parts"]] == ["王女士", "，修好了吗？"]
    unknown = (await editor.post(f"{SCRIPTS}/try", json={"body": body(), "sample": "new"})).json()
    assert unknown["steps"][0]["parts"][0] == {"text": "…", "field": "customer.honorific", "missing": True}
    assert "last_contact.subject" in tried["fields"]


async def test_what_suits_the_contact_comes_first(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    await made(editor, "anywhere", position=1)
    await made(editor, "vips", position=2, body=body(classes=["vip"]))
    await made(editor, "faults", position=3, body=body(dispositions=["fault_line"], classes=["gold"]))
    await made(editor, "hidden", position=0, publish=False)
    path = f"/api/v1/interactions/{desk.add()}/scripts"
    found = (await agent.get(path)).json()
    items = found["items"]
    assert (found["opening"]["number"], found["opening"]["parts"][0]["text"]) == (1, "王女士")
    assert [(one["code"], one["fits"], one["best"], one["why"]) for one in items] == [
        ("faults", True, True, ["disposition", "class"]),
        ("anywhere", True, False, []),
        ("vips", False, False, []),
    ]
    assert [one["code"] for one in (await agent.get(path, params={"q": "VIP"})).json()["items"]] == ["vips"]


async def test_a_script_is_followed_to_its_end(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    script = await made(editor)
    contact = desk.add()
    path = f"/api/v1/interactions/{contact}"
    run = (await agent.post(f"{path}/script-runs", json={"script_id": script["id"]})).json()
    assert (run["version"], run["step"]["number"], run["step"]["total"], run["read"]) == (1, 1, 2, 1)
    assert run["step"]["parts"][0] == {"text": "王女士", "field": "customer.honorific", "missing": False}
    assert [(one["label"], one["leads_to"]) for one in run["step"]["branches"]] == [("好了", None), ("没有", 2)]
    # A page that is loaded again, and a colleague who takes over, find it where it stands.
    assert (await agent.get(f"{path}/scripts")).json()["running"] == run
    assert (await agent.post(f"{path}/script-runs", json={"script_id": script["id"]})).json() == run
    steps = f"{path}/script-runs/{run['id']}/steps"
    on = (await agent.post(steps, json={"step": "ask", "branch": 1})).json()
    assert (on["step"]["id"], on["read"], on["effect"]) == ("visit", 2, {"kind": "business", "code": "fault"})
    twice = await agent.post(steps, json={"step": "ask", "branch": 1})
    assert (twice.status_code, twice.json()["code"], twice.json()["step"]) == (409, "run_moved_on", "visit")
    back = (await agent.post(f"{path}/script-runs/{run['id']}/back")).json()
    assert (back["step"]["id"], back["read"]) == ("ask", 1)
    wrong = await agent.post(steps, json={"step": "ask", "branch": 7})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_such_branch")
    await agent.post(steps, json={"step": "ask", "branch": 1})
    end = (await agent.post(steps, json={"step": "visit"})).json()
    assert (end["outcome"], end["ended_at"] is not None) == ("done", True)
    assert (await agent.post(steps, json={"step": "visit"})).json()["code"] == "run_over"
    after = (await agent.get(f"{path}/scripts")).json()
    assert (after["running"], after["items"][0]["followed"]) == (None, True)
    kinds = [kind for kind, _ in desk.lines]
    assert kinds == ["script_started", "script_step", "script_step", "script_done"]
    assert (desk.lines[1][1]["branch"], desk.lines[1][1]["step"], desk.lines[3][1]["outcome"]) == ("没有", 1, "done")
    usage = (await editor.get(f"{SCRIPTS}/{script['id']}/usage")).json()
    assert (usage["version"], usage["runs"], usage["completed"], usage["agents"]) == (1, 1, 1, 1)
    assert usage["steps"] == [
        {"id": "ask", "times": 1, "branches": [0, 1], "left": 0},
        {"id": "visit", "times": 1, "branches": [], "left": 0},
    ]
    assert usage["outcomes"] == [{"outcome": "done", "runs": 1}]


async def test_a_running_contact_keeps_its_version_and_the_next_one_gets_the_new(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    script = await made(editor)
    first, second = (f"/api/v1/interactions/{desk.add()}/script-runs" for _ in range(2))
    run = (await agent.post(first, json={"script_id": script["id"]})).json()
    changed = body("新的问法？")
    changed["steps"][1]["text"] = "新的派人。"
    await editor.put(f"{SCRIPTS}/{script['id']}/draft", json={"rev": 1, "body": changed})
    await editor.post(f"{SCRIPTS}/{script['id']}/versions", json={"rev": 2})
    on = (await agent.post(f"{first}/{run['id']}/steps", json={"step": "ask", "branch": 1})).json()
    assert (on["version"], on["step"]["parts"][0]["text"]) == (1, "马上派人。")
    new = (await agent.post(second, json={"script_id": script["id"]})).json()
    assert (new["version"], new["step"]["parts"][0]["text"]) == (2, "新的问法？")


async def test_another_script_puts_the_first_away_and_stopping_is_counted(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    one, two = await made(editor, "one"), await made(editor, "two")
    runs = f"/api/v1/interactions/{desk.add()}/script-runs"
    await agent.post(runs, json={"script_id": one["id"]})
    second = (await agent.post(runs, json={"script_id": two["id"]})).json()
    stopped = (await agent.post(f"{runs}/{second['id']}/finish", json={})).json()
    assert stopped["outcome"] == "left"
    assert (await agent.post(f"{runs}/{second['id']}/finish", json={"outcome": "done"})).json()["outcome"] == "left"
    for script, outcome in ((one, "switched"), (two, "left")):
        usage = (await editor.get(f"{SCRIPTS}/{script['id']}/usage")).json()
        assert (usage["completed"], usage["outcomes"]) == (0, [{"outcome": outcome, "runs": 1}])
        assert usage["steps"][0]["left"] == 1
    unpublished = await made(editor, "three", publish=False)
    refused = await agent.post(runs, json={"script_id": unpublished["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")


async def waits(database: Database) -> None:
    """Return once somebody waits for a row that another transaction holds."""
    async with asyncio.timeout(10), database.transaction(None) as conn:
        while not await conn.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.02)
            await conn.execute("SELECT pg_stat_clear_snapshot()")


async def test_a_colleagues_result_stands_when_another_script_is_begun(
    site: Site, editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    one, two = await made(editor, "one"), await made(editor, "two")
    runs = f"/api/v1/interactions/{desk.add()}/script-runs"
    first = (await agent.post(runs, json={"script_id": one["id"]})).json()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        assert await tables.end(conn, UUID(first["id"]), "solved", SystemClock().now())
        beginning = asyncio.ensure_future(agent.post(runs, json={"script_id": two["id"]}))
        await waits(site.database)
    second = (await beginning).json()
    assert (second["script_id"], second["ended_at"]) == (two["id"], None)
    usage = (await editor.get(f"{SCRIPTS}/{one['id']}/usage")).json()
    assert usage["outcomes"] == [{"outcome": "solved", "runs": 1}]
    assert [kind for kind, _ in desk.lines] == ["script_started", "script_started"]


async def test_a_script_is_begun_again_when_the_one_in_the_way_is_over(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, runs = await made(editor), f"/api/v1/interactions/{desk.add()}/script-runs"
    begin, in_the_way = tables.begin, [True, True, True, True]

    async def late(*args: Any) -> bool:
        return False if in_the_way and in_the_way.pop() else await begin(*args)

    monkeypatch.setattr(tables, "begin", late)
    refused = await agent.post(runs, json={"script_id": script["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "run_over")
    assert (await agent.post(runs, json={"script_id": script["id"]})).json()["step"]["id"] == "ask"
    assert [kind for kind, _ in desk.lines] == ["script_started"]


async def test_contacts_of_others_and_runs_of_other_contacts_are_nobodys(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    script = await made(editor)
    assert (await agent.get(f"/api/v1/interactions/{new_id()}/scripts")).json()["code"] == "no_such_interaction"
    one, other = desk.add(), desk.add()
    run = (await agent.post(f"/api/v1/interactions/{one}/script-runs", json={"script_id": script["id"]})).json()
    path = f"/api/v1/interactions/{other}/script-runs/{run['id']}"
    for action, sent in (("steps", {"step": "ask", "branch": 0}), ("back", None), ("finish", {})):
        assert (await agent.post(f"{path}/{action}", json=sent)).json()["code"] == "no_such_run"


async def test_agents_do_not_write_scripts_and_tenants_keep_their_own(
    site: Site, editor: httpx.AsyncClient, agent: httpx.AsyncClient
) -> None:
    script = await made(editor)
    assert (await agent.get(SCRIPTS)).status_code == 403
    await add_person(site.database, "elsewhere", "editor", tenant=await add_tenant(site.database, "east"))
    other = await site.client("elsewhere")
    assert (await other.get(SCRIPTS)).json()["items"] == []
    assert (await other.get(f"{SCRIPTS}/{script['id']}")).status_code == 404


async def test_lists_page_by_cursor(editor: httpx.AsyncClient) -> None:
    for number in range(5):
        await made(editor, f"s{number}", publish=False, position=10 - number)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await editor.get(SCRIPTS, params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [one["code"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["s4", "s3", "s2", "s1", "s0"]
