"""Recording, as the port promises it: real time, both sides, nothing lost but the last second."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from tests.media.conftest import Rig
from tests.media.party import Party, join, save
from tests.media.rtp_phone import Phone, phones, steadily, tone
from yuelai.media.ports import LegKind, MediaEngine, MediaError
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.recordings.chunks import CaptureFile, examine
from yuelai.recordings.sound import sound
from yuelai.wire.g711 import Law

KEY = bytes(range(32))

Until = Callable[[Callable[[], bool]], Awaitable[None]]


def channels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return both channels, int16 (samples,)."""
    with CaptureFile(path, KEY) as file:
        both = np.concatenate(list(sound(file, file.duration_ms)))
    return both[:, 0], both[:, 1]


async def start(engine: MediaEngine, leg: LegId, path: Path) -> RecordingId:
    recording = RecordingId(new_id())
    await engine.record(recording, leg, path, KEY)
    return recording


async def test_a_recording_is_as_long_as_the_time_that_passed_whoever_speaks(
    engine: MediaEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as mute:
        mute.muted = True
        party = await join(engine, mute)
        began = time.monotonic()
        recording = await start(engine, party.leg, path)
        await asyncio.sleep(2.35)
        asked = time.monotonic()
        end = await engine.stop_recording(recording)
        assert abs(end.duration_ms - (asked - began) * 1000) <= 40
        found = examine(path, KEY)
        assert (found.duration_ms, found.bytes, found.whole) == (end.duration_ms, end.bytes, True)
        assert path.stat().st_size == end.bytes
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("law", list(Law))
async def test_one_channel_is_what_the_leg_said_the_other_what_it_heard(
    engine: MediaEngine, tmp_path: Path, law: Law
) -> None:
    path = tmp_path / "a.yrec"
    async with phones(2, law, Law.PCMA) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        ann.frequency, bob.frequency = 700, 1100
        await engine.bridge(one.leg, other.leg)
        await asyncio.gather(ann.hears(1100), bob.hears(700))
        recording = await start(engine, one.leg, path)
        await asyncio.sleep(1.5)
        await engine.stop_recording(recording)
        said, heard = channels(path)
        for voice, present, absent in ((said, 700, 1100), (heard, 1100, 700)):
            assert steadily(voice, -10, present, but_not=(absent,))


async def test_hold_and_its_music_are_recorded_as_they_were_heard(engine: MediaEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.yrec"
    music = save(tmp_path / "music.wav", tone(400, 5))
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        bob.frequency = 1100
        await engine.bridge(one.leg, other.leg)
        await ann.hears(1100)
        await engine.hold(one.leg, True)
        await engine.play(one.leg, uuid4(), [music])
        recording = await start(engine, one.leg, path)
        await asyncio.sleep(0.7)
        await engine.stop_recording(recording)
        assert steadily(channels(path)[1], -10, 400, but_not=(1100,))


async def test_a_key_press_leaves_no_tone_in_the_recording(engine: MediaEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        party = await join(engine, ann)
        recording = await start(engine, party.leg, path)
        await ann.press("5")
        await engine.stop_recording(recording)
        assert np.abs(channels(path)[0]).max() < 100


async def test_closing_the_leg_completes_its_recording_and_its_length_can_still_be_asked(
    engine: MediaEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        party = await join(engine, ann)
        recording = await start(engine, party.leg, path)
        await asyncio.sleep(0.3)
        await engine.close(party.leg)
        found = examine(path, KEY)
        assert found.whole
        assert (await engine.stop_recording(recording)).duration_ms == found.duration_ms
        with pytest.raises(MediaError):
            await engine.stop_recording(recording)


async def test_what_cannot_be_recorded_is_refused(engine: MediaEngine, tmp_path: Path) -> None:
    async with Phone() as ann:
        party = await join(engine, ann)
        (tmp_path / "there").touch()
        for path, key in ((tmp_path / "there", KEY), (tmp_path / "there" / "a", KEY), (tmp_path / "b", b"short")):
            with pytest.raises(MediaError):
                await engine.record(RecordingId(new_id()), party.leg, path, key)
        with pytest.raises(MediaError):
            await start(engine, LegId(new_id()), tmp_path / "c")
        assert not (tmp_path / "b").exists()


async def test_when_core_goes_away_its_calls_end_and_their_recordings_are_whole(
    rig: Rig, tmp_path: Path, until: Until
) -> None:
    core = await rig.connect()
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        leg = LegId(new_id())
        ann.take(await core.create_leg(leg, LegKind.PLAIN, lambda _: None, offer=ann.describe()))
        await start(core, leg, path)
        await ann.listen(0.5)
        await core.disconnect()
        await until(lambda: examine(path, KEY).whole)
        await asyncio.sleep(0.1)
        ann.heard.clear()
        await asyncio.sleep(0.2)
        assert ann.heard == []


async def test_a_killed_engine_leaves_all_but_the_last_second(
    own_rig: Rig, own_engine: MediaEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        party = await join(own_engine, ann)
        ann.frequency = 700
        await start(own_engine, party.leg, path)
        await asyncio.sleep(2.5)
        own_rig.end()
    found = examine(path, KEY)
    assert not found.whole
    assert 1400 <= found.duration_ms <= 2500
    assert steadily(channels(path)[0][8000:], -10, 700)


async def test_an_engine_told_to_stop_completes_its_recordings(
    own_rig: Rig, own_engine: MediaEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        party = await join(own_engine, ann)
        await start(own_engine, party.leg, path)
        await asyncio.sleep(0.5)
        assert own_rig.end(signal.SIGTERM) == 0
    assert examine(path, KEY).whole


async def test_a_stalled_engine_keeps_recordings_as_long_as_the_call(
    own_rig: Rig, own_engine: MediaEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yrec"
    async with Phone() as ann:
        party = await join(own_engine, ann)
        await ann.listen(0.2)
        began = time.monotonic()
        recording = await start(own_engine, party.leg, path)
        os.kill(own_rig.process.pid, signal.SIGSTOP)
        await asyncio.sleep(1)
        ann.heard.clear()
        os.kill(own_rig.process.pid, signal.SIGCONT)
        await asyncio.sleep(0.5)
        asked = time.monotonic()
        end = await own_engine.stop_recording(recording)
        assert abs(end.duration_ms - (asked - began) * 1000) <= 60
        # 50 packets' worth of time was lost; only a few of them may be thrown after it.
        assert len(ann.heard) < 40


async def test_party_and_recording_survive_a_refused_second_start(engine: MediaEngine, tmp_path: Path) -> None:
    async with Phone() as ann:
        party: Party = await join(engine, ann)
        recording = await start(engine, party.leg, tmp_path / "a.yrec")
        with pytest.raises(MediaError):
            await engine.record(recording, party.leg, tmp_path / "b.yrec", KEY)
        assert (await engine.stop_recording(recording)).duration_ms < 1000
