"""Signals heard in the sound (Show: a calling fax within a second; exchanges' tones told apart)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.hearing.sounds import (
    PROMPTS,
    RATE,
    Sound,
    beside_each_other,
    dialled,
    listen,
    noisy,
    numbers,
    prompts,
    rounds,
    silence,
    through,
    tone,
    voices,
)
from yuelai.media.embedded.files import read
from yuelai.media.ports import Tone
from yuelai.wire.g711 import Law

ALL = frozenset(Tone)


def _answering(seconds: float, *, reversed_every: float = 0.0, wobble: float = 0.0) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    sound = tone(seconds, 2100) * (1 + wobble * np.sin(2 * np.pi * 15 * time))
    return sound * np.where((time // reversed_every).astype(int) % 2, -1, 1) if reversed_every else sound


def _information(*tones: tuple[float, float]) -> Sound:
    once = [tone(seconds, frequency) for frequency, seconds in tones]
    return np.concatenate([*once, silence(1.0)] * 3)


SIGNALS: dict[str, tuple[Tone, Sound]] = {
    "calling fax": (Tone.CNG, rounds(8, 0.5, 3, 1100)),
    "calling fax, a slow one": (Tone.CNG, rounds(8, 0.57, 3.4, 1112)),
    "answering fax": (Tone.CED, _answering(3.3)),
    "answering modem": (Tone.CED, _answering(3.3, reversed_every=0.45)),
    "answering modem of V.8": (Tone.CED, _answering(3.3, reversed_every=0.45, wobble=0.2)),
    "dial, China": (Tone.DIAL, tone(8, 450)),
    "dial, Europe": (Tone.DIAL, tone(8, 425)),
    "dial, North America": (Tone.DIAL, tone(8, 350, 440)),
    "ring-back, China": (Tone.RINGBACK, rounds(11, 1, 4, 450)),
    "ring-back, Europe": (Tone.RINGBACK, rounds(11, 1, 4, 425)),
    "ring-back, North America": (Tone.RINGBACK, rounds(14, 2, 4, 440, 480)),
    "busy, China": (Tone.BUSY, rounds(7, 0.35, 0.35, 450)),
    "busy, Europe": (Tone.BUSY, rounds(7, 0.5, 0.5, 425)),
    "busy, North America": (Tone.BUSY, rounds(7, 0.5, 0.5, 480, 620)),
    "congestion, China": (Tone.CONGESTION, rounds(8, 0.7, 0.7, 450)),
    "congestion, Europe": (Tone.CONGESTION, rounds(6, 0.25, 0.25, 425)),
    "congestion, North America": (Tone.CONGESTION, rounds(6, 0.25, 0.25, 480, 620)),
    "information": (Tone.SIT, _information((950, 0.33), (1400, 0.33), (1800, 0.33))),
    "information, North America": (Tone.SIT, _information((913.8, 0.274), (1370.6, 0.274), (1776.7, 0.38))),
    "information, long": (Tone.SIT, _information((985.2, 0.38), (1428.5, 0.38), (1776.7, 0.38))),
}


def variants(sound: Sound, random: np.random.Generator) -> list[Sound]:
    """The same louder and softer, in more and less noise, and with its beginning cut off."""
    out = []
    kinds = ((0, 30, 0), (8, 15, 0), (-15, 20, 0), (0, 20, 0.15), (0, 15, 0.3), (-8, 25, 0.44), (0, 20, 0.9))
    for level, snr, cut in kinds:
        start = silence(random.uniform(0.05, 0.6))
        heard = np.concatenate([start, sound[round(cut * RATE) :], silence(2.0)])
        out.append(noisy(heard, snr, random) * 10 ** (level / 20))
    return out


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_is_told_once_and_taken_for_no_other(name: str) -> None:
    wanted, sound = SIGNALS[name]
    rows = beside_each_other(variants(sound, np.random.default_rng(len(name))))
    for heard in (rows, through(Law.PCMA, rows)):
        found = [[heard.tone for _, heard in row] for row in listen(heard, tones=True, detect=ALL)]
        assert found == [[wanted]] * len(rows)


def test_a_calling_fax_is_told_within_a_second_of_its_beginning() -> None:
    random, begins, rows = np.random.default_rng(1), [], []
    for number, voice in enumerate(voices()[:12]):
        begin = random.uniform(2, 4)
        begins.append(begin)
        # Somebody spoke before: the call looked like any other.
        spoken = voice[: round(begin * RATE)] * (1.0 if number % 2 else 0.0)
        fax = rounds(4, random.uniform(0.43, 0.57), 3, random.uniform(1090, 1110), level=random.uniform(-30, -10))
        rows.append(noisy(np.concatenate([spoken, fax]), 30, random, -30))
    found = listen(beside_each_other(rows), detect={Tone.CNG}, tones=True, speech=True)
    times = [[at for at, heard in row if heard.tone is Tone.CNG] for row in found]
    assert all(len(row) == 1 for row in times)
    assert max(row[0] - begin for row, begin in zip(times, begins, strict=True)) < 1.0


def test_only_what_is_asked_for_is_told() -> None:
    rows = beside_each_other([SIGNALS["busy, Europe"][1], SIGNALS["calling fax"][1]])
    assert [[h.tone for _, h in row] for row in listen(rows, detect={Tone.BUSY})] == [[Tone.BUSY], []]


def test_a_signal_that_comes_back_after_a_while_is_told_anew() -> None:
    busy = SIGNALS["busy, China"][1]
    rows = beside_each_other([np.concatenate([busy, silence(10), busy]), np.concatenate([busy, silence(3), busy])])
    assert [len(row) for row in listen(rows, detect=ALL)] == [2, 1]


def test_ten_minutes_of_voices_are_no_signals() -> None:
    rows = voices()
    assert rows.size / RATE > 600
    assert [heard for row in listen(rows, detect=ALL) for heard in row] == []


def test_music_is_no_signals_over_and_over() -> None:
    music = [np.tile(sound, 4) for sound in prompts("common") if len(sound) > 12 * RATE]
    assert music
    for detune in (1.0, 0.96, 1.03):
        rows = [np.interp(np.arange(0, len(m) - 1, detune), np.arange(len(m)), m) for m in music]
        assert [heard for row in listen(beside_each_other(rows), detect=ALL) for heard in row] == []


def test_our_own_ring_back_is_one() -> None:
    found = listen(beside_each_other([np.tile(_prompt("ringback"), 2)]), detect=ALL)
    assert [heard.tone for _, heard in found[0]] == [Tone.RINGBACK]


def _prompt(name: str) -> Sound:
    return read(next((PROMPTS / "common").glob(f"{name}.*")))


def test_keys_are_no_signals_and_signals_no_keys() -> None:
    random = np.random.default_rng(2)
    rows = [dialled(random, number, snr=20, on=(0.05, 0.6), gap=(0.05, 0.6)) for number in numbers(random, 60)]
    assert [h.tone for row in listen(beside_each_other(rows), detect=ALL, tones=True) for _, h in row if h.tone] == []
    rows = [noisy(sound, 20, random) for _, sound in SIGNALS.values()]
    assert [h for row in listen(beside_each_other(rows), tones=True) for _, h in row] == []
