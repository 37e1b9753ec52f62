"""A call as calls are, recorded: hold, transfer, three at once, a pause; each voice a tone of its own.

Then the file that is kept is looked at, second by second and channel by channel.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.media.codec_phone import SPOKEN, CodecPhone
from tests.media.conftest import Rig
from tests.media.party import Party, save
from tests.media.rtp_phone import Phone, levels, steadily, tone
from yuelai.media.ports import LegKind, LegOptions, MediaEngine
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.recordings import opus
from yuelai.recordings.chunks import CaptureFile, Tampered, examine
from yuelai.recordings.finishing import Made, Task, make
from yuelai.recordings.sealed_file import SealedFile
from yuelai.recordings.sound import sound
from yuelai.wire.g711 import Law

KEY = bytes(range(32))
LEVEL = -14.0
CUSTOMER, FIRST, SECOND, MUSIC = 600.0, 1100.0, 1700.0, 2300.0
ALL = (CUSTOMER, FIRST, SECOND, MUSIC)
SETTLING = 0.45
"""Seconds after a change in which the sound before and after it may meet: jitter buffers, and a busy machine."""
STEP = 1.3


@asynccontextmanager
async def three(engine: MediaEngine, *codecs: str) -> AsyncIterator[list[Party]]:
    """The customer and two agents, each saying its tone."""
    async with AsyncExitStack() as stack:
        parties: list[Party] = []
        for codec, frequency in zip(codecs, (CUSTOMER, FIRST, SECOND), strict=True):
            phone = await stack.enter_async_context(CodecPhone(codec) if codec in SPOKEN else Phone(Law[codec]))
            phone.frequency, phone.level = frequency, LEVEL
            party = Party(phone, LegId(new_id()))
            beside = parties[0].leg if parties else None
            options = LegOptions(codecs=(codec,))
            heard = party.events.append
            phone.take(
                await engine.create_leg(
                    party.leg, LegKind.PLAIN, heard, offer=phone.describe(), options=options, beside=beside
                )
            )
            parties.append(party)
        yield parties


def finish(recording: RecordingId, capture: Path) -> tuple[Made, np.ndarray]:
    """Do what the worker does; return what it made, and int16 (n, 2) of it."""
    task = Task(recording, capture, examine(capture, KEY).duration_ms, KEY, "opus")
    made = make(task, threading.Event())
    with SealedFile(made.part, recording, KEY) as file:
        return made, np.concatenate(list(opus.decode(file.reader())))


def holds(voice: np.ndarray, *there: float) -> bool:
    """Tell whether some fifth of a second has these tones at about their level, and no others."""
    others = tuple(frequency for frequency in ALL if frequency not in there)
    if not there:
        return max(levels(voice, *ALL)) < -45
    return any(steadily(voice, LEVEL + off, *there, but_not=others) for off in (-1.5, 0, 1.5))


@pytest.mark.parametrize("codecs", [("PCMA", "PCMU", "PCMA"), ("opus", "opus", "G722")])
async def test_each_voice_is_heard_at_its_second_in_its_channel(
    engine: MediaEngine, tmp_path: Path, codecs: tuple[str, str, str]
) -> None:
    path, recording = tmp_path / "a.yrec", RecordingId(new_id())
    music = save(tmp_path / "music.wav", tone(MUSIC, 9, LEVEL))
    said: list[tuple[float, tuple[float, ...], tuple[float, ...]]] = []

    async with three(engine, *codecs) as (customer, first, second):

        async def bridge() -> None:
            await engine.bridge(customer.leg, first.leg)

        async def hold() -> None:
            await engine.hold(customer.leg, True)
            await engine.play(customer.leg, new_id(), [music], loop=True)

        async def transfer() -> None:
            await engine.stop(customer.leg)
            await engine.hold(customer.leg, False)
            await engine.unbridge(customer.leg, first.leg)
            await engine.bridge(customer.leg, second.leg)

        async def conference() -> None:
            await engine.bridge(customer.leg, first.leg)
            await engine.bridge(first.leg, second.leg)

        async def pause() -> None:
            await engine.pause_recording(recording, True)

        async def resume() -> None:
            await engine.pause_recording(recording, False)

        steps: list[tuple[Callable[[], Awaitable[None]], tuple[float, ...], tuple[float, ...]]] = [
            (bridge, (CUSTOMER,), (FIRST,)),
            (hold, (CUSTOMER,), (MUSIC,)),
            (transfer, (CUSTOMER,), (SECOND,)),
            (conference, (CUSTOMER,), (FIRST, SECOND)),
            (pause, (), ()),
            (resume, (CUSTOMER,), (FIRST, SECOND)),
        ]
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await engine.record(recording, customer.leg, path, KEY)
        for step, left, right in steps:
            await step()
            said.append((time.monotonic() - began, left, right))
            await asyncio.sleep(STEP)
        end = await engine.stop_recording(recording)
        length = time.monotonic() - began

    assert abs(end.duration_ms / 1000 - length) < 0.1
    made, both = finish(recording, path)
    assert len(both) == end.duration_ms * 8
    ends = [at for at, _, _ in said[1:]] + [length]
    for (begin, left, right), over in zip(said, ends, strict=True):
        stretch = both[round((begin + SETTLING) * 8000) : round((over - 0.05) * 8000)]
        assert holds(stretch[:, 0], *left), f"at {begin:.2f} s said {levels(stretch[:, 0], *ALL)}, not {left}"
        assert holds(stretch[:, 1], *right), f"at {begin:.2f} s heard {levels(stretch[:, 1], *ALL)}, not {right}"
    (paused, resumed) = made.pauses
    assert abs(paused / 1000 - said[4][0]) < 0.1
    assert abs(resumed / 1000 - said[5][0]) < 0.1
    with CaptureFile(path, KEY) as capture:
        laid = np.concatenate(list(sound(capture, end.duration_ms)))
    assert not laid[paused * 8 : resumed * 8].any()
    assert np.abs(both[paused * 8 + 200 : resumed * 8 - 200]).max() < 60  # a codec rings after an edge


async def test_a_killed_engine_loses_less_than_two_seconds_of_each_recording(
    own_rig: Rig, own_engine: MediaEngine, tmp_path: Path
) -> None:
    path, recording = tmp_path / "a.yrec", RecordingId(new_id())
    async with three(own_engine, "PCMA", "PCMU", "PCMU") as (customer, first, second):
        second.phone.muted = True
        await own_engine.bridge(customer.leg, first.leg)
        began = time.monotonic()
        await own_engine.record(recording, customer.leg, path, KEY)
        # Nobody calls at that leg's side: silence is written, too.
        silent = tmp_path / "b.yrec"
        await own_engine.record(RecordingId(new_id()), second.leg, silent, KEY)
        await asyncio.sleep(4.2)
        own_rig.end(signal.SIGKILL)
        length = time.monotonic() - began
    for capture in (path, silent):
        found = examine(capture, KEY)
        assert not found.whole
        assert length - 2 < found.duration_ms / 1000 <= length
    _, both = finish(recording, path)
    last = both[-8000:]
    assert holds(last[:, 0], CUSTOMER)
    assert holds(last[:, 1], FIRST)


async def test_a_tampered_capture_and_a_tampered_recording_are_refused(engine: MediaEngine, tmp_path: Path) -> None:
    path, recording = tmp_path / "a.yrec", RecordingId(new_id())
    async with three(engine, "PCMA", "PCMU", "PCMU") as (customer, first, _):
        await engine.bridge(customer.leg, first.leg)
        await engine.record(recording, customer.leg, path, KEY)
        await asyncio.sleep(1.5)
        end = await engine.stop_recording(recording)
    made, _ = finish(recording, path)
    for file in (path, made.part):
        data = bytearray(file.read_bytes())
        data[len(data) // 3] ^= 1
        file.write_bytes(data)
    with CaptureFile(path, KEY) as capture, pytest.raises(Tampered):
        list(sound(capture, end.duration_ms))
    with pytest.raises(Tampered), SealedFile(made.part, recording, KEY) as sealed:
        sealed.prove(0, sealed.length)
