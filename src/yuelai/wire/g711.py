"""G.711 (ITU-T G.711, 11/1988) by table: one look-up a sample in either direction."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]


class Law(IntEnum):
    """The two laws, numbered as their static RTP payload types (RFC 3551 §6)."""

    PCMU = 0
    PCMA = 8

    @property
    def silence(self) -> int:
        """The code of the sample 0 (or the nearest to it: A-law has no exact zero)."""
        return 0xFF if self is Law.PCMU else 0xD5


def _decode_mu() -> Samples:
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _decode_a() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, step = code >> 4 & 7, (code & 0x0F) << 4
    magnitude = np.where(exponent == 0, step + 8, (step + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _encode_mu() -> Codes:
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
    magnitude = np.minimum(np.abs(sample), 32635) + 0x84
    exponent = np.log2(magnitude).astype(np.int64) - 7
    code = exponent << 4 | (magnitude >> (exponent + 3) & 0x0F)
    codes: Codes = (~(code | np.where(sample < 0, 0x80, 0)) & 0xFF).astype(np.uint8)
    return codes


def _encode_a() -> Codes:
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
    # Negative steps begin one sample further out, so that −1 is already the first negative code.
    magnitude = np.where(sample < 0, -sample - 1, sample)
    exponent = np.maximum(np.log2(np.maximum(magnitude, 1)).astype(np.int64) - 7, 0)
    shift = np.where(exponent == 0, 4, exponent + 3)
    code = exponent << 4 | (magnitude >> shift & 0x0F)
    codes: Codes = (code ^ 0x55 ^ np.where(sample < 0, 0, 0x80)).astype(np.uint8)
    return codes


DECODE: dict[Law, Samples] = {Law.PCMU: _decode_mu(), Law.PCMA: _decode_a()}
"""int16 (256,): code → sample at 16-bit scale."""

ENCODE: dict[Law, Codes] = {Law.PCMU: _encode_mu(), Law.PCMA: _encode_a()}
"""uint8 (65536,): sample, seen as uint16 → code."""


def decode(payload: bytes, law: Law) -> Samples:
    """Return int16 (len(payload),)."""
    return DECODE[law][np.frombuffer(payload, np.uint8)]


def encode(samples: Samples, law: Law) -> bytes:
    """Take int16 of any shape in C order; return one byte a sample."""
    codes: Codes = ENCODE[law][np.ascontiguousarray(samples).view(np.uint16)]
    return codes.tobytes()


_RECODE = {(one, other): encode(DECODE[one], other) for one in Law for other in Law}


def recode(payload: bytes, from_: Law, to: Law) -> bytes:
    """Return the same sound in the other law, code by code (G.711 §3.4)."""
    return payload if from_ is to else payload.translate(_RECODE[from_, to])
