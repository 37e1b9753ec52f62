from typing import Any

import httpx
import pytest

from tests.support.web import Site, add_person
from yuelai.platform.ids import new_id


@pytest.fixture
async def client(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "agent01", "agent")
    return await site.client("agent01")


async def make(client: httpx.AsyncClient, name: str, *phones: str, **more: Any) -> str:
    answer = await client.post("/api/v1/customers", json={"name": name, "phones": phones, **more})
    assert answer.status_code == 201, answer.text
    return f"/api/v1/customers/{answer.json()['id']}"


async def test_identities_are_added_changed_and_taken_away(client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001")
    added = await client.post(f"{url}/identities", json={"kind": "wechat", "value": " wf_1986 ", "label": "私人"})
    assert added.status_code == 201
    assert {name: added.json()[name] for name in ("kind", "value", "raw", "role", "label", "verified_at")} == {
        "kind": "wechat", "value": "wf_1986", "raw": "wf_1986", "role": "owner", "label": "私人", "verified_at": None,
    }  # fmt: skip
    again = await client.post(f"{url}/identities", json={"kind": "phone", "value": "+86 138 0000 0001"})
    assert (again.status_code, again.json()["code"]) == (409, "already_there")
    path = f"{url}/identities/{added.json()['id']}"
    assert (await client.patch(path, json={"verified": True})).json()["verified_at"] is not None
    renamed = (await client.patch(path, json={"value": "wf_2026", "label": None})).json()
    assert (renamed["value"], renamed["label"], renamed["verified_at"]) == ("wf_2026", None, None)
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).json()["code"] == "unknown_part"
    assert [each["kind"] for each in (await client.get(url)).json()["identities"]] == ["phone"]


async def test_a_number_given_up_is_nobodys_any_more(client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001")
    (identity,) = (await client.get(url)).json()["identities"]
    await client.patch(f"{url}/identities/{identity['id']}", json={"role": "former"})
    assert (await client.get("/api/v1/customers", params={"phone": "13800000001"})).json()["items"] == []
    assert (await client.get(url)).json()["identities"][0]["role"] == "former"


async def test_identities_that_are_none_are_refused(client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001")
    for kind, value, code in (
        ("phone", "8001", "not_a_phone_number"),
        ("email", "not mail", "not_an_identity"),
        ("email", "a@b", "not_an_identity"),
        ("web", "a\0b", "invalid_request"),
        ("pigeon", "x", "invalid_request"),
    ):
        answer = await client.post(f"{url}/identities", json={"kind": kind, "value": value})
        assert (answer.status_code, answer.json()["code"]) == (422, code), (kind, value)


async def test_addresses_are_several_and_masked(client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001", address="浙江省杭州市西湖区文三路 1 号")
    added = await client.post(
        f"{url}/addresses", json={"kind": "install", "text": "浙江省杭州市拱墅区解放路 21 号锦绣花园 3 幢"}
    )
    assert (added.status_code, added.json()["text_masked"]) == (201, "浙江省杭州市拱墅区****")
    path = f"{url}/addresses/{added.json()['id']}"
    moved = (await client.patch(path, json={"text": "江苏省南京市鼓楼区中山路 5 号"})).json()
    assert (moved["kind"], moved["region"]) == ("install", "江苏省南京市鼓楼区")
    addresses = (await client.get(url)).json()["addresses"]
    assert [(each["kind"], each["text_masked"]) for each in addresses] == [
        ("home", "浙江省杭州市西湖区****"), ("install", "江苏省南京市鼓楼区****"),
    ]  # fmt: skip
    assert (await client.delete(path)).status_code == 204
    assert (await client.patch(path, json={"kind": "work"})).json()["code"] == "unknown_part"


async def test_a_relation_is_seen_from_both_sides(client: httpx.AsyncClient) -> None:
    mother, child = await make(client, "王芳", "13800000001"), await make(client, "李敏", "13800000002")
    added = await client.post(f"{child}/relations", json={"customer_id": mother.rsplit("/")[-1], "kind": "parent"})
    assert (added.status_code, added.json()["kind"], added.json()["customer"]["name"]) == (201, "parent", "王芳")
    (seen,) = (await client.get(mother)).json()["relations"]
    assert (seen["id"], seen["kind"], seen["customer"]["name"]) == (added.json()["id"], "child", "李敏")
    # Said again, from whichever side, it is the same relation.
    for url, other, kind in ((child, mother, "parent"), (mother, child, "child")):
        answer = await client.post(f"{url}/relations", json={"customer_id": other.rsplit("/")[-1], "kind": kind})
        assert (answer.status_code, answer.json()["code"]) == (409, "already_there")
    changed = await client.patch(f"{mother}/relations/{seen['id']}", json={"kind": "employer"})
    assert changed.json()["kind"] == "employer"
    assert (await client.get(child)).json()["relations"][0]["kind"] == "employee"
    assert (await client.delete(f"{mother}/relations/{seen['id']}")).status_code == 204
    assert (await client.get(child)).json()["relations"] == []
    itself = await client.post(f"{child}/relations", json={"customer_id": child.rsplit("/")[-1], "kind": "other"})
    assert itself.json()["code"] == "related_to_itself"
    nobody = await client.post(f"{child}/relations", json={"customer_id": str(new_id()), "kind": "other"})
    assert nobody.json()["code"] == "unknown_customer"


async def test_what_a_customer_said_last_about_being_contacted_holds(client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001")
    for allowed in (True, False):
        body = {"channel": "phone", "purpose": "marketing", "allowed": allowed, "source": "call"}
        assert (await client.put(f"{url}/consents", json=body)).json()["allowed"] is allowed
    await client.put(f"{url}/consents", json={"channel": "sms", "purpose": "service", "allowed": True, "source": "web"})
    consents = (await client.get(url)).json()["consents"]
    assert [(each["channel"], each["purpose"], each["allowed"]) for each in consents] == [
        ("phone", "marketing", False), ("sms", "service", True),
    ]  # fmt: skip
    lines = (await client.get(f"{url}/history")).json()["items"]
    assert lines[1]["changes"] == [{"field": "consent.phone.marketing", "old": True, "new": False}]


async def test_only_who_may_write_changes_parts(site: Site, client: httpx.AsyncClient) -> None:
    url = await make(client, "王芳", "13800000001")
    await add_person(site.database, "qa01", "qa")
    inspector = await site.client("qa01")
    for method, path, body in (
        ("POST", "/identities", {"kind": "email", "value": "a@b.cn"}),
        ("POST", "/addresses", {"text": "x"}),
        ("PUT", "/consents", {"channel": "sms", "purpose": "service", "allowed": True, "source": "web"}),
        ("PATCH", "", {"version": 1, "name": "x"}),
    ):
        assert (await inspector.request(method, f"{url}{path}", json=body)).status_code == 403
