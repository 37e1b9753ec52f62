from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from yuelai.media.embedded import files as files_module
from yuelai.media.embedded import long_files
from yuelai.media.embedded.files import Files, read
from yuelai.media.ports import MediaError


def write(path: Path, samples: list[int]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.array(samples, "<i2").tobytes())
    return path


def hum(rate: int, *, hertz: float = 500, seconds: float = 0.5, level: float = 0.25) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def save(path: Path, left: np.ndarray, right: np.ndarray | None, *, codec: str, rate: int, sample: str) -> Path:
    """Write one or two channels, floats in [-1, 1]."""
    channels = [left] if right is None else [left, right]
    layout = "mono" if right is None else "stereo"
    scale = {"u8": 127, "s16": 32767, "s32": 2147483647, "flt": 1.0}[sample]
    kind = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32}[sample]
    sound = np.stack(channels, axis=1) * scale + (128 if sample == "u8" else 0)
    container = {".wav": "wav", ".opus": "ogg", ".flac": "flac"}[path.suffix]
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        stream.format = sample
        frame = av.AudioFrame.from_ndarray(sound.astype(kind).reshape(1, -1), format=sample, layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return path


def length_or_refused(path: Path) -> int:
    with contextlib.suppress(MediaError):
        return len(read(path))
    return 0


def level_at(sound: np.ndarray, hertz: float) -> float:
    """Amplitude in [0, 1] of that frequency in the middle of the sound."""
    middle = sound[len(sound) // 4 : len(sound) * 3 // 4].astype(float) / 32768
    window = np.hanning(len(middle))
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(middle)) / 8000)
    return float(2 * abs((middle * window * turn).sum()) / window.sum())


@pytest.mark.parametrize(
    ("name", "codec", "rate", "sample"),
    [
        ("a.wav", "pcm_u8", 8000, "u8"),
        ("a.wav", "pcm_s16le", 8000, "s16"),
        ("a.wav", "pcm_s16le", 11025, "s16"),
        ("a.wav", "pcm_s16le", 16000, "s16"),
        ("a.wav", "pcm_s16le", 44100, "s16"),
        ("a.wav", "pcm_s24le", 48000, "s32"),
        ("a.wav", "pcm_f32le", 96000, "flt"),
        ("a.wav", "pcm_alaw", 8000, "s16"),
        ("a.opus", "libopus", 48000, "s16"),
        ("a.opus", "libopus", 16000, "s16"),
        ("a.flac", "flac", 8000, "s16"),
        ("a.flac", "flac", 44100, "s32"),
    ],
)
@pytest.mark.parametrize("stereo", [False, True])
def test_whatever_the_format_it_is_the_same_sound(
    tmp_path: Path, name: str, codec: str, rate: int, sample: str, stereo: bool
) -> None:
    path = save(tmp_path / name, hum(rate), hum(rate) if stereo else None, codec=codec, rate=rate, sample=sample)
    sound = read(path)
    assert sound.dtype == np.int16
    assert len(sound) == pytest.approx(4000, abs=8)
    assert level_at(sound, 500) == pytest.approx(0.25, rel=0.05)


def test_sound_that_needs_no_change_comes_out_bit_by_bit(tmp_path: Path) -> None:
    samples = [0, 1, -1, 32767, -32768, 12345]
    assert read(write(tmp_path / "a.wav", samples)).tolist() == samples


def test_two_channels_are_heard_together(tmp_path: Path) -> None:
    two = save(tmp_path / "a.wav", hum(8000), hum(8000, hertz=1200), codec="pcm_s16le", rate=8000, sample="s16")
    sound = read(two)
    assert level_at(sound, 500) == pytest.approx(0.125, rel=0.05)
    assert level_at(sound, 1200) == pytest.approx(0.125, rel=0.05)


def test_what_a_telephone_cannot_carry_does_not_fold_back(tmp_path: Path) -> None:
    sound = read(save(tmp_path / "a.wav", hum(48000, hertz=6000), None, codec="pcm_s16le", rate=48000, sample="s16"))
    assert level_at(sound, 2000) < 0.0003


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"cannot play a\.wav: No such file"):
        read(tmp_path / "a.wav")
    (tmp_path / "b.wav").mkdir()
    with pytest.raises(MediaError, match=r"cannot play b\.wav: Is a directory"):
        read(tmp_path / "b.wav")


@pytest.mark.parametrize(
    "content",
    [b"", b"not sound", b"RIFF", b"RIFF\x10\0\0\0WAVEfmt ", b"OggS" + bytes(200), b"fLaC" + bytes(200)],
    ids=["empty", "text", "riff", "header", "ogg", "flac"],
)
def test_what_is_no_sound_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.wav"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"cannot play b\.wav: it "):
        read(path)


