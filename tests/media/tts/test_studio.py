"""What people bring becomes a prompt, or is refused with the reason; nothing they send does any harm."""

from __future__ import annotations

import asyncio
import io
import random
import subprocess
import sys

import av
import numpy as np
import pytest

from tests.media.tts.test_levels import ogg, spoken_level, voice, wav, whole
from yuelai.media.embedded.files import decode
from yuelai.media.ports import MediaError
from yuelai.media.tts import studio
from yuelai.media.tts.making import kind_of, made, warnings_of
from yuelai.media.tts.ports import StudioFull, UnfitSound
from yuelai.media.tts.studio import Studio


def encoded(sound: np.ndarray, container: str, codec: str, rate: int) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32).reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            for packet in stream.encode(part):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return file.getvalue()


SOURCES = {
    "wav": lambda: wav(voice(2, 44100), 44100, 2).getvalue(),
    "ogg": lambda: ogg(voice(2, 48000), 48000).getvalue(),
    "flac": lambda: encoded(voice(2, 44100), "flac", "flac", 44100),
    "mp3": lambda: encoded(voice(2, 44100), "mp3", "libmp3lame", 44100),
    "mov": lambda: encoded(voice(2, 44100), "ipod", "aac", 44100),
    "matroska": lambda: encoded(voice(2, 48000), "webm", "libopus", 48000),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_any_format_that_people_have_becomes_ogg_opus_as_loud_as_our_own(kind: str) -> None:
    source = SOURCES[kind]()
    assert kind_of(source[:12]) == kind
    done = made(source)
    sound = decode(io.BytesIO(done.opus), "a")
    assert done.opus[:4] == b"OggS"
    assert done.seconds == pytest.approx(2.1, abs=0.15)
    assert len(sound) / 8000 == pytest.approx(done.seconds, abs=0.001)
    assert spoken_level(sound) == pytest.approx(-18, abs=1)
    assert done.warnings == ()


def test_what_was_cut_off_or_hardly_heard_is_said() -> None:
    assert warnings_of(whole(voice(2, level=3.0))) == ("clipped",)
    assert warnings_of(whole(voice(2, level=0.004))) == ("quiet",)
    assert warnings_of(whole(voice(2, level=0.3))) == ()
    peak = voice(2)
    assert warnings_of(whole(peak / np.abs(peak).max())) == ()


@pytest.mark.parametrize("kind", ["wav", "mp3", "mov", "matroska"])
async def test_it_is_made_in_a_process_of_its_own(kind: str) -> None:
    done = await Studio().make(SOURCES[kind]())
    assert done.opus[:4] == b"OggS"
    assert done.seconds == pytest.approx(2.1, abs=0.15)


@pytest.mark.parametrize(
    ("source", "why", "code"),
    [
        (b"", "neither WAV", "format"),
        (b"#EXTM3U\nhttp://127.0.0.1/a.ts\n", "neither WAV", "format"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "neither WAV", "format"),
        (b"RIFF....WAVEfmt ", "damaged|no sound", "damaged"),
        (wav(np.zeros(8000), 8000).getvalue(), "nothing is heard", "nothing"),
        (b"\x00" * 11 * 1024 * 1024, "larger than 10 MB", "large"),
    ],
)
async def test_what_is_no_sound_is_refused_with_the_reason(source: bytes, why: str, code: str) -> None:
    with pytest.raises(UnfitSound, match=why) as refused:
        await Studio().make(source)
    assert refused.value.code == code


async def test_no_more_wait_than_there_is_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    go = asyncio.Event()

    async def slow(source: bytes) -> tuple[int, bytes]:
        await go.wait()
        return 0, b'{"seconds": 1, "warnings": []}\nOggS'

    monkeypatch.setattr(studio, "_apart", slow)
    room = Studio(most_waiting=1)
    making = [asyncio.ensure_future(room.make(b"a")) for _ in range(3)]
    await asyncio.sleep(0)
    assert room.full
    with pytest.raises(StudioFull):
        await room.make(b"a")
    go.set()
    assert [done.opus for done in await asyncio.gather(*making)] == [b"OggS"] * 3
    assert not room.full


async def test_the_process_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, str]] = []

    async def begun(*_: object, env: dict[str, str], **__: object) -> object:
        told.append(env)
        raise OSError

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begun)
    monkeypatch.setenv("YUELAI_DATABASE_URL", "postgresql://me:secret@db/yuelai")
    with pytest.raises(OSError):
        await Studio().make(b"RIFF")
    assert "PATH" in told[0]
    assert "secret" not in str(told)


def test_confined_it_opens_neither_files_nor_sockets() -> None:
    tried = """
import socket
from yuelai.media.tts.making import confine
confine()
for attempt in (lambda: open("/etc/hostname"), socket.socket, lambda: __import__("os").pipe()):
    try:
        attempt()
    except OSError as error:
        print(error.errno == 24, end=" ")
    else:
        print("opened", end=" ")
"""
    said = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, timeout=30, check=True)
    assert said.stdout.split() == ["True"] * 3


def test_hours_of_silence_in_a_small_file_end_at_the_bound() -> None:
    hours = encoded(np.zeros(8000 * 1200), "flac", "flac", 8000)
    assert len(hours) < 300_000
    with pytest.raises(UnfitSound, match="longer than 6 minutes") as refused:
        made(hours)
    assert refused.value.code == "long"


async def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "SECONDS", 0.01)
    with pytest.raises(UnfitSound, match="cannot be read"):
        await Studio().make(SOURCES["wav"]())


@pytest.mark.parametrize("kind", SOURCES)
def test_damaged_files_are_refused_and_nothing_worse(kind: str) -> None:
    rng, source = random.Random(8), SOURCES[kind]()
    for _ in range(12):
        broken = bytearray(source[: rng.randrange(12, len(source))] if rng.random() < 0.3 else source)
        for _ in range(rng.randrange(1, 40)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            made(bytes(broken))
        except MediaError:
            continue
