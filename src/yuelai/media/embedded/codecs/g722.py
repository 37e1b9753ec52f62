"""G.722 (ITU-T G.722, 64 kbit/s), of which the mix takes and gives the lower band alone.

Its RTP clock is 8000 though it samples at 16,000: an old mistake that had to stay (RFC 3551 §4.5.2). One octet is one
tick of that clock, and one sample at 8 kHz.
"""

from __future__ import annotations

import numpy as np
from G722 import G722

from yuelai.media.embedded.codecs.base import FRAME, bounded
from yuelai.wire.g711 import Samples

_RATE, _BITS = 8000, 64_000


class G722Decoder:
    """Implements `Decoder`."""

    clock = 8000

    def __init__(self) -> None:
        self._state = G722(_RATE, _BITS)

    def decode(self, payload: bytes) -> Samples:
        return np.asarray(self._state.decode(bounded(payload, len(payload))), np.int16)

    def conceal(self, samples: int, following: bytes | None) -> Samples | None:
        return None


class G722Encoder:
    """Implements `Encoder`."""

    samples_per_packet = FRAME

    def __init__(self) -> None:
        self._state = G722(_RATE, _BITS)

    def encode(self, frame: Samples) -> bytes:
        payload: bytes = self._state.encode(np.ascontiguousarray(frame, np.int16))
        return payload

    def expect_loss(self, fraction: float) -> None:
        """G.722 cannot prepare."""
