"""TOTP (RFC 6238) and recovery codes."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tests.support.web import PASSWORD, Site, add_person
from yuelai.identity.model import Principal
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in import second_factor, totp
from yuelai.identity.sign_in.errors import OtpRequired, OtpWrong
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database


def test_codes_are_those_of_the_rfc() -> None:
    # RFC 6238 appendix B, SHA-1, the last six of the eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert totp.step_of(secret, code, at) == seconds // 30
    assert totp.step_of(secret, "287083", datetime.fromtimestamp(59, UTC)) is None


def test_a_clock_may_be_wrong_by_one_step_and_not_by_two() -> None:
    secret, now = totp.new_secret(), datetime(2026, 1, 1, tzinfo=UTC)
    codes = pyotp.TOTP(secret)
    for steps, taken in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        assert (totp.step_of(secret, codes.at(now + timedelta(seconds=30 * steps)), now) is not None) == taken, steps


def test_recovery_codes_are_many_bits_and_forgiving_about_how_they_are_typed() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    typed = f" {codes[0].upper().replace('-', ' ')} "
    assert totp.is_recovery_code(typed)
    assert totp.recovery_hash(typed) == totp.recovery_hash(codes[0])
    assert totp.recovery_hash(codes[0]) != totp.recovery_hash(codes[1])


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(SystemClock().now())


@pytest.fixture
def sessions(database: Database, clock: VirtualClock, home: object) -> Sessions:
    return Sessions(database, clock, Settings(home=home, lock_failures=4))


async def put_on(sessions: Sessions, database: Database, clock: VirtualClock) -> tuple[Principal, str, list[str]]:
    person = await add_person(database, "agent01", "agent")
    async with database.transaction(None) as conn:
        secret, _ = await second_factor.begin(conn, sessions.secrets, person)
    async with database.transaction(None) as conn:
        code = pyotp.TOTP(secret).at(clock.now())
        codes = await second_factor.confirm(conn, sessions.secrets, person, code, clock.now())
    clock.advance(60)
    return person, secret, codes


async def test_once_it_is_on_the_password_alone_does_not_open(
    sessions: Sessions, database: Database, clock: VirtualClock
) -> None:
    _, secret, _ = await put_on(sessions, database, clock)
    with pytest.raises(OtpRequired):
        await sessions.open("agent01", PASSWORD, "here")
    with pytest.raises(OtpWrong):
        await sessions.open("agent01", PASSWORD, "here", otp="000000")
    await sessions.open("agent01", PASSWORD, "here", otp=pyotp.TOTP(secret).at(clock.now()))


async def test_a_code_opens_once_and_older_ones_not_at_all(
    sessions: Sessions, database: Database, clock: VirtualClock
) -> None:
    _, secret, _ = await put_on(sessions, database, clock)
    older, code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30)), pyotp.TOTP(secret).at(clock.now())
    await sessions.open("agent01", PASSWORD, "here", otp=code)
    for replayed in (code, older):
        with pytest.raises(OtpWrong):
            await sessions.open("agent01", PASSWORD, "here", otp=replayed)
    clock.advance(30)
    await sessions.open("agent01", PASSWORD, "here", otp=pyotp.TOTP(secret).at(clock.now()))


async def test_a_recovery_code_opens_once(sessions: Sessions, database: Database, clock: VirtualClock) -> None:
    _, _, codes = await put_on(sessions, database, clock)
    await sessions.open("agent01", PASSWORD, "here", otp=codes[3].upper())
    with pytest.raises(OtpWrong):
        await sessions.open("agent01", PASSWORD, "here", otp=codes[3])
    await sessions.open("agent01", PASSWORD, "here", otp=codes[4])
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'totp.recovery_code_used'") == 2


async def test_guessing_codes_locks_and_the_right_password_does_not_forgive(
    sessions: Sessions, database: Database, clock: VirtualClock
) -> None:
    person, _, _ = await put_on(sessions, database, clock)
    for _ in range(4):
        with pytest.raises(OtpWrong):
            await sessions.open("agent01", PASSWORD, "here", otp="000000")
        async with database.transaction(None) as conn:
            locked = await conn.fetchval("SELECT locked_until FROM people WHERE id = $1", person.person_id)
        if locked is None:
            with pytest.raises(OtpRequired):
                await sessions.open("agent01", PASSWORD, "here")
        clock.advance(70)
    assert locked is not None


async def test_neither_the_secret_nor_a_code_can_be_read_from_the_database(
    sessions: Sessions, database: Database, clock: VirtualClock
) -> None:
    person, secret, codes = await put_on(sessions, database, clock)
    async with database.transaction(None) as conn:
        for table in ("second_factors", "recovery_codes", "audit"):
            text = str(await conn.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            for hidden in (secret, *codes):
                assert hidden not in text
                assert hidden.encode().hex() not in text
        sealed = await conn.fetchval("SELECT secret FROM second_factors")
    assert sessions.secrets.open("totp", person.person_id.bytes, sealed).decode() == secret


async def test_a_person_puts_it_on_and_takes_it_off(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    early = await client.put("/api/v1/session/totp", json={"code": "123456"})
    assert (early.status_code, early.json()["code"]) == (409, "totp_not_begun")
    begun = (await client.post("/api/v1/session/totp")).json()
    assert begun["uri"].startswith("otpauth://totp/Yuelai:agent01?secret=" + begun["secret"])
    assert (await client.get("/api/v1/session")).json()["totp"] is False
    wrong = await client.put("/api/v1/session/totp", json={"code": "abcdef"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "otp_wrong")
    confirmed = await client.put("/api/v1/session/totp", json={"code": pyotp.TOTP(begun["secret"]).now()})
    assert len(confirmed.json()["recovery_codes"]) == 10
    assert (await client.get("/api/v1/session")).json()["totp"] is True
    again = await client.post("/api/v1/session/totp")
    assert (again.status_code, again.json()["code"]) == (409, "totp_already_on")
    asked = await site.http.post("/api/v1/session", json={"username": "agent01", "password": PASSWORD})
    assert (asked.status_code, asked.json()["code"]) == (401, "otp_required")
    used = {"username": "agent01", "password": PASSWORD, "otp": confirmed.json()["recovery_codes"][0]}
    assert (await site.http.post("/api/v1/session", json=used)).status_code == 200
    refused = await client.request("DELETE", "/api/v1/session/totp", json={"password": "wrong"})
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")
    assert (await client.request("DELETE", "/api/v1/session/totp", json={"password": PASSWORD})).status_code == 204
    await site.sign_in("agent01")
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT action FROM audit WHERE action LIKE 'totp.%' ORDER BY at, id")
    assert [row["action"] for row in rows] == ["totp.begun", "totp.on", "totp.recovery_code_used", "totp.off"]
