"""The 360° view in sections: from our own tables, from a business system, and from one that is in trouble."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.bss import RunningBss, running_bss
from tests.support.web import Site, add_person, add_tenant
from yuelai.connectors.tmforum.client import TmForum
from yuelai.entrypoints import sample

TODAY = date(2026, 3, 15)
BUSINESS = ("accounts", "bills", "payments", "products", "orders")
OWN = ("contacts", "callbacks", "relations", "consents")


@pytest.fixture
async def agent(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await sample.load(site.database, today=TODAY, count=2)
    client = await site.client("agent01", "demo")
    yield client
    await client.aclose()


@pytest.fixture
async def bss(site: Site) -> AsyncIterator[RunningBss]:
    """A business system that the site asks; it gives up after 0.3 s."""
    async with running_bss(today=TODAY, count=2) as running:
        site.app.state.business_system = TmForum(running.url, seconds=0.3)
        yield running
        await site.app.state.business_system.close()


async def id_of(client: httpx.AsyncClient, phone: str) -> str:
    return str((await client.get("/api/v1/customers", params={"phone": phone})).json()["items"][0]["id"])


async def section(client: httpx.AsyncClient, customer: str, name: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/customers/{customer}/sections/{name}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert document["section"] == name
    return document


async def test_without_a_business_system_everything_comes_from_our_tables(agent: httpx.AsyncClient) -> None:
    wang = await id_of(agent, "13800000001")
    overview = (await agent.get(f"/api/v1/customers/{wang}/overview")).json()
    for name in ("accounts", "products", "bills"):
        found = await section(agent, wang, name)
        assert (found["state"], found["system"]) == ("ready", None)
        assert [one["id"] for one in found["items"]] == [one["id"] for one in overview[name]]
    paid = [bill["total_minor"] for bill in overview["bills"] if bill["paid_on"]]
    assert [one["amount_minor"] for one in (await section(agent, wang, "payments"))["items"]] == paid
    consents = (await section(agent, wang, "consents"))["items"]
    assert {one["channel"]: one["allowed"] for one in consents} == {"phone": False, "sms": True}
    (worth,) = (await section(agent, wang, "value"))["items"]
    assert worth["class"] == "gold"
    assert worth["monthly_minor"] == round(sum(bill["total_minor"] for bill in overview["bills"]) / 6)


async def test_both_sides_see_a_relation_and_who_it_is(agent: httpx.AsyncClient) -> None:
    found = (await agent.get("/api/v1/customers", params={"phone": "13800000002"})).json()["items"]
    ids = {card["name"]: card["id"] for card in found}
    (child,) = (await section(agent, ids["李强"], "relations"))["items"]
    (parent,) = (await section(agent, ids["李敏"], "relations"))["items"]
    assert (child["name"], child["kind"], child["phone"]) == ("李敏", "child", "13800000002")
    assert (parent["name"], parent["kind"], parent["class"]) == ("李强", "parent", "silver")


async def test_what_a_very_important_customer_needs_first_is_in_one_section(agent: httpx.AsyncClient) -> None:
    chen = await id_of(agent, "13800000003")
    (worth,) = (await section(agent, chen, "value"))["items"]
    assert (worth["class"], worth["manager"]["number"], len(worth["warnings"])) == ("vip", "8002", 1)


async def test_a_callback_that_is_owed_is_shown_until_it_is_made(agent: httpx.AsyncClient) -> None:
    wang = await id_of(agent, "13800000001")
    booked = await agent.post("/api/v1/callbacks", json={"number": "13800000001", "queue": "general"})
    assert booked.status_code == 201, booked.text
    (owed,) = (await section(agent, wang, "callbacks"))["items"]
    assert owed["id"] == booked.json()["id"]
    changed = {"state": "cancelled", "version": booked.json()["version"]}
    await agent.patch(f"/api/v1/callbacks/{owed['id']}", json=changed)
    assert (await section(agent, wang, "callbacks"))["items"] == []


async def test_with_a_business_system_it_is_asked_and_named(agent: httpx.AsyncClient, bss: RunningBss) -> None:
    wang = await id_of(agent, "13800000001")
    for name in BUSINESS:
        found = await section(agent, wang, name)
        assert (found["state"], found["system"]) == ("ready", f"127.0.0.1:{bss.port}")
    assert (await section(agent, wang, "payments"))["items"][0]["method"] != ""
    (worth,) = (await section(agent, wang, "value"))["items"]
    assert worth["monthly_minor"] > 0


@pytest.mark.parametrize(("mode", "state"), [("hanging", "late"), ("failing", "away")])
async def test_one_in_trouble_is_told_and_holds_nothing_else_up(
    agent: httpx.AsyncClient, bss: RunningBss, mode: str, state: str
) -> None:
    wang = await id_of(agent, "13800000001")
    await bss.behave(mode)
    began = time.monotonic()
    troubled = asyncio.gather(*(section(agent, wang, name) for name in BUSINESS))
    for name in OWN:
        assert (await section(agent, wang, name))["state"] == "ready"
    for found in await troubled:
        assert found["state"] in (state, "away")
        assert found["items"] == []
    assert time.monotonic() - began < 5
    value = await section(agent, wang, "value")
    assert value["state"] == "away"
    assert value["items"][0]["class"] == "gold"
    assert value["items"][0]["monthly_minor"] is None
    card = await agent.get(f"/api/v1/customers/{wang}/overview")
    assert card.status_code == 200


async def test_it_is_asked_only_about_customers_of_its_tenant(
    agent: httpx.AsyncClient, bss: RunningBss, site: Site
) -> None:
    wang = await id_of(agent, "13800000001")
    site.app.state.settings = site.settings.model_copy(update={"bss_tenant": "east"})
    assert (await section(agent, wang, "bills"))["system"] is None
    site.app.state.settings = site.settings.model_copy(update={"bss_tenant": "main"})
    assert (await section(agent, wang, "bills"))["system"] is not None
    site.app.state.settings = site.settings


async def test_nobody_sees_sections_of_another_tenants_customers_or_of_nobody(
    agent: httpx.AsyncClient, site: Site
) -> None:
    wang = await id_of(agent, "13800000001")
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "stranger", "agent", tenant=other)
    stranger = await site.client("stranger")
    for client, customer in ((stranger, wang), (agent, str(uuid4()))):
        for name in (*BUSINESS, *OWN, "value"):
            answer = await client.get(f"/api/v1/customers/{customer}/sections/{name}")
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")
    odd = await agent.get(f"/api/v1/customers/{wang}/sections/secrets")
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_request")


async def test_a_merged_customer_answers_with_what_both_have(agent: httpx.AsyncClient, site: Site) -> None:
    found = (await agent.get("/api/v1/customers", params={"phone": "13800000002"})).json()["items"]
    leader = await site.client("leader01", "demo")
    keep, drop = found[0]["id"], found[1]["id"]
    merged = await leader.post("/api/v1/customers/merge", json={"keep": keep, "drop": drop})
    assert merged.status_code in (200, 201), merged.text
    for asked in (keep, drop):
        assert len((await section(agent, asked, "accounts"))["items"]) == 2
