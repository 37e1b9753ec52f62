"""Playing a little faster or slower without a click: one pitch period less or more, where it is heard least."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.conceal import LONGEST, SHORTEST
from yuelai.media.embedded.frames import FRAME
from yuelai.wire.g711 import Samples

_OVERLAP = 80
"""Samples over which one place of the sound turns into the other (10 ms)."""

_SHORTEN_AT, _LENGTHEN_AT = 20, 70
"""Samples of the frame before the turn."""

_QUIET = 100.0
"""Mean magnitude below which nobody hears the turn."""

_RAMP = ((np.arange(_OVERLAP) + 1) / (_OVERLAP + 1)).astype(np.float32)

AROUND = FRAME
"""Samples before the play position that `shift` is given."""

LOOKED_AT = AROUND + FRAME + LONGEST


def shift(sound: Samples, *, longer: bool, likeness: float) -> tuple[Samples, int] | None:
    """Make a frame of LOOKED_AT samples, of which the first AROUND are played already.

    Return it and how many samples of the sound it uses up, FRAME ± a period; None where no place is quiet or at least
    so much like its neighbour (−1 to 1).
    """
    turn = AROUND + (_LENGTHEN_AT if longer else _SHORTEN_AT)
    lags = np.arange(SHORTEST, LONGEST + 1)
    there = sound.astype(np.float32)
    here = there[turn : turn + _OVERLAP]
    if longer:
        others = np.lib.stride_tricks.sliding_window_view(there[turn - LONGEST : turn - SHORTEST + _OVERLAP], _OVERLAP)
        others = others[::-1]
    else:
        others = np.lib.stride_tricks.sliding_window_view(there[turn + SHORTEST : turn + LONGEST + _OVERLAP], _OVERLAP)
    best, alike = _most_alike(here, others)
    if alike < likeness and float(np.abs(here).mean()) > _QUIET:
        return None
    period = int(lags[best])
    other = turn - period if longer else turn + period
    joined = here * (1 - _RAMP) + there[other : other + _OVERLAP] * _RAMP
    rest = FRAME - (turn - AROUND) - _OVERLAP
    after = other + _OVERLAP
    frame = np.concatenate([sound[AROUND:turn], np.rint(joined).astype(np.int16), sound[after : after + rest]])
    return frame, after + rest - AROUND


def _most_alike(here: npt.NDArray[np.float32], others: npt.NDArray[np.float32]) -> tuple[int, float]:
    energy = np.sqrt(np.square(others).sum(axis=1) * np.square(here).sum()) + 1e3
    alike = (others @ here) / energy
    best = int(np.argmax(alike))
    return best, float(alike[best])
