"""A finished recording as Ogg Opus (RFC 7845), stereo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

import av
import numpy as np

from yuelai.media.capture import CHANNELS, RATE
from yuelai.wire.g711 import Samples

MEDIA_TYPE = "audio/ogg"
BITRATE = 32_000
"""Of both channels together; variable, silence takes next to nothing."""

_OPTIONS = {
    # Opus' transform coder: half as dear as its speech coder at 8 kHz, and it keeps the channels 50 dB apart
    # where the other one mixes 25 dB of each into the other (bench/recording_encode.py).
    "application": "audio",
    "compression_level": "10",
}

_RUN_UP = RATE
"""Samples decoded for nothing before those asked for, so that the decoder is as if it had come all the way."""
_FAR = 10 * RATE


def encode(sound: Iterable[Samples], out: Any) -> int:
    """Write `sound`, int16 (n, 2), into `out`, which has `write`; return how many samples a channel there were.

    Takes about 2.5 ms a second of sound, most of it without the interpreter's lock.
    """
    samples = 0
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, options=dict(_OPTIONS))
        stream.bit_rate = BITRATE
        stream.layout = "stereo"
        for block in sound:
            if not len(block):
                continue
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block).reshape(1, -1), format="s16", layout="stereo"
            )
            frame.sample_rate, frame.pts = RATE, samples
            samples += len(block)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return samples


def decode(file: Any, begin: int = 0) -> Iterator[Samples]:
    """Yield int16 (n, 2) at 8 kHz of what `encode` wrote, from sample `begin` on; `file` has `read` and `seek`.

    Raises av.FFmpegError.
    """
    with av.open(file, "r", format="ogg") as container:
        if begin > _FAR:
            container.seek((begin - _RUN_UP) * av.time_base // RATE)
        resampler = av.AudioResampler("s16", "stereo", RATE)
        missing: int | None = None if begin > _FAR else begin
        for frame in container.decode(audio=0):
            if missing is None:
                assert frame.pts is not None
                assert frame.time_base is not None
                missing = begin - round(frame.pts * frame.time_base * RATE)
            for resampled in resampler.resample(frame):
                block = _samples(resampled)
                yield block[max(missing, 0) :]
                missing -= len(block)
        for resampled in resampler.resample(None):
            yield _samples(resampled)[max(missing or 0, 0) :]


def _samples(frame: av.AudioFrame) -> Samples:
    return cast(Samples, frame.to_ndarray().reshape(-1, CHANNELS))
