"""Sound in place of sound that is missing, for many legs at once.

Loss is bridged in the spirit of ITU-T G.711 Appendix I (09/1999): the last pitch period goes on, later two and three of
them so that it does not buzz, and fades away. Unlike there nothing is delayed for the join at the beginning; the first
quarter of a period bends from the last sample into the repetition instead. Silence the peer does not send is filled
with comfort noise as loud as it says (RFC 3389).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from yuelai.media.embedded.frames import FRAME
from yuelai.wire.g711 import Samples

Sound = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]

SHORTEST, LONGEST = 40, 120
"""Pitch periods looked for, in samples: 200 to 66 Hz; higher voices are found as two or three of theirs."""

HISTORY = 400
"""Samples of the past that are needed: three of the longest periods and the quarter before them."""

FADES_FROM, SILENT_FROM = FRAME, 3 * FRAME
"""Made-up sound is as loud as the last for 20 ms, and gone after 60 ms."""

JOIN = 40
"""Samples over which what was made up gives way to what came (5 ms)."""

_COMPARED = 160
_SWITCH = 32
_RAMP = ((np.arange(_SWITCH) + 1) / (_SWITCH + 1)).astype(np.float32)

_NOISE = np.random.default_rng(3389).standard_normal(1 << 15).astype(np.float32)
_where = np.random.default_rng()


def pitch(past: Sound) -> Counts:
    """Take float32 (k, HISTORY); return the period (k,) after which each repeats itself best."""
    # First at half the rate, as in Appendix I §I.2.3, then between the samples around the best.
    half = past[:, 0::2] + past[:, 1::2]
    size, shortest, longest = _COMPARED // 2, SHORTEST // 2, LONGEST // 2
    last = half[:, -size:]
    before = sliding_window_view(half[:, -size - longest : -shortest], size, axis=1)
    likeness = np.einsum("kls,ks->kl", before, last)
    power = np.cumsum(np.square(half[:, -size - longest - 1 :]), axis=1)
    energy = power[:, size : size + longest - shortest + 1] - power[:, : longest - shortest + 1]
    best = longest - np.argmax(likeness / np.sqrt(energy + 1e3), axis=1)
    lags = np.clip(2 * best[:, None] + np.arange(-1, 2), SHORTEST, LONGEST)
    index = np.arange(HISTORY - _COMPARED, HISTORY) - lags[:, :, None]
    near = past[np.arange(len(past))[:, None, None], index]
    score = np.einsum("kls,ks->kl", near, past[:, -_COMPARED:]) / np.sqrt(np.square(near).sum(axis=2) + 1e3)
    period: Counts = np.take_along_axis(lags, np.argmax(score, axis=1)[:, None], axis=1)[:, 0].astype(np.int64)
    return period


def repeat(past: Sound, period: Counts, since: Counts) -> Sound:
    """Go on where the past ends: float32 (k, FRAME) from `since` samples (k,) after its end; undefined below 0."""
    cycles = np.clip(since // FRAME + 1, 1, 3) * period
    time = np.maximum(since[:, None] + np.arange(FRAME), 0)
    made = _cycle(past, period, cycles, time)
    later = np.flatnonzero(cycles > period)
    if len(later):
        # The next longer cycle comes in gently; all are in step, for all are multiples of one period.
        before = _cycle(past[later], period[later], np.maximum(cycles[later] - period[later], 1), time[later, :_SWITCH])
        made[later, :_SWITCH] = before * (1 - _RAMP) + made[later, :_SWITCH] * _RAMP
    step = past[:, -1] - np.take_along_axis(past, HISTORY - 1 - period[:, None], axis=1)[:, 0]
    bend = np.maximum(1 - (time + 1) / (period[:, None] / 4 + 1), 0)
    made += step[:, None] * bend
    made *= np.clip((SILENT_FROM - time) / (SILENT_FROM - FADES_FROM), 0, 1)
    return made


def _cycle(past: Sound, period: Counts, cycles: Counts, time: Counts) -> Sound:
    cycle, quarter = cycles[:, None], period[:, None] // 4
    place = time % cycle
    rows = np.arange(len(past))[:, None]
    # The end of a cycle turns into what came before its beginning, so that it can begin again.
    turn = np.clip((place - cycle + quarter + 1) / (quarter + 1), 0, 1)
    end = past[rows, HISTORY - cycle + place]
    begin = past[rows, np.maximum(HISTORY - 2 * cycle + place, 0)]
    made: Sound = (end + (begin - end) * turn).astype(np.float32)
    return made


def noise(levels: Counts) -> Sound:
    """Return float32 (k, FRAME) of white noise; `levels` (k,) are −dBov as in RFC 3389 §3."""
    start = _where.integers(0, len(_NOISE) - FRAME, len(levels))
    loudness = (32768 * 10 ** (levels / -20)).astype(np.float32)
    made: Sound = _NOISE[start[:, None] + np.arange(FRAME)] * loudness[:, None]
    return made


def blend(came: Samples, made: Sound, missing: npt.NDArray[np.bool_], since: Counts) -> tuple[Samples, Counts]:
    """Lay what was made under the holes of what came, both (k, FRAME), with soft joins after each.

    `since` (k,) counts the samples that came since the last missing one, up to JOIN; return it as it is afterwards.
    """
    index = np.arange(FRAME)
    last = np.maximum.accumulate(np.where(missing, index, -1 - since[:, None]), axis=1)
    distance = np.minimum(index - last, JOIN + 1)
    weight = (distance * np.float32(1 / (JOIN + 1))).astype(np.float32)
    sound = came * weight + made * (1 - weight)
    return np.rint(np.clip(sound, -32768, 32767)).astype(np.int16), np.minimum(distance[:, -1], JOIN).astype(np.int64)
