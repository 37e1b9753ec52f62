from typing import Any

from tests.support.web import Site, add_person, add_tenant
from yuelai.customers import service
from yuelai.platform.ids import SAMPLE_TENANT, new_id

ADDRESS = "浙江省杭州市西湖区文三路 1 号"


async def add_wang(site: Site) -> dict[str, Any]:
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        return dict(await service.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001"], address=ADDRESS))


async def test_an_agent_finds_customers_and_sees_masked_addresses(site: Site) -> None:
    card = await add_wang(site)
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    by_phone = await client.get("/api/v1/customers", params={"phone": "+86 138 0000 0001"})
    shown = {**card, "found": {"field": "phone", "text": "13800000001"}}
    assert by_phone.json() == {"items": [shown], "next_cursor": None}
    by_name = await client.get("/api/v1/customers", params={"q": "王"})
    shown = {**card, "found": {"field": "name", "text": "王芳"}}
    assert by_name.json() == {"items": [shown], "next_cursor": None}
    overview = await client.get(f"/api/v1/customers/{card['id']}/overview")
    assert overview.json() == {
        "card": card, "accounts": [], "products": [], "bills": [], "contacts": [], "orders": [], "tickets": [],
    }  # fmt: skip
    assert "文三路" not in by_phone.text + by_name.text + overview.text


async def test_an_agent_adds_a_customer_who_is_found_from_then_on(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    body = {"name": " 赵新 ", "phones": ["138 0000 9999", "0571-88126620"], "gender": "male", "address": ADDRESS}
    made = await client.post("/api/v1/customers", json=body)
    assert made.status_code == 201
    assert made.json()["name"] == "赵新"
    assert made.json()["phones"] == ["13800009999", "057188126620"]
    found = await client.get("/api/v1/customers", params={"phone": "13800009999"})
    shown = {**made.json(), "found": {"field": "phone", "text": "13800009999"}}
    assert found.json()["items"] == [shown]
    everybody = await client.get("/api/v1/customers")
    assert everybody.json() == {"items": [{**made.json(), "found": None}], "next_cursor": None}
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        row = await conn.fetchrow("SELECT person_id, object FROM audit WHERE action = 'customer.created'")
    assert row is not None
    assert (row["person_id"], row["object"]) == (agent.person_id, f"customer/{made.json()['id']}")


async def test_what_makes_no_customer_is_refused_with_the_reason(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    short = await client.post("/api/v1/customers", json={"name": "赵", "phones": ["8001"]})
    assert (short.status_code, short.json()["code"], short.json()["phone"]) == (422, "not_a_phone_number", "8001")
    for body in ({"name": "赵", "phones": []}, {"name": " ", "phones": ["13800009999"]}, {"phones": ["13800009999"]},
                 {"name": "赵", "phones": ["13800009999"], "level": "vip"}):  # fmt: skip
        answer = await client.post("/api/v1/customers", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), body
    assert (await client.get("/api/v1/customers", params={"q": " "})).json()["code"] == "nothing_to_search"
    assert (await client.get("/api/v1/customers", params={"q": "王", "cursor": "x"})).json()["code"] == "bad_cursor"


async def test_roles_without_the_permission_are_refused(site: Site) -> None:
    card = await add_wang(site)
    await add_person(site.database, "planner01", "planner")
    await add_person(site.database, "qa01", "qa")
    planner, inspector = await site.client("planner01"), await site.client("qa01")
    for answer in (
        await planner.get("/api/v1/customers", params={"phone": "13800000001"}),
        await planner.get(f"/api/v1/customers/{card['id']}/overview"),
        await inspector.post("/api/v1/customers", json={"name": "赵", "phones": ["13800009999"]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await inspector.get("/api/v1/customers", params={"phone": "13800000001"})).status_code == 200


async def test_people_of_one_tenant_never_see_customers_of_another(site: Site) -> None:
    card = await add_wang(site)
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "theirs", "admin", tenant=other)
    client = await site.client("theirs")
    for query in ({"phone": "13800000001"}, {"q": "王芳"}, {"q": "0001"}, {"q": card["no"]}):
        assert (await client.get("/api/v1/customers", params=query)).json()["items"] == [], query
    answer = await client.get(f"/api/v1/customers/{card['id']}/overview")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")
    unknown = await client.get(f"/api/v1/customers/{new_id()}/overview")
    assert answer.json() == unknown.json()
    made = await client.post("/api/v1/customers", json={"name": "王芳", "phones": ["13800000001"]})
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        match = await service.identify(conn, SAMPLE_TENANT, "13800000001")
    assert [each["id"] for each in match.customers] == [card["id"]]
    assert made.json()["id"] != card["id"]
