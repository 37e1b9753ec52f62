"""Tenants over HTTP: only where the operator acts for itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.organisation import facts, grant, trail
from tests.support.web import Site, add_person, add_tenant
from yuelai.identity.model import Principal
from yuelai.platform.ids import SAMPLE_TENANT, TenantId

TENANTS = "/api/v1/tenants"


@pytest.fixture
async def who(site: Site) -> Principal:
    return await add_person(site.database, "admin", "admin")


@pytest.fixture
async def admin(site: Site, who: Principal) -> AsyncIterator[httpx.AsyncClient]:
    async with await site.client("admin") as client:
        yield client


async def test_there_is_the_operators_own_from_the_start(admin: httpx.AsyncClient) -> None:
    (item,) = (await admin.get(TENANTS)).json()["items"]
    assert (item["id"], item["code"], item["active"], item["is_operator"], item["people"]) == (
        str(SAMPLE_TENANT), "main", True, True, 1,
    )  # fmt: skip


async def test_who_makes_a_tenant_is_its_first_administrator(
    site: Site, admin: httpx.AsyncClient, who: Principal
) -> None:
    answer = await admin.post(TENANTS, json={"code": "east", "name": "东方水务"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["code"], made["name"], made["active"], made["is_operator"], made["people"]) == (
        "east", "东方水务", True, False, 1,
    )  # fmt: skip
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT person_id, role FROM grants WHERE tenant_id::text = $1", made["id"])
    assert [tuple(row) for row in rows] == [(who.person_id, "admin")]
    line = ("tenant.created", f"tenant/{made['id']}")
    assert line in await trail(site.database)
    assert line in await trail(site.database, TenantId(made["id"]))
    assert [fact["tenant_id"] for fact in await facts(site.database, "tenant.changed.v1")] == [made["id"]]
    again = await admin.post(TENANTS, json={"code": "east", "name": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")


async def test_a_closed_tenant_lets_nobody_act_until_it_is_opened_again(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "theirs", "agent", tenant=east)
    theirs = await site.client("theirs")
    assert (await theirs.get("/api/v1/session")).status_code == 200
    closed = await admin.patch(f"{TENANTS}/{east}", json={"active": False})
    assert closed.json()["active"] is False
    assert (await theirs.get("/api/v1/session")).status_code == 401
    answer = await site.http.post("/api/v1/session", json={"username": "theirs", "password": "open sesame"})
    assert answer.status_code == 401
    assert (await admin.patch(f"{TENANTS}/{east}", json={"active": True, "name": "East"})).json()["name"] == "East"
    assert await site.sign_in("theirs")


async def test_the_operators_own_is_never_closed(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch(f"{TENANTS}/{SAMPLE_TENANT}", json={"active": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "operators_own")
    assert (await admin.patch(f"{TENANTS}/{SAMPLE_TENANT}", json={"name": "Yuelai"})).json()["name"] == "Yuelai"


async def test_a_clients_administrator_does_not_even_see_the_other_clients(
    site: Site, admin: httpx.AsyncClient
) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "chief", "admin", tenant=east)
    chief = await site.client("chief")
    assert (await chief.get(TENANTS)).status_code == 403
    assert (await chief.post(TENANTS, json={"code": "x", "name": "x"})).status_code == 403
    assert (await chief.patch(f"{TENANTS}/{east}", json={"name": "x"})).status_code == 403


async def test_tenants_come_in_pages_with_the_active_people_of_each(site: Site, admin: httpx.AsyncClient) -> None:
    ann = await add_person(site.database, "ann", "agent")
    for code in ("a", "b", "c"):
        await grant(site.database, ann, "agent", "tenant", tenant=await add_tenant(site.database, code))
    first = (await admin.get(TENANTS, params={"limit": 3})).json()
    second = (await admin.get(TENANTS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["code"] for item in first["items"] + second["items"]] == ["a", "b", "c", "main"]
    assert [item["people"] for item in first["items"]] == [1, 1, 1]
    assert second["next_cursor"] is None


async def test_an_unknown_tenant_is_not_found(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch(f"{TENANTS}/01900000-0000-7000-8000-00000000dead", json={"name": "x"})
    assert answer.status_code == 404