def test_a_playlist_is_not_followed_to_other_files(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", [1] * 8000)
    path = tmp_path / "list.wav"
    path.write_text(f"ffconcat version 1.0\nfile {tmp_path}/a.wav\n")
    with pytest.raises(MediaError, match="neither WAV, Ogg nor FLAC"):
        read(path)


@pytest.mark.parametrize("name", ["a.opus", "a.flac"])
def test_half_a_file_gives_its_half_or_is_refused_and_nothing_worse(tmp_path: Path, name: str) -> None:
    codec, rate = ("libopus", 48000) if name == "a.opus" else ("flac", 8000)
    path = save(tmp_path / name, hum(rate, seconds=3), None, codec=codec, rate=rate, sample="s16")
    whole = path.read_bytes()
    for end in range(0, len(whole), len(whole) // 23):
        path.write_bytes(whole[:end])
        assert length_or_refused(path) <= 24000 + 8


def test_bits_that_were_turned_do_no_worse_than_sound_bad(tmp_path: Path) -> None:
    draw = np.random.default_rng(7)
    for name, codec, rate in (("a.opus", "libopus", 48000), ("a.flac", "flac", 8000), ("a.wav", "pcm_s16le", 8000)):
        path = save(tmp_path / name, hum(rate, seconds=1), None, codec=codec, rate=rate, sample="s16")
        whole = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(40):
            broken = whole.copy()
            broken[draw.integers(0, len(whole), 6)] = draw.integers(0, 256, 6)
            path.write_bytes(broken.tobytes())
            assert length_or_refused(path) <= 300 * 8000


def test_no_file_is_longer_than_half_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MAX_SECONDS", 1.0)
    write(tmp_path / "a.wav", [0] * 8000)
    assert len(read(tmp_path / "a.wav")) == 8000
    write(tmp_path / "b.wav", [0] * 8001)
    with pytest.raises(MediaError, match=r"b\.wav: it is longer than"):
        read(tmp_path / "b.wav")


def test_no_file_is_larger_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MAX_BYTES", 1024**2)
    write(tmp_path / "a.wav", [0] * (1024**2 // 2))
    with pytest.raises(MediaError, match=r"a\.wav: it is larger than 1 MB"):
        read(tmp_path / "a.wav")


async def test_a_file_is_read_once_and_again_after_a_change(tmp_path: Path) -> None:
    files, path = Files(), write(tmp_path / "a.wav", [1, 2, 3])
    first = await files.get(path)
    assert first.tolist() == [1, 2, 3]
    assert await files.get(path) is first
    write(path, [4, 5, 6])
    os.utime(path, ns=(1, 1))
    assert (await files.get(path)).tolist() == [4, 5, 6]


async def test_the_least_used_file_makes_room(tmp_path: Path) -> None:
    files = Files(limit=500)
    one, two, three = (write(tmp_path / f"{n}.wav", [n] * 100) for n in range(3))
    held = await files.get(one)
    gone = await files.get(two)
    await files.get(one)
    await files.get(three)
    assert await files.get(one) is held
    assert await files.get(two) is not gone


async def test_two_that_ask_at_once_share_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, readings = write(tmp_path / "a.wav", [1, 2, 3]), []

    def slow(path: Path) -> np.ndarray:
        readings.append(path)
        time.sleep(0.05)
        return read(path)

    monkeypatch.setattr(files_module, "read", slow)
    files = Files()
    first = asyncio.ensure_future(files.get(path))
    others = [asyncio.ensure_future(files.get(path)) for _ in range(4)]
    while not readings:
        await asyncio.sleep(0.001)
    first.cancel()
    assert [list(sound) for sound in await asyncio.gather(*others)] == [[1, 2, 3]] * 4
    assert len(readings) == 1


async def test_a_long_file_keeps_no_held_one_waiting_and_the_loop_runs_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slow(path: Path) -> np.ndarray:
        assert path.name == "short.wav" or go.wait(10)
        return read(path)

    monkeypatch.setattr(files_module, "read", slow)
    files, short = Files(), write(tmp_path / "short.wav", [1])
    held = await files.get(short)
    long = [asyncio.ensure_future(files.get(write(tmp_path / f"long{n}.wav", [2]))) for n in range(5)]
    await asyncio.sleep(0.02)
    assert await asyncio.wait_for(files.get(short), 2) is held
    go.set()
    assert [sound.tolist() for sound in await asyncio.gather(*long)] == [[2]] * 5


async def test_one_bad_file_of_several_refuses_all_of_them(tmp_path: Path) -> None:
    files, good = Files(), write(tmp_path / "a.wav", [1])
    (tmp_path / "b.wav").write_bytes(b"not sound")
    for bad in ("b.wav", "c.wav"):
        with pytest.raises(MediaError, match=bad):
            await files.all([good, tmp_path / bad])
    assert [sound.tolist() for sound in await files.all([good, good])] == [[1], [1]]


async def test_a_long_file_is_read_by_another_process_to_the_same_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "LONG_BYTES", 1000)
    path = save(tmp_path / "a.flac", hum(44100), hum(44100), codec="flac", rate=44100, sample="s16")
    assert path.stat().st_size > 1000
    sound = await Files().get(path)
    assert sound.tolist() == read(path).tolist()
    path.write_bytes(b"not sound" * 200)
    with pytest.raises(MediaError, match=r"^cannot play a\.flac: it is neither WAV, Ogg nor FLAC$"):
        await Files().get(path)


async def test_a_reader_that_dies_or_takes_for_ever_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "LONG_BYTES", 0)
    path = write(tmp_path / "a.wav", [1, 2, 3])
    monkeypatch.setattr(long_files, "TIMEOUT", 0.01)
    with pytest.raises(MediaError, match=r"a\.wav: reading it takes too long"):
        await Files().get(path)
    monkeypatch.setattr(long_files, "TIMEOUT", 20)
    for program, why in (("/bin/false", "ended with 1"), ("/no/such/program", "No such file")):
        monkeypatch.setattr(long_files.sys, "executable", program)
        with pytest.raises(MediaError, match=rf"a\.wav: .*{why}"):
            await Files().get(path)
