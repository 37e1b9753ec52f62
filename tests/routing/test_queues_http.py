"""Queues and their members are set up over HTTP, each tenant its own."""

from __future__ import annotations

from typing import Any

from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.events import QueueChanged
from yuelai.routing.repository import load_directory

QUEUES = "/api/v1/queues"
FAULT = {"code": "fault", "name": "故障申告", "name_en": "Faults", "priority": 2, "ring_seconds": 15,
         "wrapup_seconds": 45, "strategy": "most_skilled"}  # fmt: skip
USUAL: dict[str, Any] = {
    "channel": "voice", "skills": [], "prefer_seconds": 20, "overflows": [], "calendar_id": None,
    "extend_seconds": 300, "target_seconds": 20, "target_share": 0.8,
    "treatment": {"music": "queue_music", "notice": "", "greeting": "", "announce_every": 30, "first_announce": 10,
                  "position": True, "estimate": True, "comfort": ["still_busy", "call_matters"], "callback_after": 60,
                  "voicemail_after": 0, "agent_number": False},
}  # fmt: skip


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
    assert queue == {**FAULT, **USUAL, "id": queue["id"], "active": True, "members": 0}
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


async def a_skill(site: Site, code: str = "fault") -> str:
    skill = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO skills (id, tenant_id, code, name) VALUES ($1, $2, $3, $3)", skill, SAMPLE_TENANT, code
        )
    return str(skill)


