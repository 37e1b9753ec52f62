"""API tokens: for one tenant, never more than their maker may, and seen in the audit trail."""

from datetime import timedelta

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.identity.errors import NotSignedIn
from yuelai.identity.sessions import Sessions
from yuelai.identity.tokens import service
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT


def bearing(site: Site, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=str(site.http.base_url), headers={"Authorization": f"Bearer {token}"})


async def test_a_token_does_what_it_was_made_for_and_nothing_else(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    admin = await site.client("admin")
    body = {"name": "data warehouse", "permissions": ["customers.read", "customers.write", "tokens.write"]}
    answer = await admin.post("/api/v1/tokens", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["token"].startswith("yl_")
    assert (made["created_by"]["username"], made["last_used_at"], made["expires_at"]) == ("admin", None, None)
    token = bearing(site, made["token"])
    me = (await token.get("/api/v1/session")).json()
    assert (me["username"], me["permissions"]) == ("admin", sorted(body["permissions"]))
    created = await token.post("/api/v1/customers", json={"name": "王芳", "phones": ["13800000001"]})
    assert created.status_code in (200, 201), created.text
    assert (await token.get("/api/v1/queues")).json()["code"] == "forbidden"
    for method, path in (
        ("DELETE", "/session"),
        ("PUT", "/session/password"),
        ("PUT", "/session/tenant"),
        ("PATCH", "/session/profile"),
        ("POST", "/session/totp"),
        ("GET", "/session/list"),
        ("POST", "/tokens"),
    ):
        # Were the body read first, these would be 422: who asks comes before what is asked.
        sent = {"old": "x", "new": "y", "tenant_id": str(SAMPLE_TENANT), **body} if path == "/tokens" else {}
        refused = await token.request(method, f"/api/v1{path}", json=sent)
        assert (refused.status_code, refused.json()["code"]) == (403, "session_needed"), path
    [listed] = (await admin.get("/api/v1/tokens")).json()["items"]
    assert listed["last_used_at"] is not None
    assert "token" not in listed
    trail = (await admin.get("/api/v1/audit", params={"action": "customer.created"})).json()["items"]
    assert (trail[0]["token"], trail[0]["person"]["username"]) == ("data warehouse", "admin")


async def test_the_token_itself_is_stored_nowhere_and_ends_when_revoked(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    admin = await site.client("admin")
    made = (await admin.post("/api/v1/tokens", json={"name": "x", "permissions": ["queues.read"]})).json()
    async with site.database.transaction(None) as conn:
        for table in ("api_tokens", "audit"):
            text = str(await conn.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert made["token"] not in text
            assert made["token"].encode().hex() not in text
    token = bearing(site, made["token"])
    assert (await token.get("/api/v1/queues")).status_code == 200
    assert (await admin.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    assert (await admin.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
    gone = await token.get("/api/v1/queues")
    assert (gone.status_code, gone.json()["code"]) == (401, "not_signed_in")
    assert (await admin.get("/api/v1/tokens")).json()["items"] == []
    actions = [each["action"] for each in (await admin.get("/api/v1/audit")).json()["items"]]
    assert actions == ["token.revoked", "token.made", "session.opened"]


async def test_nobody_gives_a_token_what_they_lack_or_a_past_end(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "theirs", "admin", tenant=other)
    client = await site.client("theirs")
    for permissions in (["agent.work"], ["tenants.write"], ["queues.read", "no.such"]):
        answer = await client.post("/api/v1/tokens", json={"name": "x", "permissions": permissions})
        assert (answer.status_code, answer.json()["code"]) == (403, "cannot_grant"), permissions
        assert answer.json()["permissions"] == permissions[-1:]
    body = {"name": "x", "permissions": ["queues.read"], "expires_at": "2020-01-01T00:00:00Z"}
    late = await client.post("/api/v1/tokens", json=body)
    assert (late.status_code, late.json()["code"]) == (422, "expires_in_the_past")


async def test_a_token_belongs_to_one_tenant(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "theirs", "admin", tenant=other)
    await add_person(site.database, "admin", "admin")
    theirs, ours = await site.client("theirs"), await site.client("admin")
    made = (await theirs.post("/api/v1/tokens", json={"name": "x", "permissions": ["queues.read"]})).json()
    token = bearing(site, made["token"])
    assert (await token.get("/api/v1/session")).json()["tenant"]["code"] == "other"
    elsewhere = await token.get("/api/v1/queues", headers={"Yuelai-Tenant": str(SAMPLE_TENANT)})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "no_grant_there")
    assert (await ours.get("/api/v1/tokens")).json()["items"] == []
    assert (await ours.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
    assert (await token.get("/api/v1/queues")).status_code == 200


async def test_a_token_loses_what_its_maker_loses_and_ends_in_time(database: Database) -> None:
    person = await add_person(database, "admin", "admin", "editor")
    clock = VirtualClock(SystemClock().now())
    sessions = Sessions(database, clock)
    until = clock.now() + timedelta(days=1)
    async with database.transaction(SAMPLE_TENANT) as conn:
        wanted = ["queues.read", "queues.write"]
        _, token = await service.make(conn, person, "x", wanted, until, clock.now())
    assert (await sessions.principal(token)).permissions == set(wanted)
    async with database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants WHERE role = 'admin'")
    assert (await sessions.principal(token)).permissions == {"queues.read"}
    clock.advance(timedelta(days=1).total_seconds() - 1)
    await sessions.principal(token)
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        await sessions.principal(token)
    async with database.transaction(SAMPLE_TENANT) as conn:
        _, token = await service.make(conn, person, "y", ["queues.read"], None, clock.now())
    await sessions.principal(token)
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE people SET active = false")
    with pytest.raises(NotSignedIn):
        await sessions.principal(token)


async def test_tokens_are_listed_by_pages(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    admin = await site.client("admin")
    for name in "abcde":
        await admin.post("/api/v1/tokens", json={"name": name, "permissions": ["queues.read"]})
    names, cursor = [], None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/api/v1/tokens", params=params)).json()
        names += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == list("edcba")
    bad = await admin.get("/api/v1/tokens", params={"cursor": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_cursor")
