"""G.711 for a leg by itself; the tick does it for all legs at once (`mixer`)."""

from __future__ import annotations

from yuelai.media.embedded.codecs.base import FRAME, bounded
from yuelai.wire.g711 import Law, Samples, decode, encode


class G711Decoder:
    """Implements `Decoder`."""

    clock = 8000

    def __init__(self, law: Law) -> None:
        self._law = law

    def decode(self, payload: bytes) -> Samples:
        return decode(bounded(payload, len(payload)), self._law)

    def conceal(self, samples: int, following: bytes | None) -> Samples | None:
        return None


class G711Encoder:
    """Implements `Encoder`."""

    samples_per_packet = FRAME

    def __init__(self, law: Law) -> None:
        self._law = law

    def encode(self, frame: Samples) -> bytes:
        return encode(frame, self._law)

    def expect_loss(self, fraction: float) -> None:
        """G.711 cannot prepare."""
