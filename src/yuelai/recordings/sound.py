"""A capture as sound: stereo at 8 kHz, left what the leg said, right what it heard, silent where nothing came."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import structlog

from yuelai.media.capture import CHANNELS, Coding, Entry, Kind
from yuelai.media.embedded.codecs import Agreed, Decoder, MalformedPayload, decoder
from yuelai.media.embedded.codecs.opus import OpusFailed
from yuelai.recordings.chunks import CaptureFile
from yuelai.recordings.timeline import Placed, Timeline
from yuelai.wire.g711 import Samples

log = structlog.get_logger()

_LATEST = 20_000
"""Samples (2.5 s) that a packet may be late and still find its place."""
_CONCEALED = 480
"""Samples (60 ms) of a gap that a codec with a memory may fill; a longer one is silence, as it was in the call."""
_NOTHING: Samples = np.zeros(0, np.int16)


def samples_of(duration_ms: int) -> int:
    return duration_ms * 8


def sound(file: CaptureFile, duration_ms: int) -> Iterator[Samples]:
    """Yield int16 (n, 2), together exactly `duration_ms`, about a second at a time. Raises Tampered on the way."""
    canvas = _Canvas(samples_of(duration_ms))
    voices = [_Voice(canvas, channel) for channel in range(CHANNELS)]
    before = 0
    for chunk in file.chunks():
        for entry in chunk.entries:
            if entry.kind == Kind.PAUSE:
                canvas.pause(entry.arrival * 8)
            elif entry.kind == Kind.RESUME:
                canvas.resume(entry.arrival * 8)
        for channel, voice in enumerate(voices):
            voice.lay([entry for entry in chunk.entries if entry.kind == channel])
        yield from canvas.finished(before * 8 - _LATEST)
        before = chunk.until
        if chunk.until >= duration_ms:
            break
    for voice in voices:
        # What the last chunk brought waits for what comes after it: nothing.
        voice.lay([])
    yield from canvas.finished(canvas.length)


def prove(file: CaptureFile, duration_ms: int) -> None:
    """Open every chunk that is needed for so much of it. Raises Tampered."""
    for chunk in file.chunks():
        if chunk.until >= duration_ms:
            break


def pauses(file: CaptureFile, duration_ms: int) -> list[tuple[int, int]]:
    """Return from when to when nothing was kept, in ms. Raises Tampered."""
    found: list[tuple[int, int]] = []
    since: int | None = None
    for chunk in file.chunks():
        for entry in chunk.entries:
            if entry.kind == Kind.PAUSE:
                since = entry.arrival
            elif entry.kind == Kind.RESUME and since is not None:
                found.append((since, entry.arrival))
                since = None
        if chunk.until >= duration_ms:
            break
    if since is not None:
        found.append((since, duration_ms))
    return found


class _Canvas:
    """The part of the recording that may still change, int16 (n, 2)."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._begin = 0
        self._samples: Samples = np.zeros((0, CHANNELS), np.int16)
        self._pauses: list[list[int]] = []

    def put(self, channel: int, at: int, samples: Samples) -> None:
        """Later sound covers earlier; what is outside is cut off."""
        if at < self._begin:
            samples, at = samples[self._begin - at :], self._begin
        samples = samples[: max(self.length - at, 0)]
        if len(samples):
            self._reach(at + len(samples))
            start = at - self._begin
            self._samples[start : start + len(samples), channel] = samples

    def pause(self, at: int) -> None:
        self._pauses.append([at, self.length])

    def resume(self, at: int) -> None:
        if self._pauses:
            self._pauses[-1][1] = at

    def finished(self, until: int) -> Iterator[Samples]:
        """Yield what nothing can change any more."""
        until = min(until, self.length)
        while self._begin < until:
            # A silence may have made one chunk very long.
            end = min(until, self._begin + 80_000)
            self._reach(end)
            done = self._samples[: end - self._begin].copy()
            for since, to in self._pauses:
                done[max(since - self._begin, 0) : max(to - self._begin, 0)] = 0
            self._samples, self._begin = self._samples[end - self._begin :], end
            yield done

    def _reach(self, end: int) -> None:
        missing = end - self._begin - len(self._samples)
        if missing > 0:
            more = np.zeros((max(missing, 8000), CHANNELS), np.int16)
            self._samples = np.concatenate([self._samples, more])


class _Voice:
    """One channel: payloads decoded into their places."""

    def __init__(self, canvas: _Canvas, channel: int) -> None:
        self._canvas, self._channel = canvas, channel
        self._timeline = Timeline()
        self._run = -1
        self._decoder: Decoder | None = None

    def lay(self, coming: list[Entry]) -> None:
        for placed in self._timeline.lay(coming):
            if placed.run != self._run:
                self._run, self._decoder = placed.run, _decoder(placed.coding)
            filled, samples = self._decode(placed)
            if len(filled):
                self._canvas.put(self._channel, placed.at - len(filled), filled)
            self._canvas.put(self._channel, placed.at, samples)
            self._timeline.laid(placed, len(samples))

    def _decode(self, placed: Placed) -> tuple[Samples, Samples]:
        """Return what the codec itself makes of a gap before the payload, and the payload's sound."""
        gap, remembers = placed.gap or 0, placed.coding in (Coding.OPUS, Coding.G722)
        if self._decoder is None or (gap < 0 and remembers):
            # A codec with a memory cannot go back: late ones, and those that came twice, are left out.
            return _NOTHING, _NOTHING
        try:
            filled = self._decoder.conceal(gap, placed.payload) if 0 < gap <= _CONCEALED else None
            return _NOTHING if filled is None else filled, self._decoder.decode(placed.payload)
        except MalformedPayload:
            return _NOTHING, _NOTHING


def _decoder(coding: Coding) -> Decoder | None:
    name = {Coding.OPUS: "opus", Coding.L16_WIDE: "L16"}.get(coding, coding.name)
    try:
        return decoder(Agreed(name, int(coding), coding.clock))
    except OpusFailed as error:
        log.error("recording_not_decoded", coding=name, error=str(error))
        return None
