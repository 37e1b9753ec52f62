"""Several workers are one engine: who speaks with whom does not depend on where, and the death of one is its own."""

from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import numpy as np
import pytest

from tests.media.crew import Crew
from tests.media.party import Party, join, save
from tests.media.rtp_phone import Phone, phones, steadily, tone
from yuelai.media import link
from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.ports import KeyMode, LegGone, LegKind, LegOptions, MediaError, MediaFull, PlayEnded, TapFrame
from yuelai.platform.ids import LegId, new_id

Until = Callable[..., Awaitable[None]]


@pytest.fixture
def own_crew() -> Iterator[Crew]:
    crew = Crew(2)
    yield crew
    crew.clear()


@pytest.fixture
async def engine(crew: Crew) -> AsyncIterator[EmbeddedMediaEngine]:
    engine = await crew.connect()
    yield engine
    await engine.disconnect()


def at(engine: EmbeddedMediaEngine, party: Party) -> int:
    """Return the number of the worker that carries a party's leg."""
    (number,) = [worker.number for worker in engine.workers if party.leg in worker]
    return number


async def beside(engine: EmbeddedMediaEngine, phone: Phone, other: Party) -> Party:
    party = Party(phone, LegId(new_id()))
    offer = phone.describe()
    phone.take(await engine.create_leg(party.leg, LegKind.PLAIN, party.events.append, offer=offer, beside=other.leg))
    return party


async def join_at(engine: EmbeddedMediaEngine, phone: Phone, fits: Callable[[int], bool]) -> Party:
    """Join a phone at a worker whose number fits.

    Workers are chosen by what they measure: on a busy machine it may take more than one try.
    """
    party = await join(engine, phone)
    async with asyncio.timeout(15):
        while not fits(at(engine, party)):
            await engine.close(party.leg)
            await asyncio.sleep(0.2)
            party = await join(engine, phone)
    return party


async def spread(engine: EmbeddedMediaEngine, *both: Phone) -> list[Party]:
    """Join phones so that each is at another worker than the one before."""
    parties: list[Party] = []
    for phone in both:
        last = at(engine, parties[-1]) if parties else 0
        parties.append(await join_at(engine, phone, last.__ne__))
    return parties


async def legs(engine: EmbeddedMediaEngine) -> int:
    return (await engine.health())["legs"]


async def test_a_leg_goes_to_the_worker_with_room_and_one_beside_it_to_the_same(engine: EmbeddedMediaEngine) -> None:
    async with phones(3) as (ann, bob, cyd):
        one, other = await spread(engine, ann, bob)
        third = await beside(engine, cyd, one)
        assert at(engine, third) == at(engine, one)
        ann.frequency = 700
        await engine.bridge(one.leg, third.leg)
        await cyd.hears(700)
        assert await legs(engine) == 3
        for party in (one, other, third):
            await engine.close(party.leg)


async def test_parties_at_different_workers_hear_each_other_and_nothing_is_left_when_they_part(
    engine: EmbeddedMediaEngine,
) -> None:
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        ann.frequency, bob.frequency = 700, 1100
        await engine.bridge(one.leg, other.leg)
        await asyncio.gather(ann.hears(1100, but_not=(700,)), bob.hears(700, but_not=(1100,)))
        assert await legs(engine) == 4  # one line carries both ways
        await engine.unbridge(one.leg, other.leg)
        await asyncio.gather(ann.hears(but_not=(1100,)), bob.hears(but_not=(700,)))
        assert await legs(engine) == 2
        await engine.bridge(one.leg, other.leg)
        await engine.bridge(one.leg, other.leg)
        await bob.hears(700)
        await engine.close(one.leg)
        assert await legs(engine) == 1
        await bob.hears(but_not=(700,))
        with pytest.raises(MediaError):
            await engine.bridge(one.leg, other.leg)
        await engine.close(other.leg)
        assert await legs(engine) == 0


async def test_a_conference_over_two_workers_hears_all_but_oneself_at_its_gain(engine: EmbeddedMediaEngine) -> None:
    async with phones(4) as all_:
        parties = await spread(engine, *all_)
        tones = (500, 800, 1300, 2100)
        for phone, frequency in zip(all_, tones, strict=True):
            phone.frequency, phone.level = frequency, -16
        for index, one in enumerate(parties):
            for other in parties[index + 1 :]:
                await engine.bridge(one.leg, other.leg)

        async def right(phone: Phone) -> None:
            others = tuple(frequency for frequency in tones if frequency != phone.frequency)
            await phone.hears(*others, but_not=(float(phone.frequency or 0),))

        await asyncio.gather(*map(right, all_))
        # Whisper: the last one is heard by the first alone, who is at the other worker.
        for listener in parties[1:3]:
            await engine.route(parties[3].leg, listener.leg, 0.0)
        await asyncio.gather(
            all_[0].hears(800, 1300, 2100), all_[1].hears(500, 1300, but_not=(2100,)), all_[2].hears(500, 800)
        )
        for party in parties:
            await engine.close(party.leg)
        assert await legs(engine) == 0


