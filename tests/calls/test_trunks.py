"""Trunks over real sockets: sipp as carriers that register us, fail, fill up, and see what we send."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.sync.client import connect

from tests.support.centre import Centre, eventually, free_sip_port
from tests.support.certificates import Authority
from tests.support.haste import HastyClock, HastyTelephony
from tests.support.plain import Plain, sdp
from tests.support.sipp import Sipp, register
from tests.telephony.world import OFFER, MemoryBindings, MemoryJournal, Passwords
from yuelai.platform.config import Settings
from yuelai.platform.ids import new_id
from yuelai.telephony.ports import Answered, Ended, Leg, LegEvent
from yuelai.telephony.trunks.accounts import TrunkCredentials
from yuelai.telephony.trunks.errors import NoTrunk
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.trunks.model import CallerPolicy, Route, Trunk
from yuelai.telephony.trunks.numbers import Rewriting, Rule

pytestmark = [pytest.mark.calls, pytest.mark.timeout(120)]

SPEED = 10
"""Half a minute of ours is over in three seconds."""


class Ours:
    """SipTelephony with trunks; every number is called by every trunk."""

    def __init__(self, home: Path, *trunks: Trunk, **settings: Any) -> None:
        clock = HastyClock(SPEED)
        self.journal = MemoryJournal()
        self.trunks = Trunks(clock, dice=random.Random(1))
        self.telephony = HastyTelephony(
            Settings(home=home, trunks="", sip_trace_hours=0, **settings),
            clock,
            TrunkCredentials(Passwords(), self.trunks),
            self.journal,
            MemoryBindings(),
        )
        self.trunks.follow(trunks, [Route(new_id(), "")])
        self.events: list[LegEvent] = []
        self.offered: list[Leg] = []
        self.telephony.on_call(self._take)

    async def _take(self, leg: Leg) -> None:
        self.offered.append(leg)
        leg.listen(self.events.append)

    async def call(self, number: str, **details: Any) -> Leg:
        stages = self.trunks.plan(number, **{"caller": "057188880001", **details})
        return await self.telephony.dial_to(
            stages, sdp=OFFER, caller="057188880001", called=number, listener=self.events.append
        )

    def state(self, trunk: Trunk) -> tuple[str, str | None]:
        document = self.trunks.documents()[trunk.id]
        return document["state"], document["error"]["code"] if document["error"] else None

    def text(self, trunk: Trunk) -> str:
        return str(self.trunks.documents()[trunk.id]["error"]["text"])

    async def until(self, check: Callable[[], object], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not check():
                await asyncio.sleep(0.02)

    def kinds(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@asynccontextmanager
async def ours(home: Path, *trunks: Trunk, **settings: Any) -> AsyncIterator[Ours]:
    running = Ours(home, *trunks, **settings)
    await running.telephony.start(port=0)
    running.telephony.carry(running.trunks)
    try:
        yield running
        running.trunks.close()
    finally:
        await running.telephony.close()
    assert running.journal.open == {}


def trunk(code: str, port: int, **settings: Any) -> Trunk:
    sources = tuple(ip_network(text) for text in settings.pop("sources", ()))
    return Trunk(
        new_id(),
        code,
        code,
        **{"host": "127.0.0.1", "port": port, "sources": sources, "options_seconds": 0, **settings},
    )


def sipp(scenario: str, port: int, *, server: int = 5060, calls: int = 1, **words: Any) -> Sipp:
    """It can check digest by MD5 only; SHA-256 is tried in memory (`tests/telephony/trunks`)."""
    return Sipp(scenario, server, port=port, calls=calls, words={"RETRANS": "50", **words}, options=("-T2", "400"))


async def test_it_registers_with_digest(tmp_path: Path) -> None:
    port = free_sip_port()
    carrier = await sipp("registers_us", port, ALGORITHM="MD5").ready()
    east = trunk("east", port, register=True, username="trunk", secret="secret")
    async with ours(tmp_path, east) as running:
        await carrier.done()
        await running.until(lambda: running.state(east) == ("up", None))


async def test_a_wrong_password_is_one_clear_line(tmp_path: Path) -> None:
    port = free_sip_port()
    carrier = await sipp("registers_us", port, ALGORITHM="MD5").ready()
    east = trunk("east", port, register=True, username="trunk", secret="wrong")
    with capture_logs() as lines:
        async with ours(tmp_path, east) as running:
            await carrier.done()
            await running.until(lambda: running.state(east) == ("refused", "wrong_password"))
            assert running.text(east) == "trunk east does not accept our user name and password (403)"
    assert [line["code"] for line in lines if line["event"] == "trunk_trouble"] == ["wrong_password"]


async def test_when_a_carrier_dies_calls_take_the_next_one(tmp_path: Path) -> None:
    first, second = free_sip_port(), free_sip_port()
    dies = await sipp("picks_up", first, calls=10).ready()
    stays = await sipp("picks_up", second, calls=10).ready()
    east, west = trunk("east", first, priority=1), trunk("west", second, priority=2)
    try:
        async with ours(tmp_path, east, west) as running:
            leg = await running.call("13800000002")
            await running.until(lambda: running.kinds(Answered) == 1)
            assert leg.trunk_id == east.id
            await leg.hangup()
            dies.stop()
            for calls in (2, 3):
                leg = await running.call("13800000002")
                await running.until(lambda calls=calls: running.kinds(Answered) == calls)  # type: ignore[misc]
                assert leg.trunk_id == west.id
                await leg.hangup()
            state, code = running.state(east)
            assert state == "down"
            assert code in ("refused", "no_answer", "failing"), running.text(east)
            assert running.trunks.choice("13800000002").candidates[0].trunk.id == west.id
            await running.until(lambda: running.kinds(Ended) == 3)
    finally:
        dies.stop()
        stays.stop()


async def test_a_full_trunk_tells_its_callers(tmp_path: Path) -> None:
    east = trunk("east", 0, host="", direction="in", sources=["127.0.0.1/32"], max_channels_in=1)
    async with ours(tmp_path, east) as running:
        server = running.telephony.port
        stays = sipp("waits", free_sip_port(), server=server)
        await running.until(lambda: bool(running.offered))
        assert running.offered[0].trunk_id == east.id
        await sipp("is_refused", free_sip_port(), server=server, STATUS="503").done()
        assert running.text(east) == "trunk east is full: 1 calls in"
        await running.offered[0].answer(OFFER)
        await running.offered[0].hangup()
        await stays.done()
        await running.until(lambda: running.trunks.documents()[east.id]["channels"]["in"] == 0)
        assert running.state(east)[1] is None


async def test_numbers_and_callers_are_on_the_wire_as_the_trunk_wants_them(tmp_path: Path) -> None:
    port = free_sip_port()
    words: dict[str, Any] = {"CALLED": "1795113800000002", "SHOWN": "057188880000@", "ASSERTED": "057188880000@"}
    carrier = await sipp("sees_number", port, **words).ready()
    east = trunk(
        "east",
        port,
        called_out=Rewriting((Rule("1", 0, "17951"),), "national"),
        caller_policy=CallerPolicy(default="057188880000", allowed=("010",), trusted=True),
    )
    async with ours(tmp_path, east) as running:
        await running.call("+8613800000002")
        await carrier.done()
        await running.until(lambda: running.kinds(Ended) == 1)
        assert [event.status for event in running.events if isinstance(event, Ended)] == [486]


async def test_a_withheld_number_is_told_to_a_trusted_trunk_alone(tmp_path: Path) -> None:
    port = free_sip_port()
    words: dict[str, Any] = {
        "CALLED": "13800000002",
        "SHOWN": "anonymous@anonymous.invalid",
        "ASSERTED": "057188880001@",
    }
    carrier = await sipp("sees_number", port, **words).ready()
    async with ours(tmp_path, trunk("east", port, caller_policy=CallerPolicy(trusted=True))) as running:
        await running.call("13800000002", withheld=True)
        await carrier.done()
        await running.until(lambda: running.kinds(Ended) == 1)


async def test_a_carrier_that_asks_who_calls_is_told(tmp_path: Path) -> None:
    port = free_sip_port()
    carrier = await sipp("challenges", port, ALGORITHM="MD5").ready()
    async with ours(tmp_path, trunk("east", port, username="trunk", secret="secret")) as running:
        leg = await running.call("13800000002")
        await running.until(lambda: running.kinds(Answered) == 1)
        await leg.hangup()
        await carrier.done()


async def test_a_gateway_that_registers_here_is_called_where_it_is(tmp_path: Path) -> None:
    port = free_sip_port()
    gate = trunk("gate", 0, host="", peer_username="gate", peer_secret="open")
    async with ours(tmp_path, gate) as running:
        with pytest.raises(NoTrunk):
            await running.call("13800000002")
        await asyncio.to_thread(register, running.telephony.port, "gate", "open", port)
        phone = await sipp("picks_up", port).ready()
        leg = await running.call("13800000002")
        await running.until(lambda: running.kinds(Answered) == 1)
        assert leg.trunk_id == gate.id
        await leg.hangup()
        await phone.done()


async def test_a_gateway_is_known_by_its_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ours")
    desk = authority.issue("desk.test", addresses=("127.0.0.1",))
    east = trunk("east", 0, host="", direction="in", certificate_name="sbc.test")
    tls = {"tls_cert": desk.cert, "tls_key": desk.key, "sip_tls_client_ca": authority.file}
    async with ours(tmp_path, east, **tls) as running:
        assert running.telephony.tls_port is not None
        for name, status in (("sbc.test", 100), ("phone.test", 407)):
            pair = authority.issue(name)
            shown = ssl.create_default_context(cafile=authority.file)
            shown.load_cert_chain(pair.cert, pair.key)
            async with Plain(running.telephony.tls_port, tls=shown) as peer:
                talk = peer.talk("10000")
                talk.send("INVITE", sdp())
                assert (await talk.response(status, "INVITE")).status == status
                if status == 100:
                    await running.until(lambda: bool(running.offered))
                    await running.offered[0].hangup(486)
                    await talk.response(486, "INVITE")
                talk.deny()
        assert [leg.trunk_id for leg in running.offered] == [east.id]


async def test_a_certificate_of_nobody_we_know_is_said_to_be_one(tmp_path: Path) -> None:
    pair = Authority(tmp_path / "strangers").issue("localhost", addresses=("127.0.0.1",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)

    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(nobody, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    east = trunk("east", port, transport="tls", options_seconds=5)
    with capture_logs() as lines:
        async with server, ours(tmp_path, east) as running:
            await running.until(lambda: running.state(east) == ("down", "certificate_unknown_authority"))
            assert "an authority that we do not know" in running.text(east)
            leg = await running.call("13800000002")
            await running.until(lambda: running.kinds(Ended) == 1)
            assert leg.trunk_id in (None, east.id)
    assert len([line for line in lines if line["event"] == "trunk_trouble"]) == 1


async def test_where_nothing_listens_is_said(tmp_path: Path) -> None:
    east = trunk("east", free_sip_port(), transport="tcp", options_seconds=5)
    async with ours(tmp_path, east) as running:
        await running.until(lambda: running.state(east) == ("down", "refused"))
        assert "nothing listens there" in running.text(east)


def live(centre: Centre, username: str, trunk_id: str) -> dict[str, Any] | None:
    """The live document of a trunk as somebody's page has it now."""
    token = centre.person(username).session["token"]
    with connect(centre.base.replace("http", "ws") + "/ws/events", max_size=None) as page:
        page.send(json.dumps({"token": token}))
        snapshot = next(message for text in page if (message := json.loads(text))["type"] == "snapshot")
    found: dict[str, Any] | None = snapshot["docs"].get(f"trunk/{trunk_id}")
    return found