async def test_all_that_a_queue_can_be_set_to_is_kept_and_read_by_core(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client, skill = await site.client("boss"), await a_skill(site)
    calendar = (await client.post("/api/v1/calendars", json={"code": "desk", "name": "营业时间"})).json()["id"]
    await client.post(QUEUES, json={**FAULT, "code": "general"})
    settings = {
        "strategy": "ring_all",
        "prefer_seconds": 45,
        "extend_seconds": 120,
        "target_seconds": 15,
        "target_share": 0.9,
        "calendar_id": calendar,
        "skills": [
            {"skill_id": skill, "level": 2, "required": True, "relax_after": None, "relax_to": 0},
            {"skill_id": skill, "level": 4, "required": False, "relax_after": 30, "relax_to": 1},
        ],
        "overflows": [
            {"when": "closed", "to": "voicemail", "limit": 0, "target": ""},
            {"when": "length", "to": "message", "limit": 50, "target": "queue_full"},
            {"when": "wait", "to": "queue", "limit": 60, "target": "general"},
            {"when": "estimate", "to": "callback", "limit": 300, "target": ""},
            {"when": "nobody", "to": "number", "limit": 0, "target": "+8657188126620"},
            {"when": "wait", "to": "site", "limit": 90, "target": ""},
        ],
        "treatment": {**USUAL["treatment"], "music": "hold_music", "greeting": "welcome", "callback_after": 0},
    }
    made = await client.post(QUEUES, json={**FAULT, **settings})
    assert made.status_code == 201, made.text
    queue = made.json()
    assert queue == {**FAULT, **USUAL, **settings, "id": queue["id"], "active": True, "members": 0}
    async with site.database.transaction(None) as conn:
        (read,) = [one for one in (await load_directory(conn)).queues if one.code == "fault"]
        assert await conn.fetchval("SELECT treatment FROM queues WHERE id = $1", read.id) == {
            "music": "hold_music", "greeting": "welcome", "callback_after": 0
        }, "what is as usual is not kept"  # fmt: skip
    assert (read.prefer_seconds, read.extend_seconds, str(read.calendar_id)) == (45, 120, calendar)
    assert [(wish.level, wish.required, wish.relax_after, wish.relax_to) for wish in read.skills] == [
        (2, True, None, 0), (4, False, 30, 1)
    ]  # fmt: skip
    assert [(rule.when, rule.to, rule.limit, rule.target) for rule in read.overflows] == [
        (rule["when"], rule["to"], rule["limit"], rule["target"]) for rule in settings["overflows"]
    ]
    assert (read.treatment.music, read.treatment.callback_after, read.treatment.announce_every) == ("hold_music", 0, 30)
    same = await client.patch(f"{QUEUES}/{queue['id']}", json=settings)
    assert same.json() == queue
    brief = {"treatment": {"estimate": False}, "skills": [{"skill_id": skill}]}
    said = (await client.patch(f"{QUEUES}/{queue['id']}", json=brief)).json()
    assert (said["treatment"]["estimate"], said["treatment"]["music"]) == (False, "queue_music"), "the rest as usual"
    assert said["skills"] == [{"skill_id": skill, "level": 1, "required": True, "relax_after": None, "relax_to": 0}]
    less = await client.patch(f"{QUEUES}/{queue['id']}", json={"skills": [], "overflows": [], "calendar_id": None})
    assert (less.json()["skills"], less.json()["overflows"], less.json()["calendar_id"]) == ([], [], None)
    assert await audited(site) == [
        ("queue.created", {"code": "general"}),
        ("queue.created", {"code": "fault"}),
        ("queue.changed", {"fields": ["skills", "treatment"]}),
        ("queue.changed", {"fields": ["calendar_id", "overflows", "skills"]}),
    ]


async def test_settings_that_name_what_is_not_there_are_refused_by_name(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client, skill = await site.client("boss"), await a_skill(site)
    await client.post(QUEUES, json={**FAULT, "code": "shut"})
    shut = (await client.get(QUEUES)).json()["items"][0]["id"]
    await client.patch(f"{QUEUES}/{shut}", json={"active": False})
    wish = {"skill_id": skill}
    for wrong, code in (
        ({"skills": [{"skill_id": str(new_id())}]}, "unknown_skill"),
        ({"skills": [wish, wish]}, "skill_twice"),
        ({"calendar_id": str(new_id())}, "unknown_calendar"),
        ({"treatment": {"music": "brass_band"}}, "unknown_prompt"),
        ({"treatment": {"music": "greeting"}}, "unknown_prompt"),
        ({"treatment": {"comfort": ["still_busy", "be_patient"]}}, "unknown_prompt"),
        ({"overflows": [{"when": "nobody", "to": "message", "target": "gone_fishing"}]}, "unknown_prompt"),
        ({"overflows": [{"when": "nobody", "to": "queue", "target": "nowhere"}]}, "no_such_target"),
        ({"overflows": [{"when": "wait", "limit": 9, "to": "queue", "target": "shut"}]}, "no_such_target"),
        ({"overflows": [{"when": "wait", "limit": 9, "to": "queue", "target": "fault"}]}, "overflow_circle"),
    ):
        refused = await client.post(QUEUES, json={**FAULT, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, code), wrong
    assert [one["code"] for one in (await client.get(QUEUES)).json()["items"]] == ["shut"]


async def test_settings_that_contradict_themselves_are_refused(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client, skill = await site.client("boss"), await a_skill(site)
    voicemail = {"when": "wait", "to": "voicemail", "limit": 60}
    for wrong in (
        {"skills": [{"skill_id": skill, "required": False}]},
        {"skills": [{"skill_id": skill, "level": 3, "relax_after": 20, "relax_to": 3}]},
        {"skills": [{"skill_id": skill, "level": 6}]},
        {"skills": [{"skill_id": skill}] * 11},
        {"overflows": [{"when": "wait", "to": "voicemail"}]},
        {"overflows": [{"when": "closed", "to": "voicemail", "limit": 5}]},
        {"overflows": [{"when": "nobody", "to": "site"}]},
        {"overflows": [{"when": "nobody", "to": "queue"}]},
        {"overflows": [{"when": "nobody", "to": "voicemail", "target": "x"}]},
        {"overflows": [{"when": "nobody", "to": "number", "target": "sip:x@y"}]},
        {"overflows": [voicemail] * 11},
        {"treatment": {"announce_every": -1}},
        {"treatment": {"smell": "roses"}},
        {"target_share": 1.5},
        {"strategy": "best_skill"},
    ):
        refused = await client.post(QUEUES, json={**FAULT, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request"), wrong


async def test_queues_may_help_each_other_and_never_send_contacts_round(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")
    ids = {
        code: (await client.post(QUEUES, json={**FAULT, "code": code})).json()["id"] for code in ("a", "b", "c", "d")
    }

    async def sends(code: str, to: str, when: str = "nobody") -> tuple[int, Any]:
        rule = {"when": when, "to": "queue", "target": to, "limit": 30 if when == "wait" else 0}
        answer = await client.patch(f"{QUEUES}/{ids[code]}", json={"overflows": [rule]})
        return answer.status_code, answer.json().get("queues")

    assert await sends("a", "b") == (200, None)
    assert await sends("b", "c", "closed") == (200, None)
    assert await sends("c", "a") == (422, ["c", "a", "b", "c"])
    assert await sends("c", "a", "wait") == (200, None), "help after a wait sends nobody round"
    assert await sends("d", "a") == (200, None), "who leads into others is in no circle"
    await client.patch(f"{QUEUES}/{ids['b']}", json={"active": False})
    assert (await client.patch(f"{QUEUES}/{ids['a']}", json={"overflows": []})).status_code == 200
    assert await sends("c", "a") == (200, None)
    assert await sends("a", "b") == (422, None), "b is closed"
    assert (await client.patch(f"{QUEUES}/{ids['b']}", json={"active": True})).status_code == 200
    assert await sends("a", "b") == (422, ["a", "b", "c", "a"])


async def test_a_skill_that_a_queue_wants_is_not_deleted(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client, skill = await site.client("boss"), await a_skill(site)
    await client.post(QUEUES, json={**FAULT, "skills": [{"skill_id": skill}]})
    refused = await client.delete(f"/api/v1/skills/{skill}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")


async def test_what_can_be_played_is_listed_with_its_words(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    listed = await (await site.client("boss")).get("/api/v1/queues/prompts")
    prompts = {one["name"]: one for one in listed.json()["items"]}
    assert prompts["queue_music"] == {"name": "queue_music", "kind": "music", "text": {}}
    assert prompts["goodbye"]["kind"] == "sentence"
    assert set(prompts["goodbye"]["text"]) == {"zh-CN", "en"}
    assert "beep" not in prompts


async def test_members_keep_their_place_in_the_fixed_order_until_it_is_changed(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("boss")
    member = f"{QUEUES}/{(await client.post(QUEUES, json=FAULT)).json()['id']}/members"

    async def position() -> int:
        return int((await client.get(member)).json()["items"][0]["position"])

    await client.put(f"{member}/{agent.person_id}", json={"level": 2})
    assert await position() == 100
    await client.put(f"{member}/{agent.person_id}", json={"level": 2, "position": 7})
    await client.put(f"{member}/{agent.person_id}", json={"level": 3})
    assert await position() == 7
    assert (await client.put(f"{member}/{agent.person_id}", json={"position": 0})).status_code == 422


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
