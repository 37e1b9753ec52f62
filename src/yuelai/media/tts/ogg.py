"""Telephone sound as Ogg Opus (RFC 7845)."""

from __future__ import annotations

from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np

from yuelai.wire.g711 import Samples

RATE = 8000
BITS = 20_000
"""A second; for a telephone's band of speech."""


def write(file: BinaryIO, sound: Samples, bits: int = BITS) -> None:
    """Write int16 (samples,) at 8 kHz; decoded, it is exactly as long."""
    with av.open(file, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options={"application": "audio"})
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