@pytest.mark.centre
def test_a_trunk_is_made_tried_and_explained_over_http(centre: Centre) -> None:
    port = free_sip_port()
    carrier = sipp("picks_up", port, RETRANS="500")
    admin = centre.person("admin")
    body = {"code": "east", "name": "东方", "host": "127.0.0.1", "port": port, "options_seconds": 0, "direction": "out"}
    made = admin.http.post("/api/v1/trunks", json=body).json()
    place = f"/api/v1/trunks/{made['id']}"
    try:

        def explained() -> dict[str, Any] | None:
            found = admin.http.post("/api/v1/call-routes/explain", json={"number": "13800000002"}).json()
            return found if any(one["trunk_id"] == made["id"] for one in found["candidates"]) else None

        found = eventually(explained)
        assert (found["number"], found["error"]) == ("+8613800000002", None)
        tried = admin.http.post(f"{place}/test-call", json={"number": "13800000002"}, timeout=40).json()
        assert (tried["status"], tried["reason"], tried["why"]) == (200, "OK", "")
        assert 0 <= tried["seconds_to_ring"] <= tried["seconds_to_answer"] < 5
        carrier.wait()
        shown = eventually(lambda: (one := live(centre, "admin", made["id"])) and one["calls_today"] and one)
        assert (shown["state"], shown["answered_today"], shown["asr"]) == ("up", 1, 1.0)
        assert shown["channels"] == {"in": 0, "out": 0, "max": None}
        assert live(centre, "leader01", made["id"]) is None, "the operator's administrators only"
        tried = admin.http.post(f"{place}/test-call", json={"number": "13800000002"}, timeout=40).json()
        assert tried["status"] in (408, 503)
        assert tried["seconds_to_ring"] is None
        assert tried["why"].startswith("trunk east: ")
    finally:
        carrier.stop()
        assert admin.http.delete(place).status_code == 204
    gone = admin.http.post(f"{place}/test-call", json={"number": "13800000002"})
    assert gone.json()["code"] == "no_such_trunk"
