"""A leg of a real browser: Chromium on the loopback interface, without microphone permission, against real phones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.media.browser.page import Caller
from tests.media.party import join
from tests.media.rtp_phone import Phone, eventually, levels
from tests.media.steadiness import longest_gap
from yuelai.media.ports import LegKind, LegOptions, MediaEngine, MediaError
from yuelai.wire.sdp import parse_sdp

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Until = Callable[[Callable[[], bool]], Awaitable[None]]


async def test_a_page_that_calls_and_a_phone_hear_each_other(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        answer = parse_sdp(await caller.call(engine))
        assert answer.audio.rtcp_mux
        assert answer.setup(answer.audio) == "passive"
        assert [(c.name, c.rate) for c in answer.audio.codecs] == [
            ("PCMU", 8000),
            ("opus", 48_000),
            ("telephone-event", 8000),
            ("telephone-event", 48_000),
        ]
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        said, heard = await asyncio.gather(phone.listen(0.5), caller.listen(0.5))
        assert levels(said, 1500)[0] > -14
        assert levels(heard[-3200:], 700)[0] == pytest.approx(-10, abs=1.5)


async def test_a_page_that_is_called_and_a_phone_hear_each_other(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.be_called(engine)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))


async def test_opus_is_spoken_where_it_is_asked_for(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        answer = parse_sdp(await caller.call(engine, LegOptions(codecs=("opus", "PCMU"))))
        assert [codec.name for codec in answer.audio.codecs][:2] == ["opus", "PCMU"]
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        reports = await caller.reports()
        assert reports["says"] == reports["hears"] == "audio/opus"


async def test_the_page_changes_its_codec_at_any_packet_and_we_both_by_a_new_offer(
    engine: MediaEngine, caller: Caller
) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.call(engine)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        listening = asyncio.ensure_future(phone.listen(2.0))
        await caller.js("speak", "opus")
        said = await listening
        assert (await caller.reports())["says"] == "audio/opus"
        assert (await engine.quality(caller.leg)).codec == "opus"
        assert longest_gap(said, 1500) < 60
        await caller.js("speak", "PCMU")
        both = asyncio.gather(phone.listen(2.0), caller.listen(2.0))
        offer = await engine.offer(caller.leg, LegOptions(codecs=("opus", "PCMU")))
        await engine.answer(caller.leg, await caller.js("answer", offer))
        said, heard = await both
        reports = await caller.reports()
        assert reports["says"] == reports["hears"] == "audio/opus"
        assert longest_gap(said, 1500) < 60
        assert longest_gap(heard, 700) < 60


async def test_no_feedback_is_promised_that_is_not_given(engine: MediaEngine, caller: Caller) -> None:
    for sdp in (await caller.call(engine), await engine.offer(caller.leg)):
        audio = parse_sdp(sdp).audio
        assert not any(audio.has(name) for name in ("rtcp-fb", "rtcp-rsize", "extmap", "rtcp-xr"))


async def test_keys_pressed_on_the_page_are_told_once_each(engine: MediaEngine, caller: Caller, until: Until) -> None:
    await caller.call(engine)
    async with Phone() as phone:
        other = await join(engine, phone)
        await engine.bridge(caller.leg, other.leg)
        await phone.hears(1500, within=8)
        await caller.js("press", "120#99")
        await until(lambda: len(caller.digits) >= 6)
        await asyncio.sleep(0.3)
        assert caller.digits == "120#99"


async def test_the_page_may_hold_and_come_back_on_the_same_transport(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        first = parse_sdp(await caller.call(engine))
        await engine.bridge(caller.leg, other.leg)
        await caller.hears(700)
        held = await engine.reoffer(caller.leg, await caller.js("offer", {"direction": "sendonly"}))
        await caller.js("take", held)
        session = parse_sdp(held)
        assert session.direction(session.audio) == "recvonly"
        assert session.setup(session.audio) == "passive"
        assert session.fingerprint(session.audio) == first.fingerprint(first.audio)
        assert session.version > first.version
        await caller.hears(700, yes=False)
        await caller.js("take", await engine.reoffer(caller.leg, await caller.js("offer")))
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))


async def test_after_a_reload_the_page_comes_back_as_a_new_leg_and_sounds_at_once(
    engine: MediaEngine, caller: Caller
) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.call(engine)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        begun = asyncio.get_running_loop().time()
        await caller.load()
        again = Caller(caller.page)
        with pytest.raises(MediaError):
            await engine.reoffer(caller.leg, await again.js("offer"))
        await engine.close(caller.leg)
        await again.call(engine)
        await engine.bridge(again.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), again.hears(700))
        assert asyncio.get_running_loop().time() - begun < 3


async def test_the_page_gets_our_reports_and_loses_nothing(engine: MediaEngine, caller: Caller) -> None:
    await caller.call(engine)

    async def told() -> bool:
        await asyncio.sleep(0.3)
        return (await caller.reports())["told"] is not None

    await eventually(told, 15, lambda: "no receiver report came")
    stats = await caller.reports()
    assert stats["received"] > 100
    assert stats["lost"] == stats["remoteLost"] == 0
    assert stats["says"] == stats["hears"] == "audio/PCMU"


async def test_a_page_with_another_certificate_than_it_said_gets_no_sound(engine: MediaEngine, caller: Caller) -> None:
    offer: str = await caller.js("offer")
    line = next(part for part in offer.split("\r\n") if part.startswith("a=fingerprint:"))
    forged = offer.replace(line, line[:-5] + ("00:00" if not line.endswith("00:00") else "11:11"))
    await caller.js("take", await engine.create_leg(caller.leg, LegKind.BROWSER, caller.events.append, offer=forged))
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await engine.bridge(caller.leg, other.leg)
        await asyncio.sleep(2)
        await phone.hears(but_not=(1500,))
        await caller.hears(700, yes=False)
