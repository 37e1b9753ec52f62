from __future__ import annotations

import os
import wave
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from yuelai.media.embedded.jitter import FRAME
from yuelai.media.embedded.prompts import Play, PromptCache
from yuelai.media.ports import MediaError


def write(path: Path, samples: list[int], *, rate: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.array(samples, "<i2").tobytes())
    return path


def play_out(play: Play, frames: int) -> list[float]:
    out = np.zeros((frames, FRAME), np.float32)
    for row in out:
        play.mix_into(row)
    return out.reshape(-1).tolist()


def test_pieces_follow_each_other_without_a_gap() -> None:
    pieces = [np.full(100, 1, np.int16), np.empty(0, np.int16), np.full(300, 2, np.int16)]
    play = Play(uuid4(), pieces, loop=False, gain=1.0)
    assert play_out(play, 3) == [1.0] * 100 + [2.0] * 300 + [0.0] * 80
    assert play.ended


def test_a_loop_goes_round_and_never_ends() -> None:
    play = Play(uuid4(), [np.arange(100, dtype=np.int16)], loop=True, gain=0.5)
    assert play_out(play, 5) == [n % 100 * 0.5 for n in range(800)]
    assert not play.ended


def test_a_loop_of_nothing_ends_at_once() -> None:
    assert Play(uuid4(), [np.empty(0, np.int16)], loop=True, gain=1.0).ended


def test_a_file_is_read_once_and_again_after_a_change(tmp_path: Path) -> None:
    cache, path = PromptCache(), write(tmp_path / "a.wav", [1, 2, 3])
    first = cache.get(path)
    assert first.tolist() == [1, 2, 3]
    assert cache.get(path) is first
    write(path, [4, 5, 6])
    os.utime(path, ns=(1, 1))
    assert cache.get(path).tolist() == [4, 5, 6]


def test_the_least_used_file_makes_room(tmp_path: Path) -> None:
    cache = PromptCache(limit=500)
    one, two, three = (write(tmp_path / f"{n}.wav", [n] * 100) for n in range(3))
    held = cache.get(one)
    gone = cache.get(two)
    cache.get(one)
    cache.get(three)
    assert cache.get(one) is held
    assert cache.get(two) is not gone


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (8000, 2)])
def test_a_file_of_another_format_is_refused(tmp_path: Path, rate: int, channels: int) -> None:
    with pytest.raises(MediaError, match="8 kHz"):
        PromptCache().get(write(tmp_path / "a.wav", [0, 0], rate=rate, channels=channels))


def test_a_missing_or_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.wav").write_bytes(b"not sound")
    for name in ("a.wav", "b.wav"):
        with pytest.raises(MediaError, match=name):
            PromptCache().get(tmp_path / name)
