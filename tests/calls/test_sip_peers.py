"""SipTelephony against sipp: what a foreign peer finds on the wire, without the rest of the centre."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.centre import free_sip_port
from tests.support.sipp import Sipp
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId
from yuelai.telephony.liveness import IDLE_SECONDS
from yuelai.telephony.ports import Answered, BindingRecord, Confirmed, Credential, DialogRecord, Ended, Leg, LegEvent
from yuelai.telephony.service import SipTelephony
from yuelai.telephony.transactions import SECONDS, Event
from yuelai.wire.sip import Request, Response, parse_datagram
from yuelai.wire.sip.digest import Algorithm, ha1

pytestmark = pytest.mark.calls

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
    "a=rtpmap:8 PCMA/8000\r\n"
)


class Phones:
    async def credential(self, username: str) -> Credential | None:
        if username != "8001":
            return None
        return Credential(
            "8001", ha1(Algorithm.MD5, "8001", "yuelai", "demo"), ha1(Algorithm.SHA256, "8001", "yuelai", "demo")
        )


class Standing:
    """The journal's list, in memory."""

    def __init__(self) -> None:
        self.open: dict[LegId, DialogRecord] = {}

    async def confirmed(self, record: DialogRecord) -> None:
        self.open[record.leg_id] = record

    async def ended(self, leg_id: LegId) -> None:
        self.open.pop(leg_id, None)


class Kept:
    """The list of registered phones, in memory."""

    def __init__(self) -> None:
        self.bound_now: dict[UUID, BindingRecord] = {}

    async def bound(self, record: BindingRecord) -> None:
        self.bound_now[record.registration_id] = record

    async def unbound(self, registration_id: UUID) -> None:
        self.bound_now.pop(registration_id, None)


