"""What is submitted is checked, kept once, told on the trail, and erased with its customer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.businesses.conftest import Contact
from tests.support.web import Site, add_person, add_tenant
from yuelai.businesses.personal import BusinessesPersonalData
from yuelai.businesses.shipped import KINDS
from yuelai.customers.ports import Subject
from yuelai.platform.ids import SAMPLE_TENANT, new_id

RECORDS = "/api/v1/businesses/records"
MOVE = {"from_address": "浙江省杭州市西湖区文三路 1 号", "to_address": "浙江省杭州市滨江区江南大道 9 号",
        "date": "2099-03-05", "slot": "am", "coverage": True, "contact": "王芳", "phone": "13800000001"}  # fmt: skip


@pytest.fixture
async def agent(site: Site, contact: Contact) -> httpx.AsyncClient:
    person = await add_person(site.database, "agent01", "agent", number="8001")
    contact.agents.add(person.person_id)
    return await site.client("agent01")


def submission(contact: Contact, kind: str = "broadband_move", **more: Any) -> dict[str, Any]:
    values = {**MOVE, **more}
    return {"draft_id": str(new_id()), "interaction_id": str(contact.id), "kind": kind, "values": values}


async def test_kinds_come_in_their_order_with_forms(agent: httpx.AsyncClient) -> None:
    items = (await agent.get("/api/v1/businesses/kinds")).json()["items"]
    assert [one["code"] for one in items] == [kind.code for kind in KINDS]
    assert items[1]["form"]["x-order"][0] == "account"
    assert (items[1]["letter"], items[1]["name_en"], items[1]["version"]) == ("m", "Broadband move", 1)


async def test_a_newer_version_of_a_form_is_offered_and_one_switched_off_is_not(
    site: Site, agent: httpx.AsyncClient
) -> None:
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO business_kinds (tenant_id, code, version, name, form, active) "
            "VALUES ($1, 'fault', 2, '报障', '{}', true), ($1, 'card', 2, '补卡', '{}', false)",
            SAMPLE_TENANT,
        )
    items = {one["code"]: one for one in (await agent.get("/api/v1/businesses/kinds")).json()["items"]}
    assert (items["fault"]["version"], items["fault"]["name"]) == (2, "报障")
    assert "card" not in items


async def test_a_form_is_submitted_once_however_often_it_is_sent(
    site: Site, contact: Contact, agent: httpx.AsyncClient
) -> None:
    body = submission(contact)
    draft = {"interaction_id": str(contact.id), "form": "business:broadband_move", "values": MOVE, "version": 0}
    await agent.put(f"/api/v1/drafts/{body['draft_id']}", json=draft)
    made = await agent.post(RECORDS, json=body)
    assert made.status_code == 201, made.text
    record = made.json()
    assert record["id"] == body["draft_id"]
    assert (record["no"], record["kind_version"], record["trail_no"]) == ("B000000001", 1, "T0304-00001")
    assert record["customer_id"] == str(contact.customer_id)
    again = await agent.post(RECORDS, json=body)
    assert (again.status_code, again.json()["no"]) == (200, record["no"])
    assert (await agent.get(f"/api/v1/interactions/{contact.id}/drafts")).json()["items"] == []
    late = await agent.put(f"/api/v1/drafts/{body['draft_id']}", json={**draft, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "draft_submitted")
    assert contact.noted == [
        ("business_submitted", {"kind": "broadband_move", "name": "宽带移机", "name_en": "Broadband move",
                                "no": "B000000001", "id": body["draft_id"]})
    ]  # fmt: skip
    assert (await agent.post(RECORDS, json=submission(contact))).json()["no"] == "B000000002"


async def test_a_draft_of_another_contact_is_not_submitted(
    site: Site, contact: Contact, agent: httpx.AsyncClient
) -> None:
    body = submission(contact)
    draft = {"interaction_id": str(contact.id), "form": "business:broadband_move", "values": MOVE, "version": 0}
    path = f"/api/v1/drafts/{body['draft_id']}"
    assert (await agent.put(path, json=draft)).status_code == 200
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("UPDATE drafts SET interaction_id = $1", new_id())
    refused = await agent.post(RECORDS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "other_contact"), refused.text
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT count(*) FROM drafts") == 1


async def test_what_is_wrong_in_a_form_is_told_by_field(contact: Contact, agent: httpx.AsyncClient) -> None:
    answer = await agent.post(RECORDS, json=submission(contact, date="2001-01-01", slot="night"))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_form")
    assert {(one["field"], one["rule"]) for one in answer.json()["errors"]} == {("date", "earliest"), ("slot", "enum")}
    unknown = await agent.post(RECORDS, json=submission(contact, "no_such_kind"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_kind")
    contact.agents.clear()
    strange = await agent.post(RECORDS, json=submission(contact))
    assert (strange.status_code, strange.json()["code"]) == (404, "no_such_interaction")
    assert contact.noted == []


async def test_opening_a_form_stands_on_the_trail(contact: Contact, agent: httpx.AsyncClient) -> None:
    body = {"interaction_id": str(contact.id), "kind": "fault"}
    assert (await agent.post("/api/v1/businesses/openings", json=body)).status_code == 204
    assert contact.noted == [("business_opened", {"kind": "fault", "name": "故障申告", "name_en": "Fault report"})]


async def test_lists_page_and_records_are_masked(site: Site, contact: Contact, agent: httpx.AsyncClient) -> None:
    for _ in range(3):
        await agent.post(RECORDS, json=submission(contact))
    page = (await agent.get(RECORDS, params={"customer_id": str(contact.customer_id), "limit": 2})).json()
    assert [one["no"] for one in page["items"]] == ["B000000003", "B000000002"]
    assert "values" not in page["items"][0]
    rest = (await agent.get(RECORDS, params={"interaction_id": str(contact.id), "cursor": page["next_cursor"]})).json()
    assert ([one["no"] for one in rest["items"]], rest["next_cursor"]) == (["B000000001"], None)
    assert (await agent.get(RECORDS, params={"customer_id": str(new_id())})).json()["items"] == []
    one = f"{RECORDS}/{rest['items'][0]['id']}"
    values = (await agent.get(one)).json()["values"]
    assert values["phone"] == "138****0001"
    assert values["to_address"] == "浙江省杭州市滨江区****"
    await add_person(site.database, "leader01", "leader")
    assert (await (await site.client("leader01")).get(one)).json()["values"] == MOVE
    elsewhere = await add_tenant(site.database, "elsewhere")
    await add_person(site.database, "stranger", "leader", tenant=elsewhere)
    stranger = await site.client("stranger")
    assert (await stranger.get(one)).json()["code"] == "no_such_record"
    assert (await stranger.get(RECORDS)).json()["items"] == []


async def test_a_customer_who_is_erased_takes_forms_along(
    site: Site, contact: Contact, agent: httpx.AsyncClient
) -> None:
    await agent.post(RECORDS, json=submission(contact))
    draft = {"interaction_id": str(contact.id), "form": "note", "values": {"v": "王芳"}, "version": 0}
    await agent.put(f"/api/v1/drafts/{new_id()}", json=draft)
    subject = Subject(SAMPLE_TENANT, [contact.customer_id], [])
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at, "
            "customer_id) VALUES ($1, $2, 'T1', 'voice', 'in', 'talk', '', '', now(), $3)",
            contact.id,
            SAMPLE_TENANT,
            contact.customer_id,
        )
        known = await BusinessesPersonalData().export(conn, subject)
        assert [len(known["records"]), len(known["drafts"])] == [1, 1]
        assert known["records"][0]["values"] == MOVE
        await BusinessesPersonalData().erase(conn, subject)
        left = await BusinessesPersonalData().export(conn, subject)
    assert (left["records"][0]["values"], left["drafts"]) == ({}, [])
