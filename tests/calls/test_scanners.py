"""Programs that look for what is not theirs: sipvicious as it is, sipvicious in disguise, and floods of guesses."""

from __future__ import annotations

import asyncio
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator

import pytest

from tests.support import switch as switches
from tests.support.centre import Centre, eventually, free_sip_port
from tests.support.plain import Plain, Talk, authorize, challenge, over, register, sdp
from tests.support.switched import Switched
from yuelai.telephony.guards import Offence

pytestmark = pytest.mark.calls

BRIEF = ("--maximumtime", "2")
"""Seconds without an answer after which they give up."""
DISGUISE = "Yealink SIP-T46U 108.86.0.45"
_DISGUISED = f"""
import importlib, sys
from sipvicious.libs import svhelper
defaults = svhelper.makeRequest.__defaults__
assert "friendly-scanner" in defaults
svhelper.makeRequest.__defaults__ = tuple({DISGUISE!r} if d == "friendly-scanner" else d for d in defaults)
sys.argv = sys.argv[1:]
importlib.import_module("sipvicious." + sys.argv[0]).main()
"""
_PLAIN = """
import importlib, sys
sys.argv = sys.argv[1:]
importlib.import_module("sipvicious." + sys.argv[0]).main()
"""


@pytest.fixture
async def switch() -> AsyncIterator[Switched]:
    users = [word for user in ("8001", "8002", "8003") for word in ("--user", f"{user}:secret")]
    running = Switched(switches.parse(["--trunks", "192.0.2.1", *users]), None)
    await running.telephony.start(port=0)
    yield running
    await running.board.close()
    await running.telephony.close()


async def sipvicious(tool: str, switch: Switched, *options: str, disguised: bool = False) -> str:
    """Run one of its programs against the switch, from a port of its own; return all it says."""
    words = [tool, "-p", str(switch.port), "-P", str(free_sip_port()), *options, "127.0.0.1"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _DISGUISED if disguised else _PLAIN, *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return said.decode(errors="replace")


def reasons(switch: Switched) -> list[Offence]:
    return [ban.reason for ban in switch.telephony.guards.bans.all()]


async def test_sipvicious_finds_nothing_at_all_and_is_shut_out_by_its_name(switch: Switched) -> None:
    assert "found nothing" in await sipvicious("svmap", switch)
    assert reasons(switch) == [Offence.SCANNER]
    said = await asyncio.gather(
        sipvicious("svwar", switch, "-e", "7990-8010", "--force", *BRIEF),
        sipvicious("svcrack", switch, "-u", "8001", "-r", "1-50", *BRIEF),
    )
    assert all("found nothing" in words for words in said)
    (ban,) = switch.telephony.guards.bans.all()
    assert ban.hits > 0


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "SUBSCRIBE"])
async def test_in_disguise_it_cannot_tell_extensions_that_exist_from_others(switch: Switched, method: str) -> None:
    async with Plain(switch.port, user="8001") as phone:
        await register(phone)
        options = ("-m", method, "-e", "7995-8005", "--force", *BRIEF)
        assert "found nothing" in await sipvicious("svwar", switch, *options, disguised=True)
        await register(phone, expires=0)


async def test_in_disguise_it_does_not_crack_a_password(switch: Switched) -> None:
    said = await sipvicious("svcrack", switch, "-u", "8001", "-r", "1-300", *BRIEF, disguised=True)
    assert "found nothing" in said


async def test_who_goes_on_asking_for_users_is_shut_out_in_disguise_too(switch: Switched) -> None:
    """A slow one, which stays below the rate; its time is ours, so it need not be waited for."""
    async with Plain(switch.port, user="scan") as scanner:
        start = time.monotonic()
        for number in range(100):
            talk = scanner.talk(str(7000 + number))
            talk.send("REGISTER", uri="sip:127.0.0.1")
            if number < 20:
                await talk.response(401)
            if reasons(switch):
                break
            await asyncio.sleep(0.3 if number >= 20 else 0)
        assert reasons(switch) == [Offence.PROBING]
        assert time.monotonic() - start < 15
        talk = scanner.talk("8001")
        talk.send("REGISTER", uri="sip:127.0.0.1")
        await asyncio.sleep(0.3)
        assert talk.heard == []