async def test_hold_holds_across_workers(engine: EmbeddedMediaEngine, tmp_path: Path) -> None:
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        ann.frequency, bob.frequency = 700, 1100
        await engine.bridge(one.leg, other.leg)
        await bob.hears(700)
        await engine.hold(one.leg, True)
        await engine.play(one.leg, uuid4(), [save(tmp_path / "music.wav", tone(400, 2))], loop=True)
        await asyncio.gather(ann.hears(400, but_not=(1100,)), bob.hears(but_not=(700,)))
        await engine.stop(one.leg)
        await engine.hold(one.leg, False)
        await asyncio.gather(ann.hears(1100), bob.hears(700))
        for party in (one, other):
            await engine.close(party.leg)


async def test_music_is_made_wherever_somebody_is_routed_to_it(engine: EmbeddedMediaEngine, tmp_path: Path) -> None:
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        source = LegId(new_id())
        await engine.music(source, [save(tmp_path / "music.wav", tone(400, 2))])
        for party in (one, other):
            await engine.route(source, party.leg, 1.0)
        await asyncio.gather(ann.hears(400), bob.hears(400))
        assert await legs(engine) == 2  # no line
        await engine.close(source)
        await asyncio.gather(ann.hears(but_not=(400,)), bob.hears(but_not=(400,)))
        for party in (one, other):
            await engine.close(party.leg)
        assert await legs(engine) == 0


async def test_when_a_worker_dies_its_legs_are_told_within_a_second_and_the_others_do_not_notice(
    own_crew: Crew, until: Until, tmp_path: Path
) -> None:
    engine = await own_crew.connect()
    music = save(tmp_path / "music.wav", tone(400, 5))
    async with phones(4) as (ann, bob, cyd, dan):
        one, far = await spread(engine, ann, bob)
        stays, goes = (one, far) if at(engine, one) == 1 else (far, one)
        friend, also = await beside(engine, cyd, stays), await beside(engine, dan, goes)
        cyd.frequency = 900
        await engine.bridge(stays.leg, friend.leg)
        await engine.bridge(goes.leg, also.leg)
        await engine.bridge(stays.leg, goes.leg)
        play = uuid4()
        await engine.play(goes.leg, play, [music])
        await stays.phone.hears(900)
        own_crew.end(2)
        killed = time.monotonic()
        await until(lambda: LegGone(goes.leg) in goes.events and LegGone(also.leg) in also.events)
        assert time.monotonic() - killed < 1
        assert goes.events == [PlayEnded(goes.leg, play, False), LegGone(goes.leg)]
        assert (stays.events, friend.events) == ([], [])
        await stays.phone.hears(900)
        # New ones go to the worker that is left, and to the other one again when it is back.
        for party in (goes, also):
            await engine.close(party.leg)
        new = await join(engine, dan)
        assert at(engine, new) == 1
        assert engine.connected
        own_crew.run(2)
        await until(lambda: all(worker.usable for worker in engine.workers), within=20)
        newer = await join_at(engine, bob, (2).__eq__)
        bob.frequency = 1500
        await engine.bridge(stays.leg, newer.leg)
        await stays.phone.hears(900, 1500)
        assert await legs(engine) == 6
    await engine.disconnect()


async def test_a_worker_that_hangs_gets_no_new_calls_and_is_given_up(
    own_crew: Crew, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "HUNG_SECONDS", 5)
    engine = await own_crew.connect()
    async with phones(3) as (ann, bob, cyd):
        one, other = await spread(engine, ann, bob)
        hung = one if at(engine, one) == 2 else other
        own_crew.end(2, signal.SIGSTOP)
        second = engine.workers[1]
        await until(lambda: not second.usable)
        assert at(engine, await join(engine, cyd)) == 1
        assert hung.events == []
        async with asyncio.timeout(10):
            while LegGone(hung.leg) not in hung.events:
                await asyncio.sleep(0.05)
        own_crew.end(2, signal.SIGCONT)
    await engine.disconnect()


async def test_a_full_engine_refuses_new_calls_but_not_who_joins_one(until: Until) -> None:
    crew = Crew(2, legs=2)
    engine = await crew.connect()
    try:
        async with phones(6) as all_:
            assert engine.room == 4
            parties = [await join(engine, phone) for phone in all_[:4]]
            assert engine.room == 0
            for other in (None, LegId(new_id())):
                with pytest.raises(MediaFull):
                    await engine.create_leg(LegId(new_id()), LegKind.PLAIN, lambda _: None, beside=other)
            await beside(engine, all_[5], parties[0])
            capacity = await engine.capacity()
            assert (capacity.workers, capacity.room) == (2, 0)
            for party in parties:
                await engine.close(party.leg)
            await until(lambda: engine.room > 0)
            await join(engine, all_[4])
    finally:
        await engine.disconnect()
        crew.clear()


