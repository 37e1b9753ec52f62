"""Sessions of one person: listed, ended, acting at one tenant or another, and what is known of oneself."""

import asyncio
import json

import pytest
import websockets

from tests.support.web import PASSWORD, FakeCore, Site, add_person, add_tenant
from yuelai.identity import repository
from yuelai.identity.errors import NotSignedIn
from yuelai.identity.events import PersonChanged
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in.errors import NoGrantThere
from yuelai.platform import db, outbox
from yuelai.platform.bus import Bus
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId, new_id


async def grant(database: Database, person: PersonId, tenant: TenantId, role: str) -> None:
    async with database.transaction(None) as conn:
        await repository.add_grant(conn, person, tenant, role)


async def test_ones_sessions_are_listed_and_each_can_be_ended(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    await add_person(site.database, "agent02", "agent")
    first = await site.client("agent01")
    body = {"username": "agent01", "password": PASSWORD}
    token = (await site.http.post("/api/v1/session", json=body, headers={"User-Agent": "Tablet/1"})).json()["token"]
    items = (await first.get("/api/v1/session/list")).json()["items"]
    assert sorted((each["user_agent"].split("/")[0], each["current"], each["source"]) for each in items) == [
        ("Tablet", False, "127.0.0.1"),
        ("python-httpx", True, "127.0.0.1"),
    ]
    other = next(each["id"] for each in items if not each["current"])
    stranger = await site.client("agent02")
    for client, id_ in ((stranger, other), (first, str(new_id()))):
        answer = await client.delete(f"/api/v1/session/list/{id_}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await first.delete(f"/api/v1/session/list/{other}")).status_code == 204
    gone = await site.http.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 401
    assert (await first.get("/api/v1/session")).status_code == 200


async def test_when_a_session_was_last_used_is_written_at_most_once_a_minute(database: Database) -> None:
    person = await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    sessions = Sessions(database, clock)
    opened = await sessions.open("agent01", PASSWORD, "here", user_agent="x" * 1000)
    began = clock.now()
    seen = []
    for seconds in (59, 1, 59, 1):
        clock.advance(seconds)
        await sessions.principal(opened.token)
        [standing] = await sessions.listed(opened.token, person)
        seen.append((standing.last_seen_at - began).total_seconds())
    assert seen == [0, 60, 60, 120]
    assert standing.current
    assert standing.user_agent == "x" * 300


async def test_a_session_is_moved_to_another_tenant_of_the_person(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    person = await add_person(site.database, "agent01", "agent")
    await grant(site.database, person.person_id, other, "clerk")
    client = await site.client("agent01")
    before = (await client.get("/api/v1/session")).json()
    assert before["tenant"]["code"] == "main"
    assert {each["code"] for each in before["tenants"]} == {"main", "other"}
    moved = await client.put("/api/v1/session/tenant", json={"tenant_id": str(other)})
    assert (moved.json()["tenant"]["code"], moved.json()["roles"]) == ("other", ["clerk"])
    assert (await client.get("/api/v1/session")).json() == moved.json()
    async with site.database.transaction(other) as conn:
        data = await conn.fetchval("SELECT data FROM audit WHERE action = 'session.tenant_switched'")
    assert data == {"from": str(SAMPLE_TENANT), "to": str(other)}


async def test_nobody_acts_at_a_tenant_where_they_have_no_role_or_that_is_closed(site: Site) -> None:
    theirs, closed = await add_tenant(site.database, "theirs"), await add_tenant(site.database, "closed")
    person = await add_person(site.database, "agent01", "agent")
    await grant(site.database, person.person_id, closed, "agent")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE tenants SET active = false WHERE id = $1", closed)
    client = await site.client("agent01")
    for tenant in (theirs, closed, new_id()):
        moved = await client.put("/api/v1/session/tenant", json={"tenant_id": str(tenant)})
        assert (moved.status_code, moved.json()["code"]) == (403, "no_grant_there")
        once = await client.get("/api/v1/session", headers={"Yuelai-Tenant": str(tenant)})
        assert (once.status_code, once.json()["code"]) == (403, "no_grant_there")
    for text in ("main", "", "0", "' OR 1=1 --"):
        answer = await client.get("/api/v1/session", headers={"Yuelai-Tenant": text})
        assert (answer.status_code, answer.json()["code"]) == (403, "no_grant_there"), text


async def test_one_request_may_act_at_another_tenant_and_the_session_stays(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    person = await add_person(site.database, "agent01", "agent")
    await grant(site.database, person.person_id, other, "editor")
    client = await site.client("agent01")
    once = await client.get("/api/v1/session", headers={"Yuelai-Tenant": str(other)})
    assert (once.json()["tenant"]["code"], once.json()["roles"]) == ("other", ["editor"])
    refused = await client.get("/api/v1/customers", headers={"Yuelai-Tenant": str(other)})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await client.get("/api/v1/session")).json()["tenant"]["code"] == "main"


async def test_a_person_changes_their_own_profile_and_nothing_else(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    body = {"name": " 林晓雨 ", "email": "lin@example.com", "language": "zh"}
    changed = await client.patch("/api/v1/session/profile", json=body)
    assert {name: changed.json()[name] for name in body} == {**body, "name": "林晓雨"}
    assert (await client.patch("/api/v1/session/profile", json={"email": None})).json()["email"] is None
    assert (await client.get("/api/v1/session")).json()["language"] == "zh"
    for wrong in (
        {"name": ""},
        {"name": None},
        {"name": "a\x00b"},
        {"email": "nobody"},
        {"language": "fr"},
        {"username": "admin"},
        {"roles": ["admin"]},
    ):
        answer = await client.patch("/api/v1/session/profile", json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), wrong
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT data FROM audit WHERE action = 'profile.changed' ORDER BY at")
        assert [row["data"] for row in rows] == [{"fields": ["email", "language", "name"]}, {"fields": ["email"]}]
        assert await conn.fetchval("SELECT count(*) FROM outbox WHERE type = 'person.changed.v1'") == 2


async def test_whoever_loses_every_grant_is_no_longer_signed_in(database: Database) -> None:
    other = await add_tenant(database, "other")
    person = await add_person(database, "agent01", "agent")
    await grant(database, person.person_id, other, "agent")
    sessions = Sessions(database)
    opened = await sessions.open("agent01", PASSWORD, "here")
    async with database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants WHERE tenant_id = $1", SAMPLE_TENANT)
    # Nothing is allowed here any more, but there is another place to go to.
    assert (await sessions.principal(opened.token)).permissions == frozenset()
    assert (await sessions.switch(opened.token, person, other)).tenant_id == other
    async with database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants")
    with pytest.raises(NotSignedIn):
        await sessions.principal(opened.token)
    with pytest.raises(NoGrantThere):
        await sessions.principal(opened.token, other)


async def test_a_fact_about_a_person_ends_what_was_believed_of_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ACQUIRE_SECONDS", 0.1)
    person = await add_person(site.database, "agent01", "agent")
    await add_person(site.database, "agent02", "agent")
    sessions: Sessions = site.app.state.sessions
    tokens = [await site.sign_in(name) for name in ("agent01", "agent02")]
    for token in tokens:
        await sessions.principal(token)
    relay = outbox.Relay(site.database, Bus())
    await relay.start()
    try:
        async with site.database.transaction(None) as conn:
            await outbox.put(
                conn,
                PersonChanged(at=SystemClock().now(), tenant_id=SAMPLE_TENANT, person_id=person.person_id),
            )
        async with asyncio.timeout(5):
            while any(held.person_id == person.person_id for _, _, held in sessions._seen.values()):
                await asyncio.sleep(0.02)
    finally:
        await relay.close()
    assert [held.username for _, _, held in sessions._seen.values()] == ["agent02"]


async def test_a_page_that_watches_is_shut_at_once_when_its_session_ends(site: Site, core: FakeCore) -> None:
    await add_person(site.database, "agent01", "agent")
    here = await site.client("agent01")
    elsewhere = await site.sign_in("agent01")
    async with websockets.connect(site.ws("/ws/events")) as page:
        await page.send(json.dumps({"token": elsewhere}))
        await page.recv()
        items = (await here.get("/api/v1/session/list")).json()["items"]
        ended = next(each["id"] for each in items if not each["current"])
        began = asyncio.get_running_loop().time()
        assert (await here.delete(f"/api/v1/session/list/{ended}")).status_code == 204
        async with asyncio.timeout(8):
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    await page.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    # Well before the heartbeat that would have noticed anyway.
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_page_hears_of_rights_taken_away_in_another_process(site: Site, core: FakeCore) -> None:
    person = await add_person(site.database, "agent01", "agent")
    token = await site.sign_in("agent01")
    relay = outbox.Relay(site.database, Bus())
    await relay.start()
    try:
        async with websockets.connect(site.ws("/ws/events")) as page:
            await page.send(json.dumps({"token": token}))
            await page.recv()
            async with site.database.transaction(None) as conn:
                await conn.execute("DELETE FROM grants")
                now = SystemClock().now()
                await outbox.put(conn, PersonChanged(at=now, tenant_id=SAMPLE_TENANT, person_id=person.person_id))
            # Well before the heartbeat that would have noticed anyway.
            async with asyncio.timeout(5):
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    while True:
                        await page.recv()
    finally:
        await relay.close()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_a_page_of_somebody_who_must_change_their_password_shows_nothing(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET must_change_password = true")
    token = await site.sign_in("agent01")
    async with websockets.connect(site.ws("/ws/events")) as page:
        await page.send(json.dumps({"token": token}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await page.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "change_password")


NOT_WELL_FORMED = (
    ("POST", "/session", b"{"),
    ("POST", "/session", b'{"username": "a\\u0000b", "password": "x"}'),
    ("POST", "/session", b'{"username": "\\ud800", "password": "x"}'),
    ("POST", "/session", b'{"username": "a", "password": "\\ud800"}'),
    ("POST", "/session", b'{"username": "a", "password": "x", "otp": ["1"]}'),
    ("POST", "/session/oidc", b'{"ticket": ""}'),
    ("PUT", "/session/tenant", b'{"tenant_id": "main"}'),
    ("PUT", "/session/totp", b'{"code": ""}'),
    ("DELETE", "/session/totp", b"null"),
    ("DELETE", "/session/list/none", b""),
    ("POST", "/tokens", b'{"name": "x", "permissions": []}'),
    ("POST", "/tokens", b'{"name": "", "permissions": ["queues.read"]}'),
    ("POST", "/tokens", b'{"name": "x", "permissions": ["queues.read"], "expires_at": "0001-01-01T00:00:00+23:00"}'),
    ("DELETE", "/tokens/none", b""),
    ("GET", "/audit?limit=0", b""),
    ("GET", "/audit?person=me", b""),
    ("GET", "/audit?object=%00", b""),
    ("GET", "/audit?from=yesterday", b""),
)


async def test_what_is_not_well_formed_is_answered_with_a_problem_document(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    client = await site.client("admin")
    for method, path, body in NOT_WELL_FORMED:
        headers = {"Content-Type": "application/json"}
        answer = await client.request(method, f"/api/v1{path}", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (path, body, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
