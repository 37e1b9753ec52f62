"""Was this recording heard? By cross-correlation, at whatever moment and level it was played."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.files import read

RATE = 8000
ALIKE = 0.8
"""Correlation from which on it is the same recording: other sentences of the same voice stay below 0.3."""

Sound = npt.NDArray[np.float64]


def likeness(heard: Sound, recording: Sound) -> tuple[float, float]:
    """Return how alike the best place is, from 0 to 1, and the second at which it begins; sounds are of 8 kHz."""
    if len(heard) < len(recording):
        return 0.0, 0.0
    size = 1 << (len(heard) + len(recording) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(recording, size)), size)
    product = product[: len(heard) - len(recording) + 1]
    sums = np.concatenate([[0.0], np.cumsum(heard**2)])
    energy = sums[len(recording) :] - sums[: -len(recording)]
    # Where nothing is played there is nothing to compare: silence is like nothing.
    floor = 0.01 * float((recording**2).sum())
    found = product / np.sqrt(np.maximum(energy, floor) * (recording**2).sum())
    place = int(np.argmax(found))
    return float(found[place]), place / RATE


def was_heard(heard: Sound, file: Path) -> bool:
    return likeness(heard, read(file).astype(float))[0] >= ALIKE