async def test_what_is_put_in_is_heard_at_every_worker_also_by_who_comes_late(engine: EmbeddedMediaEngine) -> None:
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        source = LegId(new_id())
        await engine.injection(source)
        await engine.route(source, one.leg, 1.0)
        assert await engine.inject(source, tone(600, 8).tobytes()) > 7
        await ann.hears(600)
        await engine.route(source, other.leg, 1.0)
        await bob.hears(600)
        assert await engine.inject(source, tone(600, 1).tobytes()) < 9
        for leg in (source, one.leg, other.leg):
            await engine.close(leg)
        assert await legs(engine) == 0


async def test_keys_go_from_worker_to_worker_as_the_leg_says(engine: EmbeddedMediaEngine) -> None:
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        await engine.bridge(one.leg, other.leg)
        bob.frequency = 1100
        await ann.hears(1100)
        bob.frequency = None
        await engine.adjust(one.leg, LegOptions(keys=KeyMode.TRANSLATE))
        for key in "42":
            await ann.press(key)
            await asyncio.sleep(0.3)
        assert one.digits == "42"
        assert other.digits == ""
        events = [packet for packet in bob.heard if packet.payload_type == bob.event_type]
        assert [packet.payload[0] for packet in events if packet.marker] == [4, 2]
        for party in (one, other):
            await engine.close(party.leg)


async def test_another_process_listens_to_a_leg_that_is_not_its_own(crew: Crew, engine: EmbeddedMediaEngine) -> None:
    elsewhere = await crew.connect()
    async with phones(2) as (ann, bob):
        one, other = await spread(engine, ann, bob)
        for party, frequency in ((one, 700), (other, 1100)):
            party.phone.frequency = frequency
            pieces: list[TapFrame] = []
            tap = uuid4()
            await elsewhere.tap(tap, party.leg, pieces.append)
            async with asyncio.timeout(5):
                while len(pieces) < 40:
                    await asyncio.sleep(0.05)
            await elsewhere.untap(tap)
            sound = np.frombuffer(b"".join(piece.pcm for piece in pieces[20:]), np.int16)
            assert steadily(sound, -10, frequency)
        source = LegId(new_id())
        await elsewhere.injection(source)
        await elsewhere.route(source, other.leg, 1.0)
        await elsewhere.inject(source, tone(400, 20).tobytes())
        await bob.hears(400)
        await elsewhere.disconnect()
        await bob.hears(but_not=(400,))
        for party in (one, other):
            assert party.events == []
            await engine.close(party.leg)


async def test_a_reader_that_is_too_slow_loses_pieces_and_holds_nothing_up(
    crew: Crew, engine: EmbeddedMediaEngine
) -> None:
    async with phones(2) as (ann, bob):
        one = await join(engine, ann)
        two = await beside(engine, bob, one)
        ann.frequency = 700
        await engine.bridge(one.leg, two.leg)
        await bob.hears(700)
        reader, writer = await asyncio.open_unix_connection(
            crew.settings.socket(f"media-{at(engine, one)}"), limit=4096
        )
        taps = [str(uuid4()) for _ in range(30)]
        for number, tap in enumerate(taps):
            params = {"tap": tap, "leg": str(one.leg), "side": "said", "rate": 16000}
            frame = msgspec.msgpack.encode({"t": "req", "id": number, "m": "media.tap", "p": params})
            writer.write(len(frame).to_bytes(4, "big") + frame)
        await asyncio.sleep(2)  # over a megabyte a second
        await bob.hears(700)
        ats: list[int] = []
        async with asyncio.timeout(10):
            while len(ats) < 300:
                message = msgspec.msgpack.decode(await reader.readexactly(int.from_bytes(await reader.readexactly(4))))
                if message.get("m") == "media.tapped" and message["p"]["tap"] == taps[0]:
                    ats.append(message["p"]["at_ms"])
                    if any(later - earlier > 40 for earlier, later in itertools.pairwise(ats)):
                        break
        assert any(later - earlier > 40 for earlier, later in itertools.pairwise(ats)), ats
        writer.close()
        for party in (one, two):
            await engine.close(party.leg)


async def test_a_listener_or_a_reader_that_fails_costs_nobody_else_the_engine(
    engine: EmbeddedMediaEngine, tmp_path: Path, until: Until
) -> None:
    told: list[object] = []

    def broken(what: object) -> None:
        told.append(what)
        raise ZeroDivisionError

    async with phones(2) as (ann, bob):
        leg, play = LegId(new_id()), uuid4()
        ann.take(await engine.create_leg(leg, LegKind.PLAIN, broken, offer=ann.describe()))
        other = await beside(engine, bob, Party(ann, leg))
        await engine.tap(uuid4(), leg, broken)
        await engine.play(leg, play, [save(tmp_path / "short.wav", tone(440, 0.1))])
        await until(lambda: PlayEnded(leg, play, True) in told)
        assert len([frame for frame in told if isinstance(frame, TapFrame)]) <= 1
        assert await legs(engine) == 2
        assert other.events == []
        for one in (leg, other.leg):
            await engine.close(one)
