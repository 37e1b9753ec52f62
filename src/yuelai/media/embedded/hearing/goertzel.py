"""How strong given frequencies are, for many rows at once: the Goertzel algorithm as one matrix product.

Every frequency is looked at through a Hann window, whose side lobes are low enough (−31 dB) for the other tone of a
pair not to matter, and twice, a few milliseconds apart: how far the phase has moved in between says by how much the
tone lies beside the frequency, more exactly than the window could tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 8000

Floats = NDArray[np.float32]
Phasors = NDArray[np.complex64]


class Bank:
    """Looks for `frequencies` (Hz) through a window of `length` samples, moved on by `hop` from look to look."""

    def __init__(self, frequencies: Sequence[float], length: int, hop: int) -> None:
        self.frequencies = np.array(frequencies, np.float32)
        self.length, self.hop = length, hop
        window = np.hanning(length + 2)[1:-1]
        turns = np.exp(-2j * np.pi * np.outer(np.arange(length), frequencies) / RATE)
        # Scaled so that the squared phasor is the power of the tone: a sine of amplitude a gives a²/2.
        scaled = turns * (window * np.sqrt(2) / window.sum())[:, None]
        self._matrix = np.concatenate([scaled.real, scaled.imag], axis=1).astype(np.float32)
        self._weights = (window**2 / (window**2).sum()).astype(np.float32)
        # From one look to the next a tone exactly at its frequency turns by this.
        self._turned = np.exp(-2j * np.pi * np.array(frequencies) * hop / RATE).astype(np.complex64)

    def look(self, windows: Floats) -> tuple[Phasors, Floats]:
        """Take (rows, length); return phasors (rows, frequencies) and the power of all there is, (rows,)."""
        found = windows @ self._matrix
        count = len(self.frequencies)
        phasors = np.empty((len(windows), count), np.complex64)
        phasors.real, phasors.imag = found[:, :count], found[:, count:]
        # Not `windows**2 @ weights`: this makes no copy of them.
        return phasors, np.einsum("ij,ij,j->i", windows, windows, self._weights, optimize=False)

    def beside(self, before: Phasors, now: Phasors, which: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """Return by how many Hz each tone lies beside its frequency; unambiguous up to half a turn per `hop`."""
        turned = now * before.conj() * self._turned[which]
        off: Floats = np.angle(turned) * np.float32(RATE / (2 * np.pi * self.hop))
        return off

    def power(self, phasors: Phasors, beside: Floats) -> Floats:
        """Return the power of tones `beside` their frequency, where the window sees them weaker than they are."""
        bins = beside * np.float32(self.length / RATE)
        hann = 1 - bins**2
        seen = np.sinc(bins) / np.where(np.abs(hann) < 1e-3, np.float32(1), hann)
        power: Floats = (phasors.real**2 + phasors.imag**2) / np.maximum(seen**2, np.float32(0.05))
        return power
