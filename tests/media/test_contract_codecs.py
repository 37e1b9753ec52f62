"""Parties that speak different codecs hear each other: A-law, µ-law, Opus, G.722 and L16, in the frequency domain."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator

import pytest

from tests.media.codec_phone import SPOKEN, CodecPhone
from tests.media.party import Party
from tests.media.rtp_phone import Phone, eventually, levels, steadily
from yuelai.media.ports import LegKind, LegOptions, MediaEngine
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.g711 import Law

ALL = ("PCMA", "PCMU", "opus", "G722", "L16")
ONE, OTHER = 600.0, 1500.0
LEVEL = -14.0


def phone(codec: str) -> Phone:
    return CodecPhone(codec) if codec in SPOKEN else Phone(Law[codec])


@contextlib.asynccontextmanager
async def joined(engine: MediaEngine, *codecs: str) -> AsyncIterator[list[Party]]:
    async with contextlib.AsyncExitStack() as stack:
        parties = []
        for codec in codecs:
            party = Party(await stack.enter_async_context(phone(codec)), LegId(new_id()))
            offer, options = party.phone.describe(), LegOptions(codecs=(codec,))
            party.phone.take(
                await engine.create_leg(
                    party.leg,
                    LegKind.PLAIN,
                    party.events.append,
                    offer=offer,
                    options=options,
                    beside=parties[0].leg if parties else None,
                )
            )
            party.phone.level = LEVEL
            parties.append(party)
        yield parties


async def hears(party: Party, frequency: float, but_not: float, tolerance: float = 2.5) -> None:
    async def right() -> bool:
        sound = await party.phone.listen(0.4)
        return any(steadily(sound, LEVEL + off, frequency, but_not=(but_not,)) for off in (-tolerance + 1, 0, 1.5))

    await eventually(right, 8.0, lambda: f"heard {levels(party.phone.sound(), frequency, but_not)}")


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations_with_replacement(ALL, 2)))
async def test_any_two_codecs_hear_each_other(engine: MediaEngine, first: str, second: str) -> None:
    async with joined(engine, first, second) as (one, other):
        one.phone.frequency, other.phone.frequency = ONE, OTHER
        await engine.bridge(one.leg, other.leg)
        await asyncio.gather(hears(one, OTHER, ONE), hears(other, ONE, OTHER))
        assert (await engine.quality(one.leg)).codec == first


async def test_three_codecs_in_one_conference(engine: MediaEngine) -> None:
    async with joined(engine, "opus", "G722", "PCMA") as (one, other, third):
        one.phone.frequency, other.phone.frequency = ONE, OTHER
        for speaker, listener in itertools.combinations((one, other, third), 2):
            await engine.bridge(speaker.leg, listener.leg)

        async def both() -> bool:
            sound = await third.phone.listen(0.4)
            return all(level > LEVEL - 3 for level in levels(sound, ONE, OTHER))

        await eventually(both, 8.0, lambda: f"heard {levels(third.phone.sound(), ONE, OTHER)}")
        await asyncio.gather(hears(one, OTHER, ONE), hears(other, ONE, OTHER))


@pytest.mark.parametrize("codec", ALL)
async def test_keys_come_on_every_codecs_clock(engine: MediaEngine, codec: str) -> None:
    async with joined(engine, codec) as (party,):
        for key in "15#":
            await party.phone.press(key)

        async def told() -> bool:
            await asyncio.sleep(0.02)
            return party.digits == "15#"

        await eventually(told, 3.0, lambda: party.digits)
