"""After so many failures in a row nobody gets in under a name for a while."""

import pytest

from tests.support.web import CHEAP_HASH, PASSWORD, Site, add_person
from yuelai.identity import passwords
from yuelai.identity.errors import TooManyAttempts, WrongCredentials
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in import repository
from yuelai.identity.sign_in.errors import Locked
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(SystemClock().now())


@pytest.fixture
def sessions(database: Database, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    monkeypatch.setattr(passwords, "_nobody", lambda: CHEAP_HASH)
    return Sessions(database, clock, Settings(lock_failures=4, lock_minutes=15))


async def fail(sessions: Sessions, clock: VirtualClock, username: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await sessions.open(username, "guess", "10.0.0.1")


@pytest.mark.parametrize("username", ["agent01", "nobody"])
async def test_the_lock_is_the_same_for_names_that_exist_and_that_do_not(
    sessions: Sessions, clock: VirtualClock, database: Database, username: str
) -> None:
    await add_person(database, "agent01", "agent")
    await fail(sessions, clock, username, 4)
    with pytest.raises(Locked) as refused:
        await sessions.open(username, PASSWORD, "10.0.0.1")
    assert refused.value.extra["retry_after"] == 15 * 60


async def test_the_lock_ends_by_itself_and_counts_anew(
    sessions: Sessions, clock: VirtualClock, database: Database
) -> None:
    await add_person(database, "agent01", "agent")
    await fail(sessions, clock, "agent01", 4)
    clock.advance(15 * 60 - 1)
    with pytest.raises(Locked):
        await sessions.open("agent01", PASSWORD, "10.0.0.1")
    clock.advance(1000)
    await fail(sessions, clock, "agent01", 3)
    await sessions.open("agent01", PASSWORD, "10.0.0.1")
    await fail(sessions, clock, "agent01", 3)
    await sessions.open("agent01", PASSWORD, "10.0.0.1")


async def test_a_lock_holds_in_every_process_and_an_administrator_ends_it(
    sessions: Sessions, clock: VirtualClock, database: Database
) -> None:
    person = await add_person(database, "agent01", "agent")
    await fail(sessions, clock, "agent01", 4)
    another = Sessions(database, clock)
    with pytest.raises(Locked):
        await another.open("agent01", PASSWORD, "10.0.0.2")
    async with database.transaction(None) as conn:
        assert await repository.forgive(conn, person.person_id)
        assert not await repository.forgive(conn, person.person_id)
    await another.open("agent01", PASSWORD, "10.0.0.2")


async def test_guessing_ones_own_old_password_locks_as_well(
    sessions: Sessions, clock: VirtualClock, database: Database
) -> None:
    await add_person(database, "agent01", "agent")
    opened = await sessions.open("agent01", PASSWORD, "here")
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            await sessions.door.confirm(opened.principal, "guess", "here")
    with pytest.raises(Locked):
        await sessions.door.confirm(opened.principal, PASSWORD, "here")
    for _ in range(10):
        with pytest.raises((Locked, TooManyAttempts)):
            await sessions.door.confirm(opened.principal, PASSWORD, "here")


async def test_locked_is_a_problem_document_and_every_refusal_is_in_the_trail(site: Site) -> None:
    person = await add_person(site.database, "agent01", "agent")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET failed_sign_ins = 9")
    first = await site.http.post("/api/v1/session", json={"username": "agent01", "password": "hunter2 hunter2"})
    assert first.status_code == 401
    second = await site.http.post("/api/v1/session", json={"username": "agent01", "password": PASSWORD})
    assert (second.status_code, second.json()["code"]) == (423, "locked")
    assert int(second.headers["retry-after"]) > 800
    await site.http.post("/api/v1/session", json={"username": "oops my password", "password": "x"})
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT * FROM audit ORDER BY at, id")
    assert [(row["action"], row["person_id"], row["data"].get("reason")) for row in rows] == [
        ("session.refused", person.person_id, "password"),
        ("person.locked", person.person_id, None),
        ("session.refused", person.person_id, "locked"),
        ("session.refused", None, "unknown_name"),
    ]
    assert {row["source"] for row in rows} == {"127.0.0.1"}
    assert rows[0]["request_id"] == first.headers["x-request-id"]
    assert "hunter2" not in str(rows)
    assert "oops" not in str([dict(row) for row in rows])
