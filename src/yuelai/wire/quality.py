"""How a call sounds, from what is measured of its packets: the E-model (ITU-T G.107, 06/2015), simplified.

Everything that packets do not tell (loudness, noise, echo) is at the model's default values, which leave a rating of
93.2. Impairments of codecs are those of ITU-T G.113 (02/2007) Appendix I where it has them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

_BEST = 93.2
"""R at the default values of all parameters (G.107 §7.8)."""


class Impairment(NamedTuple):
    """`ie` without loss; `bpl`, how robust against loss at random (G.107 §7.4)."""

    ie: float
    bpl: float


_IMPAIRMENTS = {
    # G.113 table I.4: G.711 with the loss concealment of its Appendix I.
    "PCMU": Impairment(0, 25.1),
    "PCMA": Impairment(0, 25.1),
    "L16": Impairment(0, 25.1),
    # Narrow-band G.113 has neither; it is heard as 8 kHz here, and loss disturbs a codec with memory for longer.
    "G722": Impairment(2, 15.0),
    # Estimated from published listening tests at 20 kbit/s with in-band FEC.
    "OPUS": Impairment(3, 30.0),
}
_OTHERS = Impairment(11, 19.0)
"""G.729A, the least one could expect."""

_PACKETISATION_MS = 20.0
_BUFFER_MS = 40.0
_BUFFER_MAX_MS = 300.0


def rating(codec: str, loss: float, jitter_ms: float, round_trip_ms: float | None) -> float:
    """Return R, 0–93.2; see `mos`."""
    ie, bpl = _IMPAIRMENTS.get(codec.upper(), _OTHERS)
    percent = 100 * min(max(loss, 0.0), 1.0)
    effective = ie + (95 - ie) * percent / (percent + bpl)
    # A jitter buffer waits for about twice the mean deviation; shorter ways to and fro are taken to be equal.
    buffer = min(_BUFFER_MS + 2 * max(jitter_ms, 0.0), _BUFFER_MAX_MS)
    delay = max(round_trip_ms or 0.0, 0.0) / 2 + _PACKETISATION_MS + buffer
    return max(_BEST - effective - _delay_impairment(delay), 0.0)


def mos(codec: str, loss: float, jitter_ms: float, round_trip_ms: float | None) -> float:
    """Return the mean opinion score to expect, 1.0–4.5 (G.107 Annex B).

    `codec` is its encoding name; `loss` the fraction (0–1) of packets that did not come in time, at random;
    `jitter_ms` as RTCP reports it; without a `round_trip_ms` the way is taken to be short.
    """
    r = rating(codec, loss, jitter_ms, round_trip_ms)
    return min(max(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1.0), 4.5)


def _delay_impairment(ms: float) -> float:
    """Idd of G.107 §7.3.3: nothing up to 100 ms, some 24 at 400 ms."""
    if ms <= 100:
        return 0.0
    x = math.log2(ms / 100)
    return 25 * (math.pow(1 + x**6, 1 / 6) - 3 * math.pow(1 + (x / 3) ** 6, 1 / 6) + 2)