class Desk:
    """Telephony on a free port with an owner that does `reaction` with every call."""

    def __init__(self, home: Path, idle_seconds: float = IDLE_SECONDS) -> None:
        self.settings = Settings(home=home, trunks="127.0.0.1")
        self.journal, self.phones = Standing(), Kept()
        self.telephony = SipTelephony(
            self.settings, SystemClock(), Phones(), self.journal, self.phones, idle_seconds=idle_seconds
        )
        self.legs: list[Leg] = []
        self.events: list[LegEvent] = []
        self.reaction: Callable[[Leg], Awaitable[None]] = self.answer
        self.telephony.on_call(self._take)

    async def _take(self, leg: Leg) -> None:
        self.legs.append(leg)
        leg.listen(self.events.append)
        await self.reaction(leg)

    async def answer(self, leg: Leg) -> None:
        await leg.ringing()
        await leg.answer(SDP)

    async def ring(self, leg: Leg) -> None:
        await leg.ringing()

    def sipp(self, scenario: str, **words: str) -> Sipp:
        """Start a sipp on a free port, as caller 13800000001 unless told otherwise."""
        return Sipp(scenario, self.telephony.port, port=free_sip_port(), words={"CALLER": "13800000001", **words})

    async def heard(self, kind: type[LegEvent], count: int = 1) -> None:
        async with asyncio.timeout(20):
            while sum(isinstance(event, kind) for event in self.events) < count:
                await asyncio.sleep(0.01)

    @property
    def ended(self) -> list[tuple[str, int]]:
        return [(event.by, event.status) for event in self.events if isinstance(event, Ended)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    assert shutil.which("sipp"), "sipp is missing: `make test` installs it"
    desk = Desk(tmp_path)
    await desk.telephony.start(port=0)
    yield desk
    await desk.telephony.close()
    assert desk.telephony.legs == 0
    assert desk.journal.open == {}


async def done(sipp: Sipp) -> None:
    await asyncio.to_thread(sipp.wait)


async def test_a_trunk_calls_and_hangs_up(desk: Desk) -> None:
    await done(desk.sipp("call_for_a_while", MILLISECONDS="300"))
    await desk.heard(Ended)
    assert [type(event) for event in desk.events] == [Confirmed, Ended]
    assert (desk.legs[0].caller, desk.legs[0].called, desk.legs[0].trunk) == ("13800000001", "10000", True)
    assert desk.ended == [("remote", 0)]


class PlainCaller:
    """A socket that says single SIP messages, as caller 13800000001; closed, it is a device without power."""

    def __init__(self, desk: Desk) -> None:
        self._there = ("127.0.0.1", desk.telephony.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)

    def __enter__(self) -> PlainCaller:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, method: str, cseq: int, to_tag: str = "", body: str = "") -> None:
        here = self._socket.getsockname()[1]
        lines = [
            f"{method} sip:10000@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{here};branch=z9hG4bK{method}{cseq};rport",
            "From: <sip:13800000001@127.0.0.1>;tag=caller",
            f"To: <sip:10000@127.0.0.1>{to_tag}",
            f"Call-ID: plain{here}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:13800000001@127.0.0.1:{here}>",
            "Allow: INVITE, ACK, BYE, OPTIONS",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._socket.sendto("\r\n".join([*lines, "", body]).encode(), self._there)

    def reply(self, request: Request, status: int) -> None:
        self._socket.sendto(request.response(status).to_bytes(), self._there)

    async def hear(self) -> Request | Response:
        async with asyncio.timeout(5):
            return parse_datagram(await asyncio.get_running_loop().sock_recv(self._socket, 65535))

    async def answered(self) -> str:
        """Wait for the 200; return its tag as a parameter of To."""
        while True:
            response = await self.hear()
            if isinstance(response, Response) and response.status == 200:
                return f";tag={response.to.tag}"

    async def requested(self) -> Request:
        while True:
            request = await self.hear()
            if isinstance(request, Request):
                return request


async def test_a_call_that_we_end_gets_a_bye(desk: Desk) -> None:
    caller = desk.sipp("call_until_bye")
    await desk.heard(Confirmed)
    await desk.legs[0].hangup()
    await done(caller)
    assert desk.ended == [("local", 480)]


async def test_a_caller_who_gives_up_gets_200_and_487(desk: Desk) -> None:
    desk.reaction = desk.ring
    await done(desk.sipp("caller_cancels"))
    assert desk.ended == [("remote", 487)]


async def test_a_cancel_that_crosses_our_200_leaves_nothing(desk: Desk) -> None:
    await done(desk.sipp("cancel_crosses_200"))
    assert desk.ended == [("remote", 0)]


async def test_three_copies_of_one_invite_make_one_call(desk: Desk) -> None:
    # sipp answers every repeated response with another INVITE, so this caller is a plain socket.
    with PlainCaller(desk) as caller:
        for _ in range(3):
            caller.say("INVITE", 1, body=SDP)
        tag = await caller.answered()
        caller.say("ACK", 1, tag)
        caller.say("BYE", 2, tag)
        await desk.heard(Ended)
    assert len(desk.legs) == 1
    assert desk.ended == [("remote", 0)]


async def test_a_device_whose_power_is_cut_leaves_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # How long an answer is waited for: RFC 3261 says 32 s, by which this test would only be longer.
    monkeypatch.setitem(SECONDS, Event.F, 1.0)
    desk = Desk(tmp_path, idle_seconds=0.3)
    await desk.telephony.start(port=0)
    with PlainCaller(desk) as caller:
        caller.say("INVITE", 1, body=SDP)
        caller.say("ACK", 1, await caller.answered())
        await desk.heard(Confirmed)
        for _ in range(3):
            asked = await caller.requested()
            assert asked.method == "OPTIONS"
            caller.reply(asked, 200)
        assert desk.ended == []
    await desk.heard(Ended)
    assert desk.ended == [("system", 408)]
    assert desk.journal.open == {}
    await desk.telephony.close()
    assert desk.telephony.legs == 0


async def test_a_device_that_has_started_anew_and_forgotten_its_call_ends_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, idle_seconds=0.3)
    await desk.telephony.start(port=0)
    with PlainCaller(desk) as caller:
        caller.say("INVITE", 1, body=SDP)
        caller.say("ACK", 1, await caller.answered())
        caller.reply(await caller.requested(), 481)
        await desk.heard(Ended)
    assert desk.ended == [("system", 481)]
    await desk.telephony.close()


async def registered(desk: Desk) -> int:
    """Register a sipp phone as 8001; return its port."""
    port = free_sip_port()
    words = {"USERNAME": "8001", "PASSWORD": "demo"}
    await done(Sipp("register", desk.telephony.port, port=port, words=words))
    return port


