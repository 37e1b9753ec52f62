"""Pages behind links that lose and delay: how they sound is told, and neither side hears a gap."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.async_api import Browser

from tests.media.browser.page import Caller
from tests.media.party import join
from tests.media.rtp_phone import Phone, eventually
from tests.media.steadiness import mostly_whole
from tests.support.link import Link
from tests.support.lossy import Weather
from yuelai.media.ports import LegOptions, MediaEngine, Quality, QualityChanged, Side, TapFrame
from yuelai.platform.ids import new_id

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LONGEST = 60.0
"""Milliseconds for which a steady tone may be away."""

WEATHERS = {
    "2 %": Weather(loss=0.02),
    "5 %": Weather(loss=0.05),
    "10 %": Weather(loss=0.10),
    "100 ms": Weather(delay=(0.0, 0.1)),
}


@dataclass
class Talk:
    """A page that says 1500 Hz, and through a link of its own hears a phone that says 700 Hz."""

    caller: Caller
    phone: Phone
    link: Link


@contextlib.asynccontextmanager
async def talking(
    engine: MediaEngine, chromium: Browser, options: LegOptions | None = None, seed: int = 1
) -> AsyncIterator[Talk]:
    async with Phone() as phone, contextlib.AsyncExitStack() as stack:
        other = await join(engine, phone)
        phone.frequency = 700
        caller = await Caller.open(chromium)
        link = await caller.call_through(engine, stack, options, seed)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=10), caller.hears(700, within=10))
        yield Talk(caller, phone, link)
        await caller.page.close()


@pytest.mark.parametrize("codec", ["PCMU", "opus"])
async def test_what_a_link_does_is_told_and_neither_side_hears_a_gap(
    engine: MediaEngine, chromium: Browser, codec: str
) -> None:
    options = LegOptions(codecs=(codec, "PCMU"))
    said: dict[str, list[TapFrame]] = {name: [] for name in WEATHERS}
    async with contextlib.AsyncExitStack() as stack:
        begun = [stack.enter_async_context(talking(engine, chromium, options, seed)) for seed in range(len(WEATHERS))]
        talks = dict(zip(WEATHERS, await asyncio.gather(*begun), strict=True))
        for name, weather in WEATHERS.items():
            talks[name].link.weather = weather
        await asyncio.sleep(1.5)  # for the buffers to know their links
        for name, talk in talks.items():
            await engine.tap(new_id(), talk.caller.leg, said[name].append, side=Side.SAID)
        heard = await asyncio.gather(*(talk.caller.listen(4) for talk in talks.values()))
        for name, sound in zip(WEATHERS, heard, strict=True):
            there = np.concatenate([np.frombuffer(frame.pcm, "<i2") for frame in said[name]])
            assert mostly_whole(there, 1500, LONGEST), f"{name}: the phone hears gaps"
            assert mostly_whole(sound, 700, LONGEST), f"{name}: the page hears gaps"
        for talk in talks.values():
            reports = await talk.caller.reports()
            assert reports["says"] == reports["hears"] == f"audio/{codec}"
        found: dict[str, Quality] = {}

        async def told() -> bool:
            """Reports of both sides were about nothing but this weather."""
            await asyncio.sleep(0.2)
            found.update({name: await engine.quality(talk.caller.leg) for name, talk in talks.items()})
            mos = {name: quality.mos for name, quality in found.items()}
            return 4.5 > mos["2 %"] > mos["5 %"] > mos["10 %"] and all(quality.out_loss for quality in lossy(found))

        if codec == "PCMU":  # scores of codecs are compared without browsers, in less time
            await eventually(told, 20, lambda: str(found))
            assert found["100 ms"].in_jitter_ms > 15


def lossy(found: dict[str, Quality]) -> list[Quality]:
    return [quality for name, quality in found.items() if WEATHERS[name].loss]


async def syllables(phone: Phone) -> None:
    """What does not change is noise to Opus, which tells nothing of it again."""
    while True:
        phone.frequency = 700 if phone.frequency is None else None
        await asyncio.sleep(0.2)


async def test_while_the_link_is_poor_the_page_is_sent_opus_that_mends_itself(
    engine: MediaEngine, chromium: Browser
) -> None:
    async with talking(engine, chromium) as talk:
        assert (await talk.caller.reports())["hears"] == "audio/PCMU"
        talk.link.weather = Weather(loss=0.2)
        speaking = asyncio.ensure_future(syllables(talk.phone))
        changes: list[QualityChanged] = []

        async def told() -> bool:
            await asyncio.sleep(0.1)
            changes[:] = [event for event in talk.caller.events if isinstance(event, QualityChanged)]
            return bool(changes)

        await eventually(told, 25, lambda: "the link was not told to be poor")
        assert changes[0].poor
        assert changes[0].quality.mos < 3.1

        async def mended() -> bool:
            await asyncio.sleep(0.2)
            reports = await talk.caller.reports()
            return bool(reports["hears"] == "audio/opus" and reports["fec"])

        await eventually(mended, 4, lambda: "no packet was mended")
        speaking.cancel()
        talk.phone.frequency = 700
        await asyncio.gather(talk.phone.hears(1500, within=8), talk.caller.hears(700))
