import pytest

from tests.support.web import CHEAP_HASH, PASSWORD, Site, add_person, add_tenant
from yuelai.identity import passwords
from yuelai.identity.errors import NotSignedIn, TooManyAttempts, WrongCredentials
from yuelai.identity.sessions import LIFETIME, Sessions
from yuelai.platform import db
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import SAMPLE_TENANT


async def test_signing_in_gives_a_token_that_says_who_one_is(site: Site) -> None:
    person = await add_person(site.database, "agent01", "agent", number="8001")
    answer = await site.http.post("/api/v1/session", json={"username": "Agent01 ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["person"] == {
        "id": str(person.person_id),
        "username": "agent01",
        "name": "Agent01",
        "number": "8001",
        "roles": ["agent"],
        "permissions": sorted(person.permissions),
        "email": None,
        "language": None,
        "tenant": {"id": str(SAMPLE_TENANT), "code": "main", "name": "悦来"},
        "tenants": [{"id": str(SAMPLE_TENANT), "code": "main", "name": "悦来"}],
        "must": None,
        "totp": False,
        "reach": {"kind": "tenant", "names": []},
    }
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await site.http.get("/api/v1/session", headers=headers)).json() == answer.json()["person"]


async def test_the_token_itself_is_stored_nowhere(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    token = await site.sign_in("agent01")
    async with site.database.transaction(None) as conn:
        for table in ("sessions", "audit", "people", "sip_credentials"):
            rows = await conn.fetch(f"SELECT t::text AS row FROM {table} t")
            assert all(token not in row["row"] and token.encode().hex() not in row["row"] for row in rows)


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    answers = [
        await site.http.post("/api/v1/session", json={"username": name, "password": "wrong"})
        for name in ("agent01", "nobody")
    ]
    assert answers[0].status_code == 401
    assert answers[0].content == answers[1].content
    assert answers[0].json()["code"] == "wrong_credentials"
    assert answers[0].headers["content-type"] == "application/problem+json"


async def test_somebody_switched_off_or_without_any_role_cannot_sign_in(site: Site) -> None:
    await add_person(site.database, "left", "agent")
    await add_person(site.database, "waiting")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET active = false WHERE username = 'left'")
    for name in ("left", "waiting"):
        answer = await site.http.post("/api/v1/session", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 401, name


async def test_guessing_is_slowed_down_with_a_time_to_wait(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    statuses = []
    for _ in range(6):
        answer = await site.http.post("/api/v1/session", json={"username": "agent01", "password": "guess"})
        statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429]
    assert int(answer.headers["retry-after"]) >= 1
    # Even the right password waits now, or guessing would go on unhindered.
    right = await site.http.post("/api/v1/session", json={"username": "agent01", "password": PASSWORD})
    assert right.status_code == 429


async def test_the_delay_passes_and_success_clears_it(database: Database) -> None:
    await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    sessions = Sessions(database, clock)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await sessions.open("agent01", "guess", "10.0.0.1")
    with pytest.raises(TooManyAttempts) as refused:
        await sessions.open("agent01", PASSWORD, "10.0.0.1")
    clock.advance(refused.value.retry_after)
    await sessions.open("agent01", PASSWORD, "10.0.0.1")
    with pytest.raises(WrongCredentials):
        await sessions.open("agent01", "guess", "10.0.0.1")


async def test_one_source_that_tries_many_names_is_slowed_down_but_others_are_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_nobody", lambda: CHEAP_HASH)
    await add_person(database, "agent01", "agent")
    sessions = Sessions(database, VirtualClock(SystemClock().now()))
    for number in range(50):
        with pytest.raises(WrongCredentials):
            await sessions.open(f"guess{number}", "x", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        await sessions.open("agent01", PASSWORD, "10.0.0.1")
    await sessions.open("agent01", PASSWORD, "10.0.0.2")


async def test_a_whole_centre_may_sign_in_from_one_address(database: Database) -> None:
    await add_person(database, "agent01", "agent")
    sessions = Sessions(database, VirtualClock(SystemClock().now()))
    for _ in range(60):
        await sessions.open("agent01", PASSWORD, "10.0.0.1")


async def test_a_session_ends_after_twelve_hours(database: Database) -> None:
    await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    sessions = Sessions(database, clock)
    opened = await sessions.open("agent01", PASSWORD, "here")
    assert opened.expires_at == clock.now() + LIFETIME
    clock.advance(LIFETIME.total_seconds() - 1)
    assert (await sessions.principal(opened.token)).username == "agent01"
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        await sessions.principal(opened.token)


async def test_signing_out_ends_the_session_at_once_and_no_other(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    first, second = await site.client("agent01"), await site.client("agent01")
    assert (await first.delete("/api/v1/session")).status_code == 204
    assert (await first.get("/api/v1/session")).status_code == 401
    assert (await second.get("/api/v1/session")).status_code == 200


async def test_revoking_ends_all_sessions_of_a_person(database: Database) -> None:
    person = await add_person(database, "agent01", "agent")
    sessions = Sessions(database)
    opened = [await sessions.open("agent01", PASSWORD, "here") for _ in range(2)]
    await sessions.revoke(person.person_id)
    for each in opened:
        with pytest.raises(NotSignedIn):
            await sessions.principal(each.token)


async def test_a_known_session_outlives_a_moment_without_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ACQUIRE_SECONDS", 0.1)
    await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    sessions = Sessions(database, clock)
    known, unseen = [await sessions.open("agent01", PASSWORD, "here") for _ in range(2)]
    before = await sessions.principal(known.token)
    await database.close()
    assert await sessions.principal(known.token) == before
    with pytest.raises(Unavailable):
        await sessions.principal(unseen.token)
    clock.advance(121)
    with pytest.raises(Unavailable):
        await sessions.principal(known.token)


async def test_signing_in_is_written_to_the_audit_trail(site: Site) -> None:
    person = await add_person(site.database, "agent01", "agent")
    await site.sign_in("agent01")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        row = await conn.fetchrow("SELECT person_id, action, object, data FROM audit")
    assert row is not None
    assert (row["person_id"], row["action"]) == (person.person_id, "session.opened")
    assert row["data"] == {"source": "127.0.0.1"}


async def test_a_person_acts_for_the_tenant_of_their_first_grant(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "theirs", "agent", tenant=other)
    client = await site.client("theirs")
    assert (await client.get("/api/v1/session")).json()["roles"] == ["agent"]
    async with site.database.transaction(other) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit") == 1
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit") == 0


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Bearer made-up", "bearer ' OR 1=1 --"])
async def test_no_token_or_a_wrong_one_is_refused(site: Site, header: str | None) -> None:
    answer = await site.http.get("/api/v1/session", headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"
