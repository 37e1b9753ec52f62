from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.levels import LIMIT, Leveller

CHANCE = np.random.default_rng(20)


def dbov(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(sound.astype(float))) / 32768**2))


def talk(level: float, seconds: float, noise: float = -75) -> np.ndarray:
    """Something like speech: syllables of harmonics, a pause of 0.6 s every 2 s, over a noise. int16 (ticks, FRAME)."""
    time = np.arange(int(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 130 * n * time + n) / n for n in range(1, 20))
    voice *= (0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)) * speaking(time)
    voice *= 10 ** (level / 20) * 32768 / np.sqrt(np.mean(np.square(voice[speaking(time)])))
    sound = voice + CHANCE.standard_normal(len(time)) * 32768 * 10 ** (noise / 20)
    return np.clip(sound, -32768, 32767).astype(np.int16).reshape(-1, FRAME)


def speaking(time: np.ndarray) -> np.ndarray:
    return time % 2 < 1.4


def levelled(frames: np.ndarray, leveller: Leveller | None = None) -> np.ndarray:
    leveller = leveller or opened(0)
    return np.stack([leveller.apply(np.array([0]), frame[None])[0] for frame in frames])


def opened(*slots: int) -> Leveller:
    leveller = Leveller()
    for slot in slots:
        leveller.open(slot)
    return leveller


def loudness_at_the_end(frames: np.ndarray, seconds: float = 4) -> float:
    last = frames.reshape(-1)[-int(seconds * RATE) :]
    return dbov(last[speaking(np.arange(len(last)) / RATE)])


@pytest.mark.parametrize("level", [-32, -28, -24, -20, -16, -12])
def test_quiet_and_loud_speakers_end_up_alike(level: float) -> None:
    assert loudness_at_the_end(levelled(talk(level, 12))) == pytest.approx(-20, abs=1.2)


def test_nobody_is_moved_by_more_than_the_limit() -> None:
    assert loudness_at_the_end(levelled(talk(-40, 12))) == pytest.approx(-40 + LIMIT, abs=0.8)


def test_it_is_slow() -> None:
    leveller = opened(0)
    levelled(talk(-32, 1), leveller)
    assert 2 < leveller.gain(0) < 7


def test_pauses_are_not_pumped_up() -> None:
    leveller = opened(0)
    levelled(talk(-26, 10), leveller)
    settled = leveller.gain(0)
    noise = (CHANCE.standard_normal((30 * 50, FRAME)) * 32768 * 10 ** (-62 / 20)).astype(np.int16)
    after = levelled(noise, leveller)
    assert leveller.gain(0) == settled
    assert dbov(after) == pytest.approx(-62 + settled, abs=0.3)


def test_a_noisy_line_is_not_made_noisier() -> None:
    leveller = opened(0)
    levelled(talk(-30, 12, noise=-49), leveller)
    assert leveller.gain(0) <= 2.5  # Without noise it would be 10.


def test_speech_at_the_right_level_is_left_as_it_is_at_first() -> None:
    frames = talk(-20, 0.24)
    assert np.array_equal(levelled(frames), frames)


def test_rows_are_of_their_slots() -> None:
    leveller = opened(3, 40)
    loud, quiet = talk(-12, 8), talk(-32, 8)
    for one, other in zip(loud, quiet, strict=True):
        leveller.apply(np.array([40, 3]), np.stack([one, other]))
    assert leveller.gain(40) < -5
    assert leveller.gain(3) > 5
    leveller.close(3)
    leveller.open(3)
    assert leveller.gain(3) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 32767), min_size=1, max_size=60), st.floats(-40, -15))
def test_it_never_clips_or_turns_a_sample_round(peaks: list[float], level: float) -> None:
    leveller = opened(0)
    levelled(talk(level, 4), leveller)
    wave = np.sin(np.arange(FRAME))
    for peak in peaks:
        said = (wave * peak).astype(np.int16)
        after = leveller.apply(np.array([0]), said[None])[0]
        assert (after.astype(int) * said >= 0).all()
        assert np.abs(after.astype(int)).max() <= max(32000, np.abs(said.astype(int)).max())


def test_nobody_to_level_is_no_special_case() -> None:
    assert opened(0).apply(np.zeros(0, np.intp), np.zeros((0, FRAME), np.int16)).shape == (0, FRAME)
