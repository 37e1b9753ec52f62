"""Which flow answers which number: set up over HTTP, one tenant's numbers out of another's reach."""

from __future__ import annotations

from typing import Any

from tests.support.web import Site, add_person, add_tenant
from yuelai.flows.events import AccessNumberChanged
from yuelai.platform.ids import SAMPLE_TENANT

NUMBERS = "/api/v1/access-numbers"


async def facts(site: Site) -> list[Any]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", AccessNumberChanged.type)
    return [(row["fact"]["tenant_id"], row["fact"]["number"]) for row in rows]


async def test_a_number_is_given_another_flow_and_taken_away(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")
    assert (await client.put(f"{NUMBERS}/10000", json={"flow": "main"})).json() == {"number": "10000", "flow": "main"}
    assert (await client.put(f"{NUMBERS}/10001", json={"flow": "main"})).status_code == 200
    assert (await client.put(f"{NUMBERS}/10000", json={"flow": "east"})).status_code == 200
    first = (await client.get(NUMBERS, params={"limit": 1})).json()
    assert first["items"] == [{"number": "10000", "flow": "east"}]
    second = (await client.get(NUMBERS, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert second == {"items": [{"number": "10001", "flow": "main"}], "next_cursor": None}
    assert (await client.delete(f"{NUMBERS}/10000")).status_code == 204
    gone = await client.get(f"{NUMBERS}/10000")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_access_number")
    assert await facts(site) == [(str(SAMPLE_TENANT), number) for number in ("10000", "10001", "10000", "10000")]
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        audited = await conn.fetch("SELECT action, object FROM audit WHERE action LIKE 'access_number.%' ORDER BY at")
    assert [tuple(row) for row in audited][-1] == ("access_number.removed", "access-number/10000")
    assert len(audited) == 4


async def test_what_is_no_flow_or_no_number_is_refused_by_name(site: Site) -> None:
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")
    refused = await client.put(f"{NUMBERS}/10000", json={"flow": "nowhere"})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_flow")
    assert (await client.put(f"{NUMBERS}/1", json={"flow": "main"})).status_code == 422
    assert (await client.put(f"{NUMBERS}/abc", json={"flow": "main"})).status_code == 422
    listed = (await client.get("/api/v1/flows")).json()["items"]
    assert {item["code"] for item in listed} >= {"main", "east"}
    assert await facts(site) == []


async def test_one_tenants_numbers_are_out_of_anothers_reach(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "boss", "admin")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    ours, theirs = await site.client("boss"), await site.client("eastboss")
    assert (await ours.put(f"{NUMBERS}/10000", json={"flow": "main"})).status_code == 200
    taken = await theirs.put(f"{NUMBERS}/10000", json={"flow": "east"})
    assert (taken.status_code, taken.json()["code"]) == (409, "number_taken")
    assert (await theirs.delete(f"{NUMBERS}/10000")).status_code == 404
    assert (await theirs.get(NUMBERS)).json()["items"] == []
    assert (await ours.get(NUMBERS)).json()["items"] == [{"number": "10000", "flow": "main"}]


async def test_agents_may_look_and_not_touch(site: Site) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("agent01")
    assert (await client.get(NUMBERS)).status_code == 200
    assert (await client.put(f"{NUMBERS}/10000", json={"flow": "main"})).status_code == 403
    assert (await client.delete(f"{NUMBERS}/10000")).status_code == 403
