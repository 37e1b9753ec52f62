"""When somebody speaks."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.hearing.sounds import (
    RATE,
    Sound,
    beside_each_other,
    dialled,
    listen,
    noisy,
    numbers,
    prompts,
    silence,
    tone,
)
from tests.media.hearing.test_tones import SIGNALS
from yuelai.media.embedded.hearing import Heard


def onset(sound: Sound) -> float:
    """Seconds until somebody is heard: until the mean of 10 ms is a twelfth of the loudest."""
    steps = np.abs(sound[: len(sound) // 80 * 80].astype(np.float64)).reshape(-1, 80).mean(axis=1)
    return float(np.argmax(steps > steps.max() / 12)) * 0.01


def spoken() -> list[Sound]:
    """Every eleventh prompt."""
    return [sound for language in ("zh-CN", "en") for sound in prompts(language)[::11] if len(sound) > RATE // 2]


def heard_in(sounds: list[Sound]) -> list[list[tuple[float, bool, Heard]]]:
    return [
        [(at, heard.speech, heard) for at, heard in row if heard.speech is not None]
        for row in listen(beside_each_other(sounds), tones=True, speech=True)
    ]


@pytest.mark.parametrize(("snr", "most"), [(40, 0.1), (20, 0.2)])
def test_a_voice_is_heard_as_soon_as_it_begins(snr: float, most: float) -> None:
    random = np.random.default_rng(1)
    voices = spoken()
    assert len(voices) > 50
    before = [silence(random.uniform(0.4, 0.6)) for _ in voices]
    rows = [
        noisy(np.concatenate([quiet, voice, silence(1)]), snr, random, 20 * np.log10(np.abs(voice).max() / 32767) - 12)
        for quiet, voice in zip(before, voices, strict=True)
    ]
    begins = [len(quiet) / RATE + onset(voice) for quiet, voice in zip(before, voices, strict=True)]
    found = heard_in(rows)
    assert all(row and row[0][1] for row in found)
    late = np.array([row[0][0] - begin for row, begin in zip(found, begins, strict=True)])
    # A word that begins with a long s is certain with its vowel.
    assert np.mean(late < 0.15) > 1 - most
    assert np.median(late) < 0.1
    assert late.max() < 0.6


def test_a_voice_ends_half_a_second_after_it_and_its_length_is_told() -> None:
    voices = spoken()
    found = heard_in([np.concatenate([silence(0.5), voice, silence(1.5)]) for voice in voices])
    for voice, row in zip(voices, found, strict=True):
        assert len(row) % 2 == 0
        assert [began for _, began, _ in row] == [True, False] * (len(row) // 2)
        loud = np.flatnonzero(np.abs(voice) > np.abs(voice).max() / 20)
        end = 0.5 + loud[-1] / RATE
        assert row[-1][0] == pytest.approx(end + 0.45, abs=0.35)
        for (began, _, _), (ended, _, heard) in zip(row[::2], row[1::2], strict=True):
            assert heard.seconds == pytest.approx(ended - began - 0.45, abs=0.15)


def test_noise_is_no_voice() -> None:
    random = np.random.default_rng(2)
    rows = [noisy(silence(0.02 * number + 10), 0, random, -60 + 4 * number) for number in range(10)]
    for level in (-40, -25):
        # The hum of the mains.
        rows.append(noisy(tone(10, 50, 100, 150, level=level), 10, random, level))
    assert [row for row in heard_in(rows) if row] == []


def test_noise_that_rumbles_is_a_voice_for_a_moment_at_most() -> None:
    random, rows = np.random.default_rng(3), []
    for level in (-50, -40, -30, -25):
        low = np.cumsum(random.normal(0, 1, 10 * RATE))
        low -= np.convolve(low, np.ones(400) / 400, "same")
        rows.append(low / np.abs(low).max() * 32767 * 10 ** (level / 20))
    assert sum(heard.seconds for row in heard_in(rows) for _, _, heard in row) < 0.3


def test_keys_and_signals_are_hardly_ever_voices() -> None:
    random = np.random.default_rng(3)
    rows = [noisy(np.concatenate([silence(0.5), sound, silence(1)]), 25, random) for _, sound in SIGNALS.values()]
    numbered = [dialled(random, number, snr=25, on=(0.05, 0.4), gap=(0.05, 0.4)) for number in numbers(random, 40)]
    found = heard_in([*rows, *(row * 0.1 for row in rows), *numbered])
    # Reversals of phase with a modulation are what comes nearest.
    assert sum(bool(row) for row in found) <= 8
    assert sum(heard.seconds for row in found for _, _, heard in row) < 6.0
