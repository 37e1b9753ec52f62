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
_TRIED = 3
_FLOOR = np.float32(1e3)
_SWITCH = 32
_RAMP = ((np.arange(_SWITCH) + 1) / (_SWITCH + 1)).astype(np.float32)

_NOISE = np.random.default_rng(3389).standard_normal(1 << 15).astype(np.float32)
_where = np.random.default_rng()


def pitch(past: Sound) -> Counts:
    """Take float32 (k, HISTORY); return the period (k,) after which each repeats itself best."""
    # First at half the rate, as in Appendix I §I.2.3; then between the samples around the best few, for half the rate
    # mistakes one multiple of a short period for another.
    half = past[:, 0::2] + past[:, 1::2]
    size, shortest, longest = _COMPARED // 2, SHORTEST // 2, LONGEST // 2
    before = sliding_window_view(half[:, -size - longest : -shortest], size, axis=1)
    alike = np.einsum("kls,ks->kl", before, half[:, -size:])
    power = np.cumsum(np.square(half[:, -size - longest - 1 :]), axis=1)
    alike /= np.sqrt(power[:, size : size + longest - shortest + 1] - power[:, : longest - shortest + 1] + _FLOOR)
    peaks = np.full_like(alike, -np.inf)
    peaks[:, 1:-1] = np.where((alike[:, 1:-1] >= alike[:, :-2]) & (alike[:, 1:-1] >= alike[:, 2:]), alike[:, 1:-1], -2)
    peaks[:, [0, -1]] = alike[:, [0, -1]]
    best = longest - np.argpartition(peaks, -_TRIED, axis=1)[:, -_TRIED:]
    lags = np.clip((2 * best[:, :, None] + np.arange(-1, 2)).reshape(len(past), -1), SHORTEST, LONGEST)
    rows = np.arange(len(past))[:, None]
    near = sliding_window_view(past, _COMPARED, axis=1)[rows, HISTORY - _COMPARED - lags]
    score = np.einsum("kls,ks->kl", near, past[:, -_COMPARED:])
    score /= np.sqrt(np.einsum("kls,kls->kl", near, near) + _FLOOR)
    period: Counts = lags[rows[:, 0], np.argmax(score, axis=1)].astype(np.int64)
    return period


def repeat(past: Sound, period: Counts, since: Counts, length: int = FRAME) -> Sound:
    """Go on where the past ends: float32 (k, length) from `since` samples (k,) after its end; undefined below 0."""
    cycles = np.clip(since // FRAME + 1, 1, 3) * period
    time = np.maximum(since[:, None] + np.arange(length), 0).astype(np.int32)
    made = _cycle(past, period, cycles, time)
    later = np.flatnonzero(cycles > period)
    if len(later):
        # The next longer cycle comes in gently; all are in step, for all are multiples of one period.
        shorter = np.maximum(cycles[later] - period[later], 1)
        before = _cycle(past[later], period[later], shorter, time[later, :_SWITCH])
        made[later, :_SWITCH] = before * (1 - _RAMP) + made[later, :_SWITCH] * _RAMP
    step = past[:, -1] - past[np.arange(len(past)), HISTORY - 1 - period]
    quarter = (LONGEST // 4 + 1) if length > LONGEST // 4 else length
    bend = np.maximum(1 - (time[:, :quarter] + 1) / (period[:, None] / 4 + 1), 0)
    made[:, :quarter] += step[:, None] * bend
    if time[:, -1].max(initial=0) > FADES_FROM:
        made *= np.clip((SILENT_FROM - time) * np.float32(1 / (SILENT_FROM - FADES_FROM)), 0, 1)
    return made


def _cycle(past: Sound, period: Counts, cycles: Counts, time: npt.NDArray[np.int32]) -> Sound:
    cycle, quarter = cycles[:, None].astype(np.int32), (period[:, None] // 4).astype(np.int32)
    # Whole cycles by a multiplication: a division by each row's own number is many times slower.
    place = time - ((time + np.float32(0.5)) * (1 / cycle).astype(np.float32)).astype(np.int32) * cycle
    first = (np.arange(len(past), dtype=np.int32) * HISTORY)[:, None] + HISTORY - cycle
    flat = np.ascontiguousarray(past).reshape(-1)
    made = flat.take(first + place)
    # The end of a cycle turns into what came before its beginning, so that it can begin again.
    row, column = np.nonzero(place >= cycle - quarter)
    into, of = (place - cycle + quarter + 1)[row, column], quarter[row, 0] + 1
    begin = flat.take((first - cycle + place)[row, column])
    made[row, column] += (begin - made[row, column]) * (into / of).astype(np.float32)
    return made


def noise(levels: Counts) -> Sound:
    """Return float32 (k, FRAME) of white noise; `levels` (k,) are −dBov as in RFC 3389 §3."""
    start = _where.integers(0, len(_NOISE) - FRAME, len(levels))
    loudness = (32768 * 10 ** (levels / -20)).astype(np.float32)
    made: Sound = _NOISE[start[:, None] + np.arange(FRAME)] * loudness[:, None]
    return made


def blend(came: Samples, made: Sound, missing: npt.NDArray[np.bool_], since: Counts) -> tuple[Samples, Counts]:
    """Lay what was made under the holes of what came, both (k, n), with soft joins after each.

    `since` (k,) counts the samples that came since the last missing one, up to JOIN; return it as it is afterwards.
    """
    index = np.arange(came.shape[1], dtype=np.int16)
    last = np.where(missing, index, (-1 - since[:, None]).astype(np.int16))
    if missing.any():
        np.maximum.accumulate(last, axis=1, out=last)
    distance = np.minimum(index - last, JOIN + 1)
    weight = distance * np.float32(1 / (JOIN + 1))
    sound = made + (came - made) * weight
    np.clip(sound, -32768, 32767, out=sound)
    return np.rint(sound).astype(np.int16), np.minimum(distance[:, -1], JOIN).astype(np.int64)
