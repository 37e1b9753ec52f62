"""Recording of one leg: payloads are gathered in memory for up to a second, then sealed and written by a thread."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import BinaryIO

import structlog

from yuelai.media.capture import MOST_ENTRIES, ChunkWriter, Kind
from yuelai.media.ports import MediaError, RecordingEnd
from yuelai.platform.ids import RecordingId

log = structlog.get_logger()

CHUNK_SECONDS = 0.9
"""After which a chunk is closed by the next packet; in silence the next beat does it."""
_BEAT_SECONDS = 0.4
_MOST_BYTES = 1 << 18
"""Of payload in one chunk."""
_MOST_WAITING = 1 << 20
"""Bytes that may wait for a slow disk, of each recording: about a minute of sound. Then the recording ends."""

_Gathered = tuple[int, int, int, float, int, bytes]


def _create(file: Path) -> BinaryIO:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open(file, "xb", buffering=0, opener=lambda path, flags: os.open(path, flags, 0o600))


class Recorder:
    """Told of each payload as it passes. All but writing happens on the loop that ticks; a disk that fails or hangs
    ends the recording and nothing else. `writer` runs one job at a time, in order. Times are monotonic seconds."""

    def __init__(self, id_: RecordingId, file: Path, key: bytes, writer: Executor, now: float) -> None:
        """Raises MediaError: the file is there already, cannot be made, or the key is not 32 bytes."""
        if len(key) != 32:
            raise MediaError("a recording key has 32 bytes")
        self.id, self._writer, self._began = id_, writer, now
        try:
            self._file = _create(file)
            self._chunks = ChunkWriter(self._file, id_, key)
        except OSError as error:
            raise MediaError(f"cannot record to {file.name}: {error.strerror}") from None
        self._gathered: list[_Gathered] = []
        self._size = 0
        self._closed_at = now
        self._due = now + CHUNK_SECONDS
        self._sources = [0, 0]
        self._paused = self._deaf = False
        self._handed = 0
        """Bytes handed to the writer's thread, which counts in `_done` those that it is through with."""
        self._done = 0
        self._failure: Exception | None = None

    def packet(self, channel: int, coding: int, timestamp: int, now: float, payload: bytes) -> None:
        """Keep one payload: channel 0 received from the leg, 1 sent to it; `coding` is a `capture.Coding`, `timestamp`
        counts in its RTP clock."""
        if self._deaf:
            return
        self._gathered.append((channel, coding, self._sources[channel], now, timestamp, payload))
        self._size += len(payload)
        if now >= self._due or self._size > _MOST_BYTES or len(self._gathered) >= MOST_ENTRIES:
            self._close_chunk(now)

    def source(self, channel: int) -> None:
        """Another sender begins (a new SSRC): its timestamps say nothing about those before."""
        self._sources[channel] = (self._sources[channel] + 1) & 0xFFFF

    def beat(self, now: float) -> None:
        """To be called about each second: what was gathered is written though nothing comes any more."""
        if now - self._closed_at >= _BEAT_SECONDS:
            self._close_chunk(now)

    def pause(self, paused: bool, now: float) -> None:
        """While paused nothing of either channel is kept; time runs on. Twice the same changes nothing."""
        if paused is self._paused:
            return
        self._paused = paused
        self._gathered.append((Kind.PAUSE if paused else Kind.RESUME, 0, 0, now, 0, b""))
        self._deaf = paused or self._failure is not None

    def finish(self, now: float) -> Future[RecordingEnd]:
        """Write the end mark; the result, or MediaError if not all could be written, comes from the writer's thread."""
        entries, self._gathered = self._gathered, []
        self._deaf = True
        return self._writer.submit(self._finish, entries, now)

    def _close_chunk(self, now: float) -> None:
        entries, self._gathered = self._gathered, []
        handed, self._size = self._size + 1, 0
        self._closed_at, self._due = now, now + CHUNK_SECONDS
        if self._failure is not None:
            self._deaf = True
            return
        self._handed += handed
        if self._handed - self._done > _MOST_WAITING:
            self._failure, self._deaf = TimeoutError("the disk is too slow"), True
            log.error("recording_failed", recording_id=str(self.id), error=str(self._failure))
            return
        self._writer.submit(self._write, entries, now, handed)

    def _write(self, entries: list[_Gathered], until: float, handed: int) -> None:
        if self._failure is None:
            try:
                self._append(entries, until)
            except Exception as error:
                # Writing on after a hole would make a file that cannot be read; what stands is kept.
                self._failure = error
                log.error("recording_failed", recording_id=str(self.id), error=str(error))
        self._done += handed

    def _append(self, entries: list[_Gathered], until: float, *, end: bool = False) -> None:
        began = self._began
        self._chunks.write(
            [
                (kind, coding, source, max(int((at - began) * 1000), 0), timestamp & 0xFFFFFFFF, payload)
                for kind, coding, source, at, timestamp, payload in entries
            ],
            self._ms(until),
            end=end,
        )

    def _ms(self, now: float) -> int:
        return max(int((now - self._began) * 1000), 0)

    def _finish(self, entries: list[_Gathered], now: float) -> RecordingEnd:
        try:
            if self._failure is None:
                try:
                    self._append(entries, now, end=True)
                except Exception as error:
                    self._failure = error
        finally:
            self._file.close()
        if self._failure is not None:
            raise MediaError(f"recording {self.id} could not be written: {self._failure}")
        return RecordingEnd(self.id, self._ms(now), self._chunks.bytes)
