from typing import Any

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant

API = "/api/v1"


@pytest.fixture
async def admin(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "admin1", "admin")
    return await site.client("admin1")


async def make(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    return await client.post(f"{API}/customers", json={"name": "王芳", "phones": ["13800000001"], **more})


async def items(client: httpx.AsyncClient, what: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/{what}")
    assert answer.status_code == 200
    return list(answer.json()["items"])


async def test_every_tenant_has_four_classes_and_may_have_its_own(site: Site, admin: httpx.AsyncClient) -> None:
    assert [each["code"] for each in await items(admin, "customer-classes")] == ["vip", "gold", "silver", "normal"]
    body = {"name": "钻石", "name_en": "Diamond", "rank": 40, "color": "#1677ff"}
    assert (await admin.put(f"{API}/customer-classes/diamond", json=body)).status_code == 204
    assert (
        await admin.put(f"{API}/customer-classes/gold", json={**body, "name": "黄金", "rank": 25})
    ).status_code == 204
    assert [(each["code"], each["name"]) for each in await items(admin, "customer-classes")] == [
        ("diamond", "钻石"), ("vip", "VIP"), ("gold", "黄金"), ("silver", "银卡"), ("normal", "普通"),
    ]  # fmt: skip
    assert (await make(admin, **{"class": "diamond"})).json()["class"] == "diamond"
    await add_person(site.database, "theirs", "admin", tenant=await add_tenant(site.database, "other"))
    theirs = await site.client("theirs")
    assert [each["name"] for each in await items(theirs, "customer-classes")] == ["VIP", "金卡", "银卡", "普通"]
    assert (await make(theirs, **{"class": "diamond"})).json()["code"] == "unknown_class"


FIELDS = (
    {"code": "pet", "name": "宠物", "name_en": "Pet", "type": "choice", "choices": ["猫", "狗"], "position": 2},
    {"code": "area", "name": "面积", "name_en": "Area", "type": "number", "position": 1},
    {"code": "moved", "name": "入住", "name_en": "Moved in", "type": "date", "position": 3},
    {"code": "owner", "name": "业主", "name_en": "Owner", "type": "bool", "position": 4},
    {"code": "door", "name": "门牌", "name_en": "Door", "type": "text", "required": True, "position": 5},
)


async def test_custom_fields_hold_values_of_their_type_only(admin: httpx.AsyncClient) -> None:
    for field in FIELDS:
        assert (await admin.post(f"{API}/customer-fields", json=field)).status_code == 201
    listed = await items(admin, "customer-fields")
    assert [each["code"] for each in listed] == ["area", "pet", "moved", "owner", "door"]
    good = {"pet": "猫", "area": 88.5, "moved": "2020-02-29", "owner": True, "door": "3-402"}
    made = (await make(admin, custom=good)).json()
    url = f"{API}/customers/{made['id']}"
    assert (await admin.get(url)).json()["custom"] == good
    for code, value in (("pet", "鱼"), ("area", "88"), ("area", True), ("area", 10**16), ("moved", "2021-02-29"),
                        ("moved", "20200101"), ("owner", "yes"), ("door", 3), ("door", "x" * 501), ("door", "a\0"),
                        ("door", None), ("unheard", "x")):  # fmt: skip
        answer = await admin.patch(url, json={"version": 1, "custom": {code: value}})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "bad_custom_field", code), (
            value
        )
    changed = await admin.patch(url, json={"version": 1, "custom": {"pet": "狗", "area": None}})
    assert changed.json()["custom"] == {"pet": "狗", "moved": "2020-02-29", "owner": True, "door": "3-402"}
    lines = (await admin.get(f"{url}/history")).json()["items"][0]["changes"]
    assert lines == [
        {"field": "custom.pet", "old": "猫***", "new": "狗***"}, {"field": "custom.area", "old": "****", "new": None},
    ]  # fmt: skip


async def test_a_required_field_is_asked_for_wherever_fields_are_asked_for(admin: httpx.AsyncClient) -> None:
    await admin.post(f"{API}/customer-fields", json=FIELDS[4])
    refused = await make(admin, custom={})
    assert (refused.json()["code"], refused.json()["field"]) == ("bad_custom_field", "door")
    # In the middle of a call nobody is asked: the customer comes first.
    assert (await make(admin)).status_code == 201


async def test_a_field_that_comes_back_finds_its_values(admin: httpx.AsyncClient) -> None:
    await admin.post(f"{API}/customer-fields", json=FIELDS[0])
    made = (await make(admin, custom={"pet": "猫"})).json()
    assert (await admin.delete(f"{API}/customer-fields/pet")).status_code == 204
    assert (await admin.delete(f"{API}/customer-fields/pet")).json()["code"] == "unknown_field"
    assert (await admin.get(f"{API}/customers/{made['id']}")).json()["custom"] == {}
    other = await admin.post(f"{API}/customer-fields", json={**FIELDS[0], "type": "number"})
    assert (other.status_code, other.json()["code"]) == (409, "already_there")
    assert (await admin.post(f"{API}/customer-fields", json=FIELDS[0])).status_code == 201
    assert (await admin.get(f"{API}/customers/{made['id']}")).json()["custom"] == {"pet": "猫"}
    assert (await admin.post(f"{API}/customer-fields", json=FIELDS[0])).json()["code"] == "already_there"
    renamed = await admin.patch(f"{API}/customer-fields/pet", json={"name": "动物", "choices": ["猫", "狗", "鱼"]})
    assert (renamed.json()["name"], renamed.json()["choices"], renamed.json()["name_en"]) == (
        "动物", ["猫", "狗", "鱼"], "Pet",
    )  # fmt: skip
    nothing = await admin.patch(f"{API}/customer-fields/pet", json={"choices": []})
    assert nothing.json()["code"] == "bad_custom_field"


async def test_tags_come_into_the_list_by_being_used_and_leave_it_when_nobody_has_them(
    admin: httpx.AsyncClient,
) -> None:
    made = (await make(admin, tags=["老客户", "投诉过", "老客户"])).json()
    assert made["tags"] == ["投诉过", "老客户"]
    assert (await admin.put(f"{API}/customer-tags/老客户", json={"color": "gold"})).status_code == 204
    assert [(each["code"], each["name"], each["color"]) for each in await items(admin, "customer-tags")] == [
        ("投诉过", "投诉过", "default"), ("老客户", "老客户", "gold"),
    ]  # fmt: skip
    assert (await admin.delete(f"{API}/customer-tags/投诉过")).json()["code"] == "in_use"
    await admin.patch(f"{API}/customers/{made['id']}", json={"version": 1, "tags": ["老客户"]})
    assert (await admin.delete(f"{API}/customer-tags/投诉过")).status_code == 204
    assert (await admin.delete(f"{API}/customer-tags/投诉过")).json()["code"] == "unknown_tag"


async def test_everybody_who_sees_customers_reads_and_only_some_configure(site: Site, admin: httpx.AsyncClient) -> None:
    await add_person(site.database, "agent01", "agent")
    agent = await site.client("agent01")
    for what in ("customer-classes", "customer-fields", "customer-tags"):
        await items(agent, what)
    body = {"name": "x", "name_en": "x", "rank": 1, "color": "red"}
    for method, path, sent in (
        ("PUT", "customer-classes/gold", body),
        ("POST", "customer-fields", FIELDS[0]),
        ("PATCH", "customer-fields/pet", {}),
        ("DELETE", "customer-fields/pet", None),
        ("PUT", "customer-tags/x", {}),
        ("DELETE", "customer-tags/x", None),
    ):
        assert (await agent.request(method, f"{API}/{path}", json=sent)).status_code == 403, path
