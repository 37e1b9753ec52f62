from typing import Any

import httpx
import pytest

from tests.customers.people import ID_NUMBER
from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import SAMPLE_TENANT, new_id

ADDRESS = "浙江省杭州市西湖区文三路 1 号"
WANG = {
    "name": "王芳", "phones": ["138 0000 0001"], "emails": ["Wang.Fang@Example.COM"], "gender": "female",
    "birth_year": 1986, "class": "gold", "address": ADDRESS, "id_number": ID_NUMBER, "tags": ["老客户"],
    "warnings": ["只在上午联系"], "since": "2015-03-01",
}  # fmt: skip


@pytest.fixture
async def client(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "admin1", "admin")
    return await site.client("admin1")


async def make(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/customers", json={**WANG, **more})
    assert answer.status_code == 201, answer.text
    return (await client.get(f"/api/v1/customers/{answer.json()['id']}")).json()  # type: ignore[no-any-return]


async def test_the_whole_record_is_there_and_what_is_secret_is_masked(client: httpx.AsyncClient) -> None:
    record = await make(client)
    assert {name: record[name] for name in ("name", "kind", "gender", "birth_year", "class", "tags", "since")} == {
        "name": "王芳", "kind": "person", "gender": "female", "birth_year": 1986, "class": "gold", "tags": ["老客户"],
        "since": "2015-03-01",
    }  # fmt: skip
    assert (record["version"], record["manager"], record["custom"], record["hold"]) == (1, None, {}, None)
    assert record["id_number_masked"] == "110***********002X"
    assert [(each["kind"], each["value"], each["raw"], each["role"]) for each in record["identities"]] == [
        ("phone", "+8613800000001", "138 0000 0001", "owner"),
        ("email", "wang.fang@example.com", "Wang.Fang@Example.COM", "owner"),
    ]
    (address,) = record["addresses"]
    assert (address["kind"], address["region"], address["text_masked"]) == (
        "home", "浙江省杭州市西湖区", "浙江省杭州市西湖区****",
    )  # fmt: skip
    assert "文三路" not in str(record)


async def test_the_identity_number_is_stored_sealed_and_found_by_equality(
    site: Site, client: httpx.AsyncClient
) -> None:
    record = await make(client)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        row = await conn.fetchrow("SELECT * FROM customers")
        assert row is not None
        assert ID_NUMBER.encode() not in row["id_number_sealed"]
        # Whatever is stored, in any table and any form, the number is not in it.
        for table in ("customers", "customer_changes", "audit", "outbox", "customer_keys"):
            stored = await conn.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            assert ID_NUMBER not in stored, table
            assert ID_NUMBER.encode().hex() not in stored, table
    twin = await make(client, name="王 芳", phones=["13900000002"], emails=[])
    (found,) = (await client.get(f"/api/v1/customers/{record['id']}/duplicates")).json()["items"]
    assert (found["card"]["id"], found["reasons"][0]) == (twin["id"], "same_id_number")


async def test_two_tenants_have_different_blind_indexes_for_the_same_number(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "ours", "admin")
    await add_person(site.database, "theirs", "admin", tenant=other)
    for who in ("ours", "theirs"):
        await make(await site.client(who))
    async with site.database.transaction(None) as conn:
        indexes = await conn.fetch("SELECT tenant_id, id_number_index FROM customers")
    assert len({row["tenant_id"] for row in indexes}) == len({row["id_number_index"] for row in indexes}) == 2


async def test_fields_are_changed_once_and_the_second_of_two_editors_is_told(client: httpx.AsyncClient) -> None:
    record = await make(client)
    url = f"/api/v1/customers/{record['id']}"
    changed = await client.patch(
        url, json={"version": 1, "name": "王小芳", "class": "vip", "tags": ["重要"], "birth_year": None}
    )
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in ("version", "name", "class", "tags", "birth_year", "gender")} == {
        "version": 2, "name": "王小芳", "class": "vip", "tags": ["重要"], "birth_year": None, "gender": "female",
    }  # fmt: skip
    late = await client.patch(url, json={"version": 1, "name": "王大芳"})
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "changed_meanwhile", 2)
    assert (await client.get(url)).json()["name"] == "王小芳"
    same = await client.patch(url, json={"version": 2, "name": "王小芳"})
    assert same.json()["version"] == 2  # nothing changed, nothing counted
    by_name = await client.get("/api/v1/customers", params={"q": "王小芳"})
    assert [card["id"] for card in by_name.json()["items"]] == [record["id"]]
    assert (await client.get("/api/v1/customers", params={"q": "王芳"})).json()["items"] == []


