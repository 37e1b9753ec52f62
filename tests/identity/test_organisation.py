"""Sites, groups, skills and roles over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from tests.support.organisation import add_group, add_scoped, add_site, facts, trail, work_at
from tests.support.web import Site, add_person, add_tenant
from yuelai.identity.access import declarations
from yuelai.identity.organisation import endpoints as organisation
from yuelai.identity.people import endpoints as people
from yuelai.identity.permissions import KNOWN, ROLES
from yuelai.identity.roles import endpoints as roles
from yuelai.identity.tenants import endpoints as tenants
from yuelai.platform.ids import SAMPLE_TENANT, new_id

V1 = "/api/v1"


@pytest.fixture
async def admin(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "admin", "admin")
    async with await site.client("admin") as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> str:
    answer = await client.post(f"{V1}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("room", [organisation, people, roles, tenants])
def test_every_endpoint_asks_for_a_permission_and_writing_for_one_to_write(room: Any) -> None:
    routes = [route for route in room.router.routes if isinstance(route, APIRoute)]
    assert routes
    for route in routes:
        (permission,) = declarations(route.dependant)
        assert permission in KNOWN
        assert permission.endswith(".read" if route.methods == {"GET"} else ".write"), route.path


async def test_sites_form_a_tree_from_the_province_down(site: Site, admin: httpx.AsyncClient) -> None:
    province = await made(admin, "sites", code="zj", name="浙江省中心", kind="province")
    city = await made(admin, "sites", code="hz", name="杭州中心", kind="city", parent_id=province)
    county = await made(admin, "sites", code="yh", name="余杭县", kind="county", parent_id=city)
    ann = await add_person(site.database, "ann", "agent")
    await work_at(site.database, ann, county)  # type: ignore[arg-type]
    assert (await admin.get(f"{V1}/sites")).json()["items"] == [
        {"id": province, "code": "zj", "name": "浙江省中心", "kind": "province", "parent_id": None, "people": 0},
        {"id": city, "code": "hz", "name": "杭州中心", "kind": "city", "parent_id": province, "people": 0},
        {"id": county, "code": "yh", "name": "余杭县", "kind": "county", "parent_id": city, "people": 1},
    ]
    assert [action for action, _ in await trail(site.database)] == ["site.created"] * 3
    assert len(await facts(site.database, "organisation.changed.v1")) == 3


async def test_kinds_stand_in_order_so_that_there_is_no_cycle(admin: httpx.AsyncClient) -> None:
    province = await made(admin, "sites", code="zj", name="P", kind="province")
    city = await made(admin, "sites", code="hz", name="C", kind="city", parent_id=province)
    county = await made(admin, "sites", code="yh", name="D", kind="county", parent_id=city)

    async def change(site: str, **fields: Any) -> httpx.Response:
        return await admin.patch(f"{V1}/sites/{site}", json=fields)

    below = {"code": "x", "name": "X", "kind": "city", "parent_id": county}
    assert refusal(await admin.post(f"{V1}/sites", json=below)) == (409, "site_order")
    for answer in (
        await change(province, parent_id=city),
        await change(province, parent_id=county),
        await change(province, parent_id=province),
        await change(city, parent_id=city),
        await change(city, kind="county"),
        await change(city, kind="province"),
        await change(county, kind="city"),
    ):
        assert refusal(answer) == (409, "site_order")
    assert (await change(county, parent_id=province)).json()["parent_id"] == province
    assert (await change(county, parent_id=None)).json()["parent_id"] is None
    assert (await change(city, kind="county")).json()["kind"] == "county"


async def test_a_site_of_another_tenant_is_not_there(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    theirs = await add_site(site.database, "hz", "city", tenant=east)
    assert (await admin.get(f"{V1}/sites")).json() == {"items": []}
    body = {"code": "yh", "name": "X", "kind": "county", "parent_id": str(theirs)}
    assert refusal(await admin.post(f"{V1}/sites", json=body)) == (422, "unknown_reference")
    group = {"code": "g", "name": "G", "site_id": str(theirs)}
    assert refusal(await admin.post(f"{V1}/groups", json=group)) == (422, "unknown_reference")
    assert (await admin.patch(f"{V1}/sites/{theirs}", json={"name": "Ours"})).status_code == 404
    assert (await admin.delete(f"{V1}/sites/{theirs}")).status_code == 404
    # Codes are each tenant's own.
    await made(admin, "sites", code="hz", name="杭州", kind="city")


@pytest.mark.parametrize(
    ("path", "body"),
    [("sites", {"kind": "city"}), ("groups", {}), ("skills", {"name_en": "Fault"})],
)
async def test_a_code_is_used_once_and_things_can_be_renamed_and_removed(
    admin: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    id_ = await made(admin, path, code="one", name="一", **body)
    other = await made(admin, path, code="two", name="二", **body)
    assert refusal(await admin.post(f"{V1}/{path}", json={"code": "one", "name": "x", **body})) == (409, "code_taken")
    assert refusal(await admin.patch(f"{V1}/{path}/{other}", json={"code": "one"})) == (409, "code_taken")
    changed = (await admin.patch(f"{V1}/{path}/{id_}", json={"name": "壹"})).json()
    assert {name: changed[name] for name in ("code", "name", "people", *body)} == {
        "code": "one", "name": "壹", "people": 0, **body,
    }  # fmt: skip
    assert (await admin.delete(f"{V1}/{path}/{id_}")).status_code == 204
    assert (await admin.delete(f"{V1}/{path}/{id_}")).status_code == 404
    assert [item["id"] for item in (await admin.get(f"{V1}/{path}")).json()["items"]] == [other]
    for bad in ({"code": "A B"}, {"name": ""}, {"name": None}, {"colour": "red"}):
        assert (await admin.patch(f"{V1}/{path}/{other}", json=bad)).status_code == 422


async def test_what_is_in_use_is_not_removed(site: Site, admin: httpx.AsyncClient) -> None:
    ann = await add_person(site.database, "ann", "agent")
    city = await add_site(site.database, "hz", "city")
    county = await add_site(site.database, "yh", "county", city)
    await work_at(site.database, ann, county)
    group, named = await add_group(site.database, "a", ann), await add_group(site.database, "b")
    await add_scoped(site.database, "lee", "leader", "group", named)
    skill = await made(admin, "skills", code="fault", name="故障")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("INSERT INTO person_skills VALUES ($1, $2, $3, 1)", SAMPLE_TENANT, ann.person_id, skill)
    for path in (f"sites/{city}", f"sites/{county}", f"groups/{group}", f"groups/{named}", f"skills/{skill}"):
        assert refusal(await admin.delete(f"{V1}/{path}")) == (409, "in_use"), path


async def test_the_permissions_are_listed_by_what_they_are_about(admin: httpx.AsyncClient) -> None:
    items = (await admin.get(f"{V1}/permissions")).json()["items"]
    assert {item["code"] for item in items} == KNOWN
    assert {"code": "customers.read", "group": "customers"} in items


async def test_a_role_of_the_tenants_own_holds_at_once_and_can_be_changed(site: Site, admin: httpx.AsyncClient) -> None:
    body = {"code": "night", "name": "夜班", "name_en": "Night", "permissions": ["queues.read", "agent.work"]}
    assert (await admin.post(f"{V1}/roles", json=body)).status_code == 201
    await add_person(site.database, "ann", "night")
    ann = await site.client("ann")
    assert (await ann.get("/api/v1/session")).json()["permissions"] == ["agent.work", "queues.read"]
    items = {item["code"]: item for item in (await admin.get(f"{V1}/roles")).json()["items"]}
    assert list(items)[: len(ROLES)] == list(ROLES)
    assert items["night"] == {**body, "permissions": sorted(body["permissions"]), "builtin": False, "people": 1}
    assert (items["admin"]["builtin"], items["admin"]["people"]) == (True, 1)
    change = {"name": "夜班", "permissions": ["queues.read"]}
    assert (await admin.put(f"{V1}/roles/night", json=change)).json()["permissions"] == ["queues.read"]
    assert (await ann.get("/api/v1/session")).json()["permissions"] == ["queues.read"]
    assert refusal(await admin.delete(f"{V1}/roles/night")) == (409, "in_use")
    async with site.database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants WHERE role = 'night'")
    assert (await admin.delete(f"{V1}/roles/night")).status_code == 204
    assert (await admin.delete(f"{V1}/roles/night")).status_code == 404


async def test_what_a_role_cannot_be(admin: httpx.AsyncClient) -> None:
    body = {"name": "x", "permissions": ["queues.read"]}
    for answer in (
        await admin.post(f"{V1}/roles", json={"code": "agent", **body}),
        await admin.put(f"{V1}/roles/admin", json=body),
        await admin.delete(f"{V1}/roles/admin"),
    ):
        assert refusal(answer) == (409, "builtin")
    assert refusal(await admin.post(f"{V1}/roles", json={"code": "x", **body, "permissions": ["fly"]})) == (
        422, "unknown_permission",
    )  # fmt: skip
    assert (await admin.put(f"{V1}/roles/nothing", json=body)).status_code == 404
    await admin.post(f"{V1}/roles", json={"code": "x", **body})
    assert refusal(await admin.post(f"{V1}/roles", json={"code": "x", **body})) == (409, "code_taken")


async def test_nobody_puts_rights_they_lack_into_a_role_or_takes_them_out(site: Site, admin: httpx.AsyncClient) -> None:
    own = {"code": "maker", "name": "m", "permissions": ["roles.write", "people.read", "queues.read"]}
    await admin.post(f"{V1}/roles", json=own)
    await admin.post(f"{V1}/roles", json={"code": "boss", "name": "b", "permissions": ["audit.read"]})
    await add_person(site.database, "ann", "maker")
    ann = await site.client("ann")
    body = {"code": "x", "name": "x", "permissions": ["customers.erase"]}
    assert refusal(await ann.post(f"{V1}/roles", json=body)) == (403, "cannot_grant")
    assert (await ann.post(f"{V1}/roles", json={**body, "permissions": ["queues.read"]})).status_code == 201
    more = {"name": "m", "permissions": [*own["permissions"], "people.write"]}
    assert refusal(await ann.put(f"{V1}/roles/maker", json=more)) == (403, "cannot_grant")
    assert refusal(await ann.put(f"{V1}/roles/boss", json={"name": "b", "permissions": []})) == (403, "cannot_grant")
    # What it has already may stay, whoever renames it.
    assert (await ann.put(f"{V1}/roles/boss", json={"name": "B", "permissions": ["audit.read"]})).status_code == 200


async def test_a_role_that_makes_the_last_administrator_keeps_doing_so(site: Site, admin: httpx.AsyncClient) -> None:
    body = {"name": "c", "permissions": ["admin", "roles.write", "people.read", "people.write"]}
    await admin.post(f"{V1}/roles", json={"code": "chief", **body})
    await add_person(site.database, "chief", "chief")
    chief = await site.client("chief")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET active = false WHERE username = 'admin'")
    less = {"name": "c", "permissions": ["roles.write"]}
    assert refusal(await chief.put(f"{V1}/roles/chief", json=less)) == (409, "last_administrator")


async def test_only_readers_read_and_only_writers_write(site: Site, admin: httpx.AsyncClient) -> None:
    await add_person(site.database, "ann", "agent")
    await add_person(site.database, "lee", "leader")
    ann, lee = await site.client("ann"), await site.client("lee")
    for path in ("sites", "groups", "skills", "roles", "permissions", "people"):
        assert (await ann.get(f"{V1}/{path}")).status_code == 403
        assert (await lee.get(f"{V1}/{path}")).status_code == 200
    for path, body in (
        ("skills", {"code": "x", "name": "x"}),
        ("roles", {"code": "x", "name": "x", "permissions": []}),
    ):
        assert (await lee.post(f"{V1}/{path}", json=body)).status_code == 403
    assert (await lee.delete(f"{V1}/groups/{new_id()}")).status_code == 403
    assert (await admin.delete(f"{V1}/groups/{new_id()}")).status_code == 404
