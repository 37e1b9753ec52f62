"""Rules of passwords, and what happens when one is changed or must be."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from tests.support.web import PASSWORD, Site, add_person
from yuelai.identity import passwords
from yuelai.identity.errors import WeakPassword
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in import changing, policy, repository
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database

NEW = "seven grey geese at noon"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", CHEAP)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short-9-c", "too_short"),
        ("password123", "too_common"),
        ("qwertyuiop", "too_common"),
        ("1234567890", "too_common"),
        ("aaaaaaaaaaaaaaaa", "too_common"),
        ("agent01agent01", "about_you"),
        ("Linxiaoyu8001", "about_you"),
        ("x" * 1001, "too_long"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        policy.check_new(password, ["agent01", "linxiaoyu", "8001"])
    assert refused.value.extra["reason"] == reason


@pytest.mark.parametrize("password", [NEW, "悦来客服中心二零二六", "xK9#mQ2$vL", "correct horse battery staple" * 20])
def test_a_long_or_odd_password_is_taken_whatever_its_characters(password: str) -> None:
    policy.check_new(password, ["agent01"])


async def test_a_changed_password_opens_the_old_one_does_not_and_other_sessions_end(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    here, elsewhere = await site.client("agent01"), await site.client("agent01")
    changed = await here.put("/api/v1/session/password", json={"old": PASSWORD, "new": NEW})
    assert changed.status_code == 204, changed.text
    assert (await here.get("/api/v1/session")).status_code == 200
    assert (await elsewhere.get("/api/v1/session")).status_code == 401
    await site.sign_in("agent01", NEW)
    old = await site.http.post("/api/v1/session", json={"username": "agent01", "password": PASSWORD})
    assert old.status_code == 401
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'password.changed'") == 1
        kept = await conn.fetchval("SELECT string_agg(a::text, ' ') FROM audit a")
    assert NEW not in kept
    assert PASSWORD not in kept


async def test_the_old_password_must_be_right_and_the_new_one_strong(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    wrong = await client.put("/api/v1/session/password", json={"old": "wrong", "new": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    weak = await client.put("/api/v1/session/password", json={"old": PASSWORD, "new": "password123"})
    assert (weak.status_code, weak.json()["code"], weak.json()["reason"]) == (422, "weak_password", "too_common")
    same = await client.put("/api/v1/session/password", json={"old": PASSWORD, "new": PASSWORD})
    assert (same.status_code, same.json()["reason"]) == (422, "used_before")
    for body in ({}, {"old": PASSWORD}, {"old": PASSWORD, "new": NEW, "more": 1}, {"old": PASSWORD, "new": "\ud800"}):
        answer = await client.put("/api/v1/session/password", content=_json(body))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), body


async def test_none_of_the_last_five_passwords_comes_back(database: Database) -> None:
    person = await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    used = [PASSWORD, *(f"geese number {n} at noon" for n in range(5))]
    for password in used[1:]:
        clock.advance(60)
        await changing.change_own(database, person, password, clock.now(), b"")
    for password in used[1:]:
        with pytest.raises(WeakPassword) as refused:
            await changing.change_own(database, person, password, clock.now(), b"")
        assert refused.value.extra["reason"] == "used_before"
    clock.advance(60)
    await changing.change_own(database, person, PASSWORD, clock.now(), b"")
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM password_history") == 5


async def test_a_password_that_must_be_changed_opens_nothing_else(site: Site) -> None:
    person = await add_person(site.database, "agent01", "agent", number="8001")
    encoded = await passwords.hash_password("first one handed out")
    async with site.database.transaction(None) as conn:
        now = SystemClock().now()
        await repository.set_password(conn, person.person_id, encoded, now, must_change=True, remembered=5)
    client = await site.client("agent01", "first one handed out")
    assert (await client.get("/api/v1/session")).json()["must"] == "change_password"
    for method, path in (
        ("GET", "/api/v1/customers"),
        ("GET", "/api/v1/agents/me/sip"),
        ("GET", "/api/v1/session/list"),
        ("PATCH", "/api/v1/session/profile"),
        ("POST", "/api/v1/session/totp"),
    ):
        answer = await client.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required"), path
    body = {"old": "first one handed out", "new": NEW}
    assert (await client.put("/api/v1/session/password", json=body)).status_code == 204
    assert (await client.get("/api/v1/session")).json()["must"] is None
    assert (await client.get("/api/v1/session/list")).status_code == 200


async def test_a_password_grows_old_when_the_centre_says_so(database: Database) -> None:
    person = await add_person(database, "agent01", "agent")
    clock = VirtualClock(SystemClock().now())
    await changing.change_own(database, person, NEW, clock.now(), b"")
    forever, ninety = Sessions(database, clock), Sessions(database, clock, Settings(password_days=90))
    clock.advance(timedelta(days=90).total_seconds() - 1)
    assert (await ninety.open("agent01", NEW, "here")).principal.must is None
    clock.advance(1)
    assert (await ninety.open("agent01", NEW, "here")).principal.must == "change_password"
    assert (await forever.open("agent01", NEW, "here")).principal.must is None


def _json(body: dict[str, object]) -> bytes:
    import json

    return json.dumps(body).encode()