async def test_the_history_says_who_changed_what_and_hides_what_is_personal(client: httpx.AsyncClient) -> None:
    record = await make(client)
    url = f"/api/v1/customers/{record['id']}"
    await client.patch(url, json={"version": 1, "name": "李明", "class": "vip", "id_number": None})
    await client.post(f"{url}/identities", json={"kind": "phone", "value": "13911112222", "role": "agent"})
    first, second, third = (await client.get(f"{url}/history")).json()["items"]
    assert (first["action"], first["changes"]) == (
        "identity_added",
        [{"field": "phone", "old": None, "new": "139****2222 (agent)"}],
    )
    assert second["action"] == "changed"
    assert {line["field"]: (line["old"], line["new"]) for line in second["changes"]} == {
        "name": ("王**", "李**"),
        "class": ("gold", "vip"),
        "id_number": ("****", None),
    }
    assert second["person"]["name"] == "Admin1"
    assert third["action"] == "created"
    page = (await client.get(f"{url}/history", params={"limit": 1})).json()
    rest = (await client.get(f"{url}/history", params={"limit": 5, "cursor": page["next_cursor"]})).json()
    assert [*page["items"], *rest["items"]] == [first, second, third]


async def test_what_does_not_fit_is_refused_by_name(client: httpx.AsyncClient) -> None:
    record = await make(client)
    url = f"/api/v1/customers/{record['id']}"
    for change, code in (
        ({"class": "platinum"}, "unknown_class"),
        ({"manager_id": str(new_id())}, "unknown_manager"),
        ({"site_id": str(new_id())}, "unknown_site"),
        ({"custom": {"shoe": "42"}}, "bad_custom_field"),
        ({"id_number": "110105194912310021"}, "not_an_id_number"),
        ({"name": "  "}, "invalid_request"),
        ({"name": "a\0b"}, "invalid_request"),
        ({"since": None}, "invalid_request"),
        ({"birth_year": 12}, "invalid_request"),
        ({"unheard": 1}, "invalid_request"),
    ):
        answer = await client.patch(url, json={"version": 1, **change})
        assert (answer.status_code, answer.json()["code"]) == (422, code), change
    assert (await client.get(url)).json() == record
    gone = await client.get(f"/api/v1/customers/{new_id()}")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_customer")


async def test_an_account_manager_works_for_the_tenant(site: Site, client: httpx.AsyncClient) -> None:
    record = await make(client, **{"class": "vip"})
    manager = await add_person(site.database, "agent02", "agent", number="8002")
    changed = await client.patch(
        f"/api/v1/customers/{record['id']}", json={"version": 1, "manager_id": str(manager.person_id)}
    )
    assert changed.json()["manager"] == {"id": str(manager.person_id), "number": "8002", "name": "Agent02"}
    elsewhere = await add_person(site.database, "far", "agent", tenant=await add_tenant(site.database, "other"))
    refused = await client.patch(
        f"/api/v1/customers/{record['id']}", json={"version": 2, "manager_id": str(elsewhere.person_id)}
    )
    assert refused.json()["code"] == "unknown_manager"


async def test_nothing_of_a_customer_is_there_for_another_tenant(site: Site, client: httpx.AsyncClient) -> None:
    record = await make(client)
    await add_person(site.database, "theirs", "admin", tenant=await add_tenant(site.database, "other"))
    theirs = await site.client("theirs")
    own = (await make(theirs, name="李"))["id"]
    id_, identity = record["id"], record["identities"][0]["id"]
    unknown = "unknown_customer"
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"version": 1, "name": "x"}),
        ("GET", "/history", None),
        ("GET", "/duplicates", None),
        ("GET", "/export", None),
        ("GET", "/overview", None),
        ("POST", "/reveal", {"fields": ["id_number"], "reason": "x"}),
        ("POST", "/erase", {"reason": "x"}),
        ("PUT", "/hold", {"reason": "x"}),
        ("POST", "/identities", {"kind": "email", "value": "a@b.cn"}),
        ("PATCH", f"/identities/{identity}", {"label": "x"}),
        ("DELETE", f"/identities/{identity}", None),
        ("POST", "/relations", {"customer_id": own, "kind": "other"}),
        ("PUT", "/consents", {"channel": "phone", "purpose": "service", "allowed": True, "source": "call"}),
    ):
        answer = await theirs.request(method, f"/api/v1/customers/{id_}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, unknown), (method, path)
    for keep, drop in ((own, id_), (id_, own)):
        answer = await theirs.post("/api/v1/customers/merge", json={"keep": keep, "drop": drop})
        assert answer.json()["code"] == unknown
    related = await theirs.post(f"/api/v1/customers/{own}/relations", json={"customer_id": id_, "kind": "other"})
    assert related.json()["code"] == unknown
    assert (await client.get(f"/api/v1/customers/{id_}")).json() == record
    # The same document number at both: each finds only its own.
    assert (await client.get(f"/api/v1/customers/{id_}/duplicates")).json()["items"] == []