async def dial(desk: Desk) -> Leg:
    return await desk.telephony.dial(
        "8001", browser=False, sdp=SDP, caller="13800000001", caller_name="王芳", listener=desk.events.append
    )


async def test_a_phone_registers_with_digest_is_called_and_told_when_it_is_over(desk: Desk) -> None:
    port = await registered(desk)
    assert [r.contact for r in desk.telephony.registrations("8001")] == [f"sip:8001@127.0.0.1:{port}"]
    phone = Sipp("answer", desk.telephony.port, port=port)
    leg = await dial(desk)
    await desk.heard(Answered)
    assert len(desk.journal.open) == 1
    await leg.hangup()
    await done(phone)
    assert desk.ended == [("local", 480)]


async def test_a_registered_phone_is_asked_who_it_is_before_it_may_call(desk: Desk) -> None:
    port = await registered(desk)
    phone = Sipp("phone_calls", desk.telephony.port, port=port, words={"CALLER": "8001", "PASSWORD": "demo"})
    await done(phone)
    assert [(leg.caller, leg.trunk) for leg in desk.legs] == [("8001", False)]
    assert desk.ended == [("remote", 0)]


async def test_a_phone_that_nobody_picks_up_stops_ringing(desk: Desk) -> None:
    port = await registered(desk)
    phone = Sipp("ring_until_cancelled", desk.telephony.port, port=port)
    leg = await dial(desk)
    async with asyncio.timeout(10):
        while not desk.events:
            await asyncio.sleep(0.01)
    await leg.hangup()
    await done(phone)
    assert desk.ended == [("local", 480)]


async def test_a_phone_picked_up_too_late_gets_ack_and_bye(desk: Desk) -> None:
    port = await registered(desk)
    phone = Sipp("answers_despite_cancel", desk.telephony.port, port=port)
    leg = await dial(desk)
    async with asyncio.timeout(10):
        while not desk.events:
            await asyncio.sleep(0.01)
    await leg.hangup()
    await done(phone)
    assert desk.ended == [("local", 480)]


async def test_closing_ends_every_call_with_bye(desk: Desk) -> None:
    callers = [desk.sipp("call_until_bye") for _ in range(3)]
    await desk.heard(Confirmed, 3)
    await desk.telephony.close()
    for caller in callers:
        await done(caller)
    assert [by for by, _ in desk.ended] == ["system"] * 3


async def test_after_a_crash_the_calls_of_the_earlier_life_get_their_bye(desk: Desk, tmp_path: Path) -> None:
    callers = [desk.sipp("call_until_bye") for _ in range(3)]
    await desk.heard(Confirmed, 3)
    records = list(desk.journal.open.values())
    crashed_port = desk.telephony.port
    desk.telephony.transports.close()  # the process is gone: nothing is sent any more
    desk.journal.open.clear()
    await asyncio.sleep(0.05)
    reborn = Desk(tmp_path)
    reborn.journal.open = {record.leg_id: record for record in records}
    await reborn.telephony.start(port=crashed_port)
    await reborn.telephony.end_restored(records)
    for caller in callers:
        await done(caller)
    await reborn.telephony.close()
    assert len(records) == 3
    assert reborn.journal.open == {}


async def test_after_a_crash_a_phone_that_says_nothing_is_called(desk: Desk, tmp_path: Path) -> None:
    port = await registered(desk)
    crashed_port = desk.telephony.port
    desk.telephony.transports.close()
    await asyncio.sleep(0.05)
    reborn = Desk(tmp_path)
    await reborn.telephony.start(port=crashed_port)
    reborn.telephony.restore_registrations(list(desk.phones.bound_now.values()))
    phone = Sipp("answer", crashed_port, port=port)
    leg = await dial(reborn)
    await reborn.heard(Answered)
    await leg.hangup()
    await done(phone)
    await reborn.telephony.close()


async def test_a_hundred_calls_in_two_seconds_all_end_and_leave_nothing(desk: Desk) -> None:
    port = free_sip_port()
    words = {"CALLER": "13800000001", "MILLISECONDS": "500"}
    await done(
        Sipp(
            "call_for_a_while",
            desk.telephony.port,
            port=port,
            calls=100,
            words=words,
            options=("-r", "50", "-l", "100"),
        )
    )
    await desk.heard(Ended, 100)
    assert desk.ended == [("remote", 0)] * 100
