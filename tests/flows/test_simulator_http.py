"""Trying flows out over HTTP: with the tenant's own data where reading is all it takes, and by its maker alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import SAMPLE_TENANT, new_id

SIMULATIONS = "/api/v1/flows/simulations"


def document(**nodes: Any) -> dict[str, Any]:
    return {
        "start": next(iter(nodes)),
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            **nodes,
            "end": {"kind": "hangup", "served": True},
            "agent": {"kind": "queue", "queue": "general"},
        },
    }


HOURS = {"kind": "hours", "queue": "general", "open": "agent", "closed": "end"}
BALANCE = {
    "kind": "lookup",
    "lookup": "balance",
    "arguments": {"customer_id": "customer.id"},
    "save": "account",
    "next": "tell",
    "failed": "agent",
}
TELL = {"kind": "say", "say": ["balance_is", {"money": "account.minor"}], "next": "end"}
MENU = {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "end"}, "2": {"next": "agent"}}}


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def begun(client: httpx.AsyncClient, of: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await client.post(SIMULATIONS, json={"document": of, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_queue(site: Site, week: list[Any] | None = None) -> None:
    async with site.database.transaction(None) as conn:
        calendar = None
        if week is not None:
            calendar = new_id()
            await conn.execute(
                "INSERT INTO calendars (id, tenant_id, code, name, timezone, weekly) "
                "VALUES ($1, $2, 'h', 'H', 'UTC', $3)",
                calendar,
                SAMPLE_TENANT,
                week,
            )
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name, calendar_id) VALUES ($1, $2, 'general', 'G', $3)",
            new_id(),
            SAMPLE_TENANT,
            calendar,
        )


async def a_customer(site: Site, phone: str) -> None:
    boss = await site.client("boss")
    made = await boss.post("/api/v1/customers", json={"name": "王芳", "phones": [phone]})
    assert made.status_code == 201, made.text
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO accounts (id, tenant_id, customer_id, no, kind, balance_minor) "
            "VALUES ($1, $2, $3, 'A1', 'prepaid', 12345)",
            new_id(),
            SAMPLE_TENANT,
            made.json()["id"],
        )


async def test_a_flow_is_tried_out_key_by_key(boss: httpx.AsyncClient) -> None:
    simulation = await begun(boss, document(menu=MENU))
    assert (simulation["waiting"]["node"], simulation["node"], simulation["ended"]) == ("menu", "menu", None)
    path = f"{SIMULATIONS}/{simulation['id']}"
    after = (await boss.post(f"{path}/input", json={"keys": "2"})).json()
    assert after["ended"] == {"outcome": "queue", "queue": "general", "number": None}
    assert after["events"][: len(simulation["events"])] == simulation["events"], "all events, those before first"
    late = await boss.post(f"{path}/input", json={"keys": "2"})
    assert (late.status_code, late.json()["code"]) == (409, "simulation_over")
    assert (await boss.get(path)).json() == after, "what has ended is kept until it is forgotten"
    assert (await boss.delete(path)).status_code == 204
    assert (await boss.get(path)).status_code == 404
    for wrong in ({}, {"keys": "x"}, {"keys": "1", "silence": True}, {"silence": False}):
        assert (await boss.post(f"{path}/input", json=wrong)).status_code == 422, wrong


async def test_what_is_broken_is_not_tried_out(boss: httpx.AsyncClient) -> None:
    broken = document(menu={**MENU, "choices": {"1": {"next": "nowhere"}}})
    refused = await boss.post(SIMULATIONS, json={"document": broken})
    assert (refused.status_code, refused.json()["code"]) == (422, "flow_invalid")
    assert "menu" in {problem["node"] for problem in refused.json()["problems"]}


async def test_hours_are_those_of_the_queue_at_the_simulations_own_time(site: Site, boss: httpx.AsyncClient) -> None:
    await a_queue(site, [[["09:00", "17:00"]]] * 7)
    for at, outcome in (("2026-03-04T10:00:00Z", "queue"), ("2026-03-04T20:00:00Z", "served")):
        assert (await begun(boss, document(hours=HOURS), at=at))["ended"]["outcome"] == outcome, at


async def test_a_customers_balance_is_read_for_who_may_see_customers(site: Site, boss: httpx.AsyncClient) -> None:
    await a_customer(site, "13800138000")
    of = document(balance=BALANCE, tell=TELL)
    seen = await begun(boss, of, ani="13800138000")
    assert seen["variables"]["customer"]["name"] == "王芳"
    assert "123.45" in "".join(event["text"] for event in seen["events"] if event["kind"] == "say")
    await add_person(site.database, "editor", "editor")
    hidden = await begun(await site.client("editor"), of, ani="13800138000")
    assert (hidden["variables"]["customer"], hidden["variables"]["match"]) == (None, "new")
    assert "王芳" not in str(hidden)
    assert hidden["ended"]["outcome"] == "queue"
    guessed = {**BALANCE, "arguments": {"customer_id": f"'{seen['variables']['customer']['id']}'"}}
    told = await begun(await site.client("editor"), document(balance=guessed, tell=TELL))
    assert told["ended"]["outcome"] == "queue"
    assert "12345" not in str(told)


async def test_answers_stand_in_for_business_systems_and_nothing_is_paid(boss: httpx.AsyncClient) -> None:
    pay = {
        "kind": "pay",
        "say": ["connecting"],
        "account": "'a1'",
        "amount": "100",
        "save": "paid",
        "next": "end",
        "failed": "agent",
        "unknown": "agent",
    }
    of = document(pay=pay)
    assert (await begun(boss, of))["ended"]["outcome"] == "queue", "not asked at all"
    assert (await begun(boss, of, answers={"bss.pay": "fail"}))["ended"]["outcome"] == "queue"
    answers = {"bss.pay": {"ok": True, "paid_minor": 100, "balance_minor": 0, "reason": ""}}
    assert (await begun(boss, of, answers=answers))["ended"]["outcome"] == "served"


async def test_a_simulation_is_its_makers_alone(site: Site, boss: httpx.AsyncClient) -> None:
    simulation = await begun(boss, document(menu=MENU))
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "other", "editor")
    await add_person(site.database, "far", "admin", tenant=east)
    for name in ("other", "far"):
        client = await site.client(name)
        assert (await client.get(f"{SIMULATIONS}/{simulation['id']}")).status_code == 404
        answer = await client.post(f"{SIMULATIONS}/{simulation['id']}/input", json={"keys": "1"})
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_simulation")
    await add_person(site.database, "agent", "agent")
    agent = await site.client("agent")
    assert (await agent.post(SIMULATIONS, json={"document": document(menu=MENU)})).status_code == 403


async def test_a_published_flow_is_walked_within(boss: httpx.AsyncClient) -> None:
    await boss.post("/api/v1/flows", json={"code": "inner", "name": "内"})
    saved = await boss.put("/api/v1/flows/inner/draft", json={"document": document(menu=MENU), "rev": 1})
    published = await boss.post("/api/v1/flows/inner/publish", json={"rev": saved.json()["rev"]})
    assert published.status_code == 200, published.text
    of = document(go={"kind": "flow", "flow": "inner", "next": "end", "failed": "agent"})
    simulation = await begun(boss, of)
    assert simulation["waiting"]["node"] == "menu"
    refused = await boss.delete("/api/v1/flows/inner")
    assert refused.status_code == 204, "a draft that nobody published does not hold it"


async def test_a_tenants_own_prompts_are_told_in_their_words(boss: httpx.AsyncClient) -> None:
    for name, language, text in (
        ("spring_offer", "zh-CN", "春季优惠"),
        ("summer_offer", "en", "Summer offer"),
        ("goodbye", "zh-CN", "回头见"),
    ):
        sent = await boss.put(f"/api/v1/prompts/{name}/{language}", data={"text": text}, files={"x": (None, "1")})
        assert sent.status_code == 200, sent.text
    hello = {"kind": "notice", "say": ["spring_offer", {"prompt": "summer_offer"}, "goodbye"], "next": "menu"}
    state = await begun(boss, document(hello=hello, menu=MENU))
    said = [event["text"] for event in state["events"] if event["kind"] == "say"]
    assert said[0] == "春季优惠Summer offer回头见"


async def test_words_are_understood_as_a_call_understands_them(boss: httpx.AsyncClient) -> None:
    """By their sounds: 鱼鹅 is how a recogniser writes 余额."""
    choices = {"1": {"next": "end", "words": ["余额"]}, "2": {"next": "agent", "words": ["人工"]}}
    begun_with = await begun(boss, document(menu={**MENU, "choices": choices}))
    answer = await boss.post(f"{SIMULATIONS}/{begun_with['id']}/input", json={"words": "我要查鱼鹅"})
    assert answer.json()["ended"]["outcome"] == "served"


async def test_the_customer_is_as_flows_know_them_in_a_call(site: Site, boss: httpx.AsyncClient) -> None:
    """Whether they live where a site is stands on no card."""
    here, away, nowhere = "13800000098", "13800000097", "13800000096"
    addresses = {here: "浙江省杭州市拱墅区解放路 21 号", away: "江苏省南京市鼓楼区中山路 3 号", nowhere: None}
    for phone, address in addresses.items():
        made = await boss.post("/api/v1/customers", json={"name": "王芳", "phones": [phone]})
        assert made.status_code == 201, made.text
        if address is not None:
            added = await boss.post(
                f"/api/v1/customers/{made.json()['id']}/addresses", json={"kind": "home", "text": address}
            )
            assert added.status_code == 201, added.text
    of = document(who={"kind": "condition", "cases": [{"when": "customer.local", "next": "agent"}], "otherwise": "end"})

    async def outcomes() -> list[str]:
        return [(await begun(boss, of, ani=phone))["ended"]["outcome"] for phone in addresses]

    assert await outcomes() == ["queue"] * 3, "all are, where there is no site"
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO sites (id, tenant_id, code, name) VALUES ($1, $2, 'hz', '杭州中心')", new_id(), SAMPLE_TENANT
        )
    assert await outcomes() == ["queue", "served", "queue"], "who lives nobody knows where is not sent away"
    assert (await begun(boss, of))["ended"]["outcome"] == "served", "and nobody is somebody"
