"""Recording of one leg: a second is gathered in memory, then sealed and written by a thread of its own."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import BinaryIO

import structlog

from yuelai.media.capture import CHUNK, ChunkWriter
from yuelai.media.embedded.jitter import FRAME
from yuelai.media.ports import MediaError, RecordingEnd
from yuelai.platform.ids import RecordingId
from yuelai.wire.g711 import Law, recode

log = structlog.get_logger()

_FRAMES = CHUNK // FRAME


def _create(file: Path) -> BinaryIO:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open(file, "xb", buffering=0, opener=lambda path, flags: os.open(path, flags, 0o600))


class Recorder:
    """One frame of both channels a tick, for as long as it stands. `writer` runs one job at a time, in order."""

    def __init__(self, id_: RecordingId, law: Law, file: Path, key: bytes, writer: Executor) -> None:
        """Raises MediaError: the file is there already, cannot be made, or the key is not 32 bytes."""
        if len(key) != 32:
            raise MediaError("a recording key has 32 bytes")
        self.id, self._law, self._writer = id_, law, writer
        try:
            self._file = _create(file)
            self._chunks = ChunkWriter(self._file, id_, law, key)
        except OSError as error:
            raise MediaError(f"cannot record to {file.name}: {error.strerror}") from None
        self._said: list[bytes] = []
        self._heard: list[bytes] = []
        self._frames = 0
        self._failure: Exception | None = None

    def add(self, said: bytes, heard: bytes, law: Law) -> None:
        """Append one frame, FRAME codes a channel in the leg's present law."""
        self._said.append(recode(said, law, self._law))
        self._heard.append(recode(heard, law, self._law))
        self._frames += 1
        if len(self._said) == _FRAMES:
            self._writer.submit(self._write, *self._gathered())

    def add_silence(self, ticks: int) -> None:
        """Stand in for ticks that were skipped, so that the recording stays as long as the call."""
        silence = bytes([self._law.silence]) * FRAME
        for _ in range(ticks):
            self.add(silence, silence, self._law)

    def _gathered(self) -> tuple[bytes, bytes]:
        said, heard = b"".join(self._said), b"".join(self._heard)
        self._said, self._heard = [], []
        return said, heard

    def _write(self, said: bytes, heard: bytes) -> None:
        if self._failure is None:
            try:
                self._chunks.write(said, heard)
            except OSError as error:
                # Writing on after a hole would make a file that cannot be read; what stands is kept.
                self._failure = error
                log.error("recording_failed", recording_id=str(self.id), error=error.strerror)

    def finish(self) -> Future[RecordingEnd]:
        """Write the end mark; the result, or MediaError if not all could be written, comes from the writer's thread."""
        return self._writer.submit(self._finish, *self._gathered())

    def _finish(self, said: bytes, heard: bytes) -> RecordingEnd:
        try:
            if self._failure is None:
                try:
                    self._chunks.write(said, heard, end=True)
                except OSError as error:
                    self._failure = error
        finally:
            self._file.close()
        if self._failure is not None:
            raise MediaError(f"recording {self.id} could not be written: {self._failure}")
        return RecordingEnd(self.id, self._frames * FRAME * 1000 // 8000, self._chunks.bytes)