async def call(caller: Plain, callee: Plain) -> float:
    """Call and hang up; return how long it took until the other one rang, in seconds."""
    talk = caller.talk(callee.user)
    began = time.monotonic()
    talk.send("INVITE", sdp(caller.port))
    wanted = challenge(await talk.response(407, "INVITE"))
    talk.deny()
    talk.remote.params.pop("tag", None)
    talk.send("INVITE", sdp(caller.port), headers=(_credentials(wanted, talk, caller),))
    try:
        far = await callee.called()
    except TimeoutError:
        raise AssertionError(f"nobody was called; the caller heard {[m.start_line() for m in talk.heard]}") from None
    invite = await far.request("INVITE")
    took = time.monotonic() - began
    far.reply(invite, 200, sdp(callee.port))
    await far.request("ACK")
    await talk.response(200, "INVITE")
    talk.send("ACK")
    talk.send("BYE")
    await talk.response(200, "BYE")
    await over(far)
    return took


def _credentials(wanted: dict[str, str], talk: Talk, caller: Plain) -> str:
    return authorize(wanted, "INVITE", talk.target, caller.user, "secret", proxy=True)


async def test_a_flood_of_guesses_locks_out_no_phone_and_delays_no_call(switch: Switched) -> None:
    """The flood comes from the phones' own address, in the name of one of them and of many others."""
    async with Plain(switch.port, user="8001") as caller, Plain(switch.port, user="8002") as callee:
        await register(caller)
        await register(callee)
        await call(caller, callee)
        before = [await call(caller, callee) for _ in range(20)]
        names = ["8001", "8002", "8003", *(str(4000 + n) for n in range(40))]
        words = ("-m", "tests.support.flood", str(switch.port), "5", *names)
        flood = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
        try:
            await asyncio.sleep(1.5)
            during: list[float] = []
            while flood.returncode is None and len(during) < 20:
                during.append(await call(caller, callee))
                await register(caller)
                await asyncio.sleep(0.05)
            said, _ = await flood.communicate()
        finally:
            if flood.returncode is None:
                flood.kill()
        sent, let_in = map(int, said.split())
        assert sent > 2000
        assert let_in == 0
        assert len(during) >= 10
        # Whoever shares a processor with a flood waits for it a little; being in its queue would be seconds.
        assert statistics.median(during) < 5 * statistics.median(before) + 0.05
        assert not switch.telephony.guards.overload.refused
        assert set(reasons(switch)) <= {Offence.GUESSING, Offence.FLOODING, Offence.PROBING}
        assert [r.contact for r in switch.telephony.registrations("8001")] == [caller.contact.strip("<>")]
        # And a phone that was here before may come back from another port, whoever is shut out.
        async with Plain(switch.port, user="8001") as restarted:
            switch.telephony.guards.bans.ban("127.0.0.1", Offence.GUESSING)
            talk = restarted.talk("8001", uri="sip:127.0.0.1")
            talk.send("REGISTER")
            await talk.response(401)


def answered(centre: Centre, host: str) -> bool:
    """Does the centre say anything to an OPTIONS from this address?"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind((host, 0))
        here.settimeout(0.5)
        place = f"{host}:{here.getsockname()[1]}"
        lines = [
            f"OPTIONS sip:127.0.0.1:{centre.sip_port} SIP/2.0", f"Via: SIP/2.0/UDP {place};branch=z9hG4bK{place};rport",
            "From: <sip:x@127.0.0.1>;tag=x", "To: <sip:127.0.0.1>", f"Call-ID: {place}", "CSeq: 1 OPTIONS",
            "Content-Length: 0",
        ]  # fmt: skip
        here.sendto("\r\n".join([*lines, "", ""]).encode(), ("127.0.0.1", centre.sip_port))
        try:
            return here.recv(65_535).startswith(b"SIP/2.0 200")
        except TimeoutError:
            return False


def test_a_centre_takes_over_what_people_ban_deny_and_lift_and_keeps_it_when_core_dies(centre: Centre) -> None:
    api = centre.person("admin").http
    assert answered(centre, "127.0.0.77")
    assert api.post("/api/v1/sip/bans", json={"address": "127.0.0.77", "reason": "try"}).status_code == 201
    eventually(lambda: not answered(centre, "127.0.0.77"))
    rule = api.post("/api/v1/sip/access-rules", json={"network": "127.0.0.78", "action": "deny"}).json()
    eventually(lambda: not answered(centre, "127.0.0.78"))
    assert answered(centre, "127.0.0.79")
    centre.kill("core")
    eventually(lambda: answered(centre, "127.0.0.79"), timeout=30)
    assert not answered(centre, "127.0.0.77")
    assert not answered(centre, "127.0.0.78")
    assert api.delete("/api/v1/sip/bans/127.0.0.77").status_code == 204
    assert api.delete(f"/api/v1/sip/access-rules/{rule['id']}").status_code == 204
    eventually(lambda: answered(centre, "127.0.0.77") and answered(centre, "127.0.0.78"))
