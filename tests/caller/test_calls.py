"""The caller and the phone against each other, over real UDP: both ends prove what the other does."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from yuelai.entrypoints.caller import sources, summary
from yuelai.entrypoints.caller.call import State
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place, place_many
from yuelai.entrypoints.caller.useragent import UserAgent
from yuelai.telephony.transactions import SECONDS, Event

NOWHERE = ("127.0.0.1", 9)


def phone(**options: object) -> Phone:
    """A phone that is called directly, without a registrar."""
    return Phone(NOWHERE, "8001", None, register=False, **options)  # type: ignore[arg-type]


def door(phone_: Phone) -> tuple[str, int]:
    return "127.0.0.1", phone_.agent.port


async def test_tones_arrive_both_ways_and_the_summary_tells_it() -> None:
    async with phone(source=lambda: sources.tone(620)) as answering:
        plan = Plan("13800000001", "10000", hold=1.5, hold_from=HoldFrom.TONE, tone_hz=440, expect_hz=620)
        result = await place(door(answering), plan)
        [heard] = answering.calls
    assert (result.status, result.answered, result.ended_by) == (200, True, "local")
    assert result.expected_tone_heard is True
    assert result.tones[0].hz == pytest.approx(620, abs=2)
    assert result.tones[0].seconds == pytest.approx(2.5, abs=0.4)
    assert heard.sound.tones.heard(440) == pytest.approx(2.5, abs=0.5)
    assert result.rtp_received == pytest.approx(result.duration_s * 50, abs=15)
    assert result.rtp_lost == 0
    assert heard.ended_by == "remote"
    assert heard.remote_number == "13800000001"
    assert result.sip_call_id == heard.call_id


async def test_keys_are_pressed_after_the_first_sound_in_order_and_once_each() -> None:
    async with phone(source=lambda: sources.tone(620)) as answering:
        plan = Plan("1", "2", keys="1,0#", keys_after=0.1, hold=0.1, hold_from=HoldFrom.DIGITS)
        result = await place(door(answering), plan)
        [call] = answering.calls
    assert call.sound.keys == ["1", "0", "#"]
    assert result.duration_s == pytest.approx(0.1 + 3 * 0.22 + 2 * 0.5 + 1.0 + 0.1, abs=0.5)


async def test_keys_are_pressed_even_when_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuelai.entrypoints.caller.scenario.SILENT_START", 0.2)
    async with phone() as answering:
        await place(door(answering), Plan("1", "2", keys="5", keys_after=0.0, hold=0.1, hold_from=HoldFrom.DIGITS))
        assert answering.calls[0].sound.keys == ["5"]


async def test_a_tone_that_never_comes_is_reported_and_does_not_hold_the_call_for_ever() -> None:
    async with phone(source=lambda: sources.tone(700)) as answering:
        plan = Plan("1", "2", hold_from=HoldFrom.TONE, expect_hz=620, timeout=1.5)
        result = await place(door(answering), plan)
    assert result.answered
    assert result.expected_tone_heard is False
    assert not summary.all_well([result])


async def test_the_other_side_may_hang_up_first() -> None:
    async with phone(hangup_after=0.3) as answering:
        result = await place(door(answering), Plan("1", "2", hold=10))
    assert result.ended_by == "remote"
    assert result.duration_s == pytest.approx(0.3, abs=0.2)


async def test_a_declined_call_is_not_answered() -> None:
    async with phone(decline=603) as answering:
        result = await place(door(answering), Plan("1", "2"))
        assert answering.calls[0].state is State.ENDED
    assert (result.status, result.answered, result.duration_s) == (603, False, 0.0)


async def test_a_call_that_rings_too_long_is_cancelled() -> None:
    async with phone(answer_after=None) as answering:
        result = await place(door(answering), Plan("1", "2", timeout=0.3))
        await asyncio.wait_for(answering.calls[0].ended.wait(), 2)
    assert (result.status, result.ended_by) == (487, "local")
    assert answering.calls[0].status == 487


async def test_hold_stops_the_sound_and_retrieve_brings_it_back() -> None:
    async with phone() as answering:
        agent = await UserAgent.open(door(answering), user="1")
        call = await agent.invite("2")
        await call.final.wait()
        call.sound.speak(sources.tone(440))
        [other] = answering.calls
        other.sound.speak(sources.tone(620))
        await asyncio.sleep(0.2)
        await call.hold(True)
        assert other.held_by_remote
        await asyncio.sleep(0.05)
        before = call.sound.received
        await asyncio.sleep(0.3)
        assert call.sound.received == before
        await call.hold(False)
        assert not other.held_by_remote
        await asyncio.sleep(0.3)
        assert call.sound.received >= before + 10
        await agent.close()
        assert other.state is State.ENDED


async def test_lost_messages_are_repeated_until_the_call_stands_and_ends() -> None:
    async with phone() as answering, Lossy(door(answering)) as relay:
        result = await place(relay.address, Plan("1", "2", hold=0.5))
        assert len(answering.calls) == 1
        assert result.status == 200
        assert answering.calls[0].ended_by == "remote"


class Lossy(asyncio.DatagramProtocol):
    """Carries SIP between one caller and one callee and drops the first copy of every message."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.seen: set[tuple[bytes, object]] = set()
        self.caller: tuple[str, int] | None = None

    async def __aenter__(self) -> Lossy:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address = self.transport.get_extra_info("sockname")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self.target:
            self.caller = addr
        if (data, addr) not in self.seen:
            self.seen.add((data, addr))
        elif addr == self.target:
            assert self.caller is not None
            self.transport.sendto(data, self.caller)
        else:
            self.transport.sendto(data, self.target)


async def test_many_calls_at_a_rate_are_all_reported(tmp_path: Path) -> None:
    async with phone(source=lambda: sources.tone(620)) as answering:
        plans = [Plan(f"1380000000{n}", "10000", hold=0.5, save=tmp_path / f"{n}.wav") for n in range(5)]
        loop = asyncio.get_running_loop()
        began = loop.time()
        reports = await place_many(door(answering), plans, rate=10)
        assert loop.time() - began == pytest.approx(0.9, abs=0.5)
        assert len(answering.calls) == 5
    document = json.loads(json.dumps(summary.as_json(reports)))
    assert [c["from"] for c in document["calls"]] == [p.from_number for p in plans]
    totals = document["totals"]
    assert (totals["calls"], totals["answered"], totals["failed"], totals["statuses"]) == (5, 5, 0, {"200": 5})
    assert totals["rtp"]["received"] == sum(c["rtp"]["received"] for c in document["calls"]) > 50
    assert totals["setup_ms"]["min"] <= totals["setup_ms"]["median"] <= totals["setup_ms"]["max"]
    assert summary.as_text(reports).endswith("5 of 5 calls answered")
    assert (tmp_path / "0.wav").stat().st_size > 4000


async def test_nobody_at_the_server_is_told_at_once() -> None:
    result = await place(NOWHERE, Plan("1", "2", timeout=5))
    assert (result.status, result.answered) == (503, False)


async def test_a_server_that_says_nothing_is_told_as_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECONDS, Event.B, 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        result = await place(silent.getsockname(), Plan("1", "2", timeout=5))
    assert (result.status, result.answered) == (408, False)
