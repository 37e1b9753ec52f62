"""How long a tone that should be steady is away."""

from __future__ import annotations

import numpy as np

RATE = 8000
WINDOW = 80


def envelope(sound: np.ndarray, frequency: float) -> np.ndarray:
    """Return the amplitude of one frequency for each sample, over 10 ms."""
    time = np.arange(len(sound)) / RATE
    turned = sound.astype(float) * np.exp(-2j * np.pi * frequency * time)
    return 2 * np.abs(np.convolve(turned, np.full(WINDOW, 1 / WINDOW), "valid"))


def longest_gap(sound: np.ndarray, frequency: float, *, below: float = -10.0) -> float:
    """Return the longest time, in milliseconds, for which int16 sound at 8 kHz lacks its tone.

    Lacking is `below` so many dB of how loud it mostly is. Raises AssertionError if it is hardly there at all.
    """
    return _gap(sound, frequency, _usual(sound, frequency) * 10 ** (below / 20))


def _usual(sound: np.ndarray, frequency: float) -> float:
    usual = float(np.median(envelope(sound, frequency)))
    assert usual > 300, f"{frequency} Hz is not heard: {usual:.0f}"
    return usual


def _gap(sound: np.ndarray, frequency: float, least: float) -> float:
    levels = envelope(sound, frequency)
    there = np.flatnonzero(levels > least)
    edges = np.concatenate([[0], there, [len(levels) - 1]])
    return float(np.diff(edges).max()) / RATE * 1000


def mostly_whole(sound: np.ndarray, frequency: float, longest: float) -> bool:
    """Tell whether of the seconds of a sound all but one have no gap of more than `longest` milliseconds.

    All but one: on a busy machine the test's own phones and pages are late now and then, which is rightly heard. A
    whole second without the tone is one such.
    """
    least = _usual(sound, frequency) * 10 ** (-10.0 / 20)
    seconds = [sound[at : at + RATE] for at in range(0, len(sound) - RATE + 1, RATE)]
    return sum(_gap(second, frequency, least) > longest for second in seconds) <= 1
