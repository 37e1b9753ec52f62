"""Links that lose and delay, before plain phones: how the call sounds is told, and stays whole to the other side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import numpy as np
import pytest

from tests.media.codec_phone import CodecPhone
from tests.media.party import Party
from tests.media.rtp_phone import Phone, eventually
from tests.media.steadiness import mostly_whole
from tests.support.link import Link
from tests.support.lossy import Weather
from yuelai.media.ports import LegKind, LegOptions, MediaEngine, Quality, Side, TapFrame
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.sdp import parse_sdp

pytestmark = pytest.mark.calls

CLEAR = Weather()
WEATHERS = {
    "clear": CLEAR,
    "2 %": Weather(loss=0.02),
    "5 %": Weather(loss=0.05),
    "10 %": Weather(loss=0.10),
    "100 ms": Weather(delay=(0.0, 0.1)),
}
TONE = 700.0
LONGEST = 60.0
"""Milliseconds for which a steady tone may be away."""


@contextlib.asynccontextmanager
async def behind(engine: MediaEngine, phone: Phone, weather: Weather, seed: int) -> AsyncIterator[Party]:
    """A phone whose packets go through a link of that kind, both ways, once it is up."""
    async with phone, contextlib.AsyncExitStack() as stack:
        options = LegOptions(codecs=(phone.codec,)) if isinstance(phone, CodecPhone) else None
        party = Party(phone, LegId(new_id()))
        offer = phone.describe()
        answer = await engine.create_leg(party.leg, LegKind.PLAIN, party.events.append, offer=offer, options=options)
        link = await stack.enter_async_context(Link(parse_sdp(answer).audio.port, weather, seed=seed))
        phone.frequency = TONE
        phone.take(answer)
        phone.target = "127.0.0.1", link.port
        yield party


@pytest.mark.parametrize("codec", ["PCMU", "opus"])
async def test_what_a_link_does_is_told_and_the_other_side_hears_no_gap(engine: MediaEngine, codec: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        parties, said = {}, {}
        for seed, (name, weather) in enumerate(WEATHERS.items()):
            phone = Phone() if codec == "PCMU" else CodecPhone(codec)
            parties[name] = await stack.enter_async_context(behind(engine, phone, weather, seed))
        await asyncio.sleep(1.5)  # for the buffers to know their links
        for name, party in parties.items():
            frames: list[TapFrame] = []
            said[name] = frames
            await engine.tap(new_id(), party.leg, frames.append, side=Side.SAID)
        await asyncio.sleep(4)
        found: dict[str, Quality] = {}

        async def told() -> bool:
            """A report was about nothing but this weather."""
            await asyncio.sleep(0.2)
            found.update({name: await engine.quality(party.leg) for name, party in parties.items()})
            mos = {name: quality.mos for name, quality in found.items()}
            losses = mos["clear"] > mos["2 %"] > mos["5 %"] > mos["10 %"]
            return losses and mos["clear"] > mos["100 ms"]

        await eventually(told, 20, lambda: str(found))
    for name, weather in WEATHERS.items():
        assert found[name].in_loss == pytest.approx(weather.loss, abs=0.02)
        sound = np.concatenate([np.frombuffer(frame.pcm, "<i2") for frame in said[name]])
        assert mostly_whole(sound, TONE, LONGEST), name
    assert found["100 ms"].in_jitter_ms > 15
