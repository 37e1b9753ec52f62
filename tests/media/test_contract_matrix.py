"""Who hears whom, and how loud: everything a leader, a third party or a transfer needs, heard from outside.

Each party says a tone of its own; what each hears is asserted by frequency and level. Only the port's verbs are used.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np

from tests.media.party import Party, join, save
from tests.media.rtp_phone import eventually, levels, phones, steadily, tone
from yuelai.media.ports import Barge, LegOptions, MediaEngine, PlayEnded, Side, TapFrame
from yuelai.platform.ids import LegId, new_id

Until = Callable[[Callable[[], bool]], Awaitable[None]]

ANN, BOB, CAT, LEA = TONES = (500.0, 900.0, 1300.0, 1900.0)
MUSIC = 2500.0
LEVEL = -16.0


@contextlib.asynccontextmanager
async def together(engine: MediaEngine, count: int) -> AsyncIterator[list[Party]]:
    """Yield that many parties, each saying its tone at LEVEL, not yet joined."""
    async with phones(count) as made:
        parties = [await join(engine, phone) for phone in made]
        for party, frequency in zip(parties, TONES, strict=False):
            party.phone.frequency, party.phone.level = frequency, LEVEL
        yield parties


async def hears(party: Party, level: float, *frequencies: float) -> None:
    """Wait until a party hears each of these tones at this level ±1 dB, and none of the others."""
    silent = tuple(each for each in (*TONES, MUSIC) if each not in frequencies)

    async def right() -> bool:
        return steadily(await party.phone.listen(0.4), level, *frequencies, but_not=silent)

    def why() -> str:
        found = zip((*TONES, MUSIC), levels(party.phone.sound(), *TONES, MUSIC), strict=True)
        return f"heard {[(int(f), round(level, 1)) for f, level in found]}, wanted {frequencies} at {level}"

    await eventually(right, 8.0, why)


async def bridge_all(engine: MediaEngine, parties: Sequence[Party]) -> None:
    for number, one in enumerate(parties):
        for other in parties[number + 1 :]:
            await engine.bridge(one.leg, other.leg)


async def test_three_hear_each_other_and_nobody_hears_themselves(engine: MediaEngine) -> None:
    async with together(engine, 3) as (ann, bob, cat):
        await bridge_all(engine, (ann, bob, cat))
        await asyncio.gather(
            hears(ann, LEVEL, BOB, CAT),
            hears(bob, LEVEL, ANN, CAT),
            hears(cat, LEVEL, ANN, BOB),
        )


async def test_who_listens_hears_both_and_is_heard_by_none(engine: MediaEngine) -> None:
    async with together(engine, 3) as (ann, bob, lea):
        await engine.bridge(ann.leg, bob.leg)
        for talker in (ann, bob):
            await engine.route(talker.leg, lea.leg, 1.0)
        await asyncio.gather(hears(lea, LEVEL, ANN, BOB), hears(ann, LEVEL, BOB), hears(bob, LEVEL, ANN))


async def test_a_whisper_reaches_the_agent_alone_and_a_barge_in_both(engine: MediaEngine) -> None:
    async with together(engine, 3) as (customer, agent, leader):
        await engine.bridge(customer.leg, agent.leg)
        for talker in (customer, agent):
            await engine.route(talker.leg, leader.leg, 1.0)
        await engine.route(leader.leg, agent.leg, 1.0)
        await asyncio.gather(hears(agent, LEVEL, ANN, CAT), hears(customer, LEVEL, BOB), hears(leader, LEVEL, ANN, BOB))
        await engine.route(leader.leg, customer.leg, 1.0)
        await asyncio.gather(hears(customer, LEVEL, BOB, CAT), hears(agent, LEVEL, ANN, CAT))
        await engine.close(leader.leg)
        await asyncio.gather(hears(customer, LEVEL, BOB), hears(agent, LEVEL, ANN))


async def test_a_gain_makes_one_voice_softer_for_one_listener(engine: MediaEngine) -> None:
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        await engine.route(ann.leg, bob.leg, 0.25)
        await asyncio.gather(hears(bob, LEVEL - 12.04, ANN), hears(ann, LEVEL, BOB))


async def test_a_muted_party_hears_but_is_not_heard(engine: MediaEngine) -> None:
    async with together(engine, 3) as (ann, bob, cat):
        await bridge_all(engine, (ann, bob, cat))
        await engine.mute(ann.leg, True)
        await asyncio.gather(hears(ann, LEVEL, BOB, CAT), hears(bob, LEVEL, CAT), hears(cat, LEVEL, BOB))
        await engine.mute(ann.leg, False)
        await asyncio.gather(hears(bob, LEVEL, ANN, CAT), hears(cat, LEVEL, ANN, BOB))


async def test_mute_and_hold_know_nothing_of_each_other(engine: MediaEngine) -> None:
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        await engine.mute(ann.leg, True)
        await engine.hold(ann.leg, True)
        await asyncio.gather(hears(ann, LEVEL), hears(bob, LEVEL))
        await engine.hold(ann.leg, False)
        await asyncio.gather(hears(ann, LEVEL, BOB), hears(bob, LEVEL))
        await engine.mute(ann.leg, False)
        await hears(bob, LEVEL, ANN)


async def test_music_goes_on_whoever_listens_and_reaches_who_is_on_hold(engine: MediaEngine, tmp_path: Path) -> None:
    file = save(tmp_path / "music.wav", tone(MUSIC, 3.0, LEVEL))
    music = LegId(new_id())
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        await engine.music(music, [file], gain=0.5)
        await engine.route(music, ann.leg, 1.0)
        await engine.hold(ann.leg, True)
        await asyncio.gather(hears(ann, LEVEL - 6.02, MUSIC), hears(bob, LEVEL))
        await engine.hold(ann.leg, False)
        await engine.route(music, ann.leg, 0.0)
        await asyncio.gather(hears(ann, LEVEL, BOB), hears(bob, LEVEL, ANN))
        await engine.close(music)


async def test_two_callers_of_one_queue_hear_the_same_place_of_its_music(engine: MediaEngine, tmp_path: Path) -> None:
    # A sweep: which frequency is heard tells where in the music we are.
    time = np.arange(8000 * 8) / 8000
    sweep = (np.sin(2 * np.pi * (300 * time + 150 * time**2)) * 8000).astype(np.int16)
    file, music = save(tmp_path / "sweep.wav", sweep), LegId(new_id())
    async with phones(2) as (early, late):
        first, second = await join(engine, early), await join(engine, late)
        await engine.music(music, [file])
        await engine.route(music, first.leg, 1.0)
        await asyncio.sleep(1)
        await engine.route(music, second.leg, 1.0)
        await asyncio.sleep(0.3)

        def place(sound: np.ndarray) -> float:
            spectrum = np.abs(np.fft.rfft(sound[-1600:] * np.hanning(1600)))
            return float(np.argmax(spectrum)) * 8000 / 1600

        async def same() -> bool:
            # The sweep rises by 300 Hz a second: 45 Hz are 150 ms, more than a late test phone makes.
            one, other = await asyncio.gather(early.listen(0.3), late.listen(0.3))
            return abs(place(one) - place(other)) < 45 and place(one) > 0

        await eventually(same, 8.0, lambda: f"{place(early.sound())} Hz and {place(late.sound())} Hz")


async def test_a_transfer_leaves_the_old_party_out(engine: MediaEngine) -> None:
    async with together(engine, 3) as (ann, bob, cat):
        await engine.bridge(ann.leg, bob.leg)
        await hears(ann, LEVEL, BOB)
        await engine.unbridge(ann.leg, bob.leg)
        await engine.bridge(ann.leg, cat.leg)
        await asyncio.gather(hears(ann, LEVEL, CAT), hears(cat, LEVEL, ANN), hears(bob, LEVEL))
        await engine.close(bob.leg)
        await asyncio.gather(hears(ann, LEVEL, CAT), hears(cat, LEVEL, ANN))


async def test_a_key_ends_a_prompt_by_itself(engine: MediaEngine, tmp_path: Path, until: Until) -> None:
    menu = save(tmp_path / "menu.wav", tone(MUSIC, 20, LEVEL))
    async with together(engine, 1) as (ann,):
        ann.phone.frequency, play = None, new_id()
        await engine.play(ann.leg, play, [menu], barge=[Barge.KEY])
        await hears(ann, LEVEL, MUSIC)
        await ann.phone.press("7")
        await until(lambda: bool(ann.plays))
        assert ann.plays == [PlayEnded(ann.leg, play, False, Barge.KEY)]
        assert ann.digits == "7"
        await hears(ann, LEVEL)


async def test_without_barge_a_prompt_goes_on_over_keys(engine: MediaEngine, tmp_path: Path, until: Until) -> None:
    notice = save(tmp_path / "notice.wav", tone(MUSIC, 20, LEVEL))
    async with together(engine, 1) as (ann,):
        ann.phone.frequency = None
        await engine.play(ann.leg, new_id(), [notice])
        await hears(ann, LEVEL, MUSIC)
        await ann.phone.press("7")
        await until(lambda: ann.digits == "7")
        await hears(ann, LEVEL, MUSIC)
        assert ann.plays == []


class Ear:
    """Gathers what a tap hands on."""

    def __init__(self) -> None:
        self.frames: list[TapFrame] = []

    def sound(self) -> np.ndarray:
        return np.frombuffer(b"".join(frame.pcm for frame in self.frames), "<i2")

    def level(self, frequency: float, rate: int, samples: int) -> float:
        return levels(self.sound()[-samples:], frequency * 8000 / rate)[0]


async def test_taps_hand_on_each_side_at_either_rate(engine: MediaEngine, until: Until) -> None:
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        await hears(ann, LEVEL, BOB)
        ears = {(side, rate): Ear() for side in Side for rate in (8000, 16000)}
        taps = {}
        for (side, rate), ear in ears.items():
            taps[side, rate] = new_id()
            await engine.tap(taps[side, rate], ann.leg, ear.frames.append, side=side, rate=rate)
        for (side, rate), ear in ears.items():
            await until(lambda ear=ear, rate=rate: len(ear.sound()) > rate)  # type: ignore[misc]
            said = side is Side.SAID
            own, other = (ANN, BOB) if said else (BOB, ANN)

            async def right(ear: Ear = ear, own: float = own, other: float = other, rate: int = rate) -> bool:
                await asyncio.sleep(0.1)
                window = rate // 4
                return abs(ear.level(own, rate, window) - LEVEL) < 1.5 and ear.level(other, rate, window) < -45

            await eventually(right, 8.0, lambda ear=ear, side=side, rate=rate: f"{side} {rate}")  # type: ignore[misc]
            times = [frame.at_ms for frame in ear.frames]
            assert times == sorted(times)
            assert len(ear.frames[0].pcm) == rate // 50 * 2
        for tap in taps.values():
            await engine.untap(tap)
            await engine.untap(tap)
        count = [len(ear.frames) for ear in ears.values()]
        await asyncio.sleep(0.2)
        assert [len(ear.frames) for ear in ears.values()] == count
        await hears(ann, LEVEL, BOB)


async def test_what_is_put_in_is_heard_by_those_routed_to_it_alone(engine: MediaEngine) -> None:
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        for rate in (8000, 16000):
            source = LegId(new_id())
            await engine.injection(source, rate=rate)
            await engine.route(source, ann.leg, 1.0)
            pcm = np.sin(2 * np.pi * MUSIC * np.arange(rate * 4) / rate) * 32767 * 10 ** (LEVEL / 20)
            waiting = await engine.inject(source, pcm.astype("<i2").tobytes())
            assert 3.0 < waiting <= 4.0
            await asyncio.gather(hears(ann, LEVEL, BOB, MUSIC), hears(bob, LEVEL, ANN))
            await engine.close(source)
            await hears(ann, LEVEL, BOB)


async def test_an_uneven_voice_is_brought_to_an_even_level(engine: MediaEngine) -> None:
    async with together(engine, 2) as (ann, bob):
        ann.phone.level = -34.0
        await engine.bridge(ann.leg, bob.leg)
        await hears(bob, -34.0, ANN)
        await engine.adjust(ann.leg, LegOptions(normalise=True))

        async def louder() -> bool:
            return levels(await bob.phone.listen(0.4), ANN)[0] > -27

        await eventually(louder, 15.0, lambda: "it stays as soft as it was")
        await engine.adjust(ann.leg, LegOptions())
        await hears(bob, -34.0, ANN)


async def test_the_quality_of_a_leg_is_told(engine: MediaEngine) -> None:
    async with together(engine, 2) as (ann, bob):
        await engine.bridge(ann.leg, bob.leg)
        await hears(ann, LEVEL, BOB)
        quality = await engine.quality(ann.leg)
        assert quality.codec == "PCMU"
        assert quality.in_packets > 10
        assert quality.out_packets > 10
        assert quality.in_loss < 0.05
        assert quality.mos > 3.9

        async def told() -> bool:
            """What they say of themselves may be a second old."""
            await asyncio.sleep(0.1)
            capacity = await engine.capacity()
            return capacity.legs >= 2 and capacity.room > 0

        await eventually(told, 5.0, lambda: "they do not know of their legs")
