"""What a caller hears in the queue, in a whole centre."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.centre import Centre
from yuelai.channels.voice.speech import prompt_path
from yuelai.media.embedded.files import read

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]


def alike(sound: np.ndarray, piece: np.ndarray) -> tuple[float, float]:
    """Return how much the place in `sound` most like `piece` is like it (0-1), and where that is in seconds."""
    size = len(sound) + len(piece)
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(sound)]
    power = np.concatenate([[0.0], np.cumsum(sound.astype(float) ** 2)])
    ends = np.minimum(np.arange(len(sound)) + len(piece), len(sound))
    energy = np.sqrt((power[ends] - power[: len(sound)]) * (piece.astype(float) ** 2).sum()) + 1e6
    likeness = np.abs(product) / energy
    best = int(np.argmax(likeness))
    return float(likeness[best]), best / 8000


def test_a_caller_in_the_queue_hears_its_music_and_a_word_over_it(centre: Centre, tmp_path: Path) -> None:
    centre.called(
        "--from", "13700000011", "--to", "10000", "--dtmf", "0", "--hold", "22", "--hold-from", "digits",
        "--save", str(tmp_path), "--tone", "0",
    )  # fmt: skip
    with wave.open(str(tmp_path / "0.wav")) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    word = read(prompt_path("position_next", "zh-CN")).astype(float)
    spoken, at = alike(heard, word)
    assert spoken > 0.8, "no announcement"
    music = read(prompt_path("queue_music", "zh-CN")).astype(float)
    music = np.concatenate([music, music])
    places = []
    for start in (at - 6, at + 5):
        found, place = alike(music, heard[int(start * 8000) :][:16_000])
        assert found > 0.8, f"no music at {start:.1f} s"
        places.append(place)
    # It went on beneath the word: 11 s later it is 11 s further, in a piece that repeats itself after its half.
    half = len(music) / 4 / 8000
    off = (places[1] - places[0] - 11.0) % half
    assert min(off, half - off) < 0.25
