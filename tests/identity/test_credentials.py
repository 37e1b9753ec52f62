import hashlib

import pytest

from tests.support.web import PASSWORD, Site, add_person
from yuelai.identity.credentials import PostgresCredentialStore, ha1, set_phone_password
from yuelai.identity.service import agents, bootstrap_admin
from yuelai.identity.sessions import Sessions
from yuelai.platform import db
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.telephony.ports import Credential, CredentialStore


async def test_a_desk_phone_has_the_digest_secrets_of_its_password(database: Database) -> None:
    person = await add_person(database, "agent01", "agent", number="8001")
    async with database.transaction(None) as conn:
        await set_phone_password(conn, person.person_id, "8001", "demo")
    store: CredentialStore = PostgresCredentialStore(database)  # type: ignore[assignment]
    found = await store.credential("8001")
    assert found is not None
    text = b"8001:yuelai:demo"
    expected = Credential("8001", hashlib.md5(text).hexdigest(), hashlib.sha256(text).hexdigest())
    assert (found.user, found.ha1_md5, found.ha1_sha256) == (expected.user, expected.ha1_md5, expected.ha1_sha256)
    assert await store.credential("8002") is None


async def test_the_browser_gets_a_secret_that_the_registrar_knows_for_its_user(site: Site) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    account = (await (await site.client("agent01")).get("/api/v1/agents/me/sip")).json()
    assert account["uri"] == "sip:8001@yuelai"
    assert (account["realm"], account["ws_path"]) == ("yuelai", "/ws/sip")
    assert account["authorization_user"].startswith("8001-")
    found = await PostgresCredentialStore(site.database).credential(account["authorization_user"])
    assert found is not None
    assert (found.user, found.ha1_md5) == ("8001", account["ha1"])


async def test_each_page_gets_a_secret_of_its_own(site: Site) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("agent01")
    first, second = [(await client.get("/api/v1/agents/me/sip")).json() for _ in range(2)]
    assert first["authorization_user"] != second["authorization_user"]
    assert first["ha1"] != second["ha1"]


async def test_the_browser_secret_dies_with_its_session(site: Site) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("agent01")
    name = (await client.get("/api/v1/agents/me/sip")).json()["authorization_user"]
    await client.delete("/api/v1/session")
    assert await PostgresCredentialStore(site.database).credential(name) is None


async def test_who_has_no_number_gets_no_phone(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    answer = await (await site.client("agent01")).get("/api/v1/agents/me/sip")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_number")


async def test_phones_register_again_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ACQUIRE_SECONDS", 0.1)
    person = await add_person(database, "agent01", "agent", number="8001")
    async with database.transaction(None) as conn:
        await set_phone_password(conn, person.person_id, "8001", "demo")
    clock = VirtualClock(SystemClock().now())
    store = PostgresCredentialStore(database, clock)
    before = await store.credential("8001")
    await database.close()
    clock.advance(3000)
    assert await store.credential("8001") == before
    with pytest.raises(Unavailable):
        await store.credential("8002")
    clock.advance(1000)
    with pytest.raises(Unavailable):
        await store.credential("8001")


async def test_a_browser_secret_expires_even_while_the_database_is_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ACQUIRE_SECONDS", 0.1)
    await add_person(site.database, "agent01", "agent", number="8001")
    name = (await (await site.client("agent01")).get("/api/v1/agents/me/sip")).json()["authorization_user"]
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE sip_credentials SET expires_at = now() + interval '10 minutes'")
    clock = VirtualClock(SystemClock().now())
    store = PostgresCredentialStore(site.database, clock)
    assert await store.credential(name) is not None
    await site.database.close()
    clock.advance(601)
    with pytest.raises(Unavailable):
        await store.credential(name)


async def test_a_changed_phone_password_counts_within_seconds(database: Database) -> None:
    person = await add_person(database, "agent01", "agent", number="8001")
    clock = VirtualClock(SystemClock().now())
    store = PostgresCredentialStore(database, clock)
    for password in ("one", "two"):
        async with database.transaction(None) as conn:
            await set_phone_password(conn, person.person_id, "8001", password)
        clock.advance(6)
        found = await store.credential("8001")
        assert found is not None
        assert (found.ha1_md5, found.ha1_sha256) == ha1("8001", password)


async def test_the_first_start_makes_an_administrator_and_later_ones_do_not(database: Database) -> None:
    password = await bootstrap_admin(database)
    assert password is not None
    opened = await Sessions(database).open("admin", password, "here")
    assert opened.principal.may("admin")
    assert await bootstrap_admin(database) is None


async def test_agents_are_those_who_may_work_and_have_a_number(database: Database) -> None:
    await add_person(database, "b", "agent", number="8002")
    await add_person(database, "a", "agent", number="8001")
    await add_person(database, "leader", "leader", number="8101")
    await add_person(database, "without", "agent")
    await add_person(database, "clerk", "clerk", number="8201")
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert [agent.number for agent in await agents(conn, SAMPLE_TENANT)] == ["8001", "8002", "8101"]
    assert PASSWORD
