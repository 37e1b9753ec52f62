"""The thread that puts a journal's lines on disk: it takes all that wait, writes them, syncs once, and says so."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SEGMENT_SECONDS = 3600.0
"""How long a segment is written to: it goes as a whole, and till then keeps what people were promised is gone."""


@dataclass(frozen=True)
class Job:
    """One line with the numbers of its first and last entries; `done` is resolved in the event loop."""

    first: int
    last: int
    line: bytes
    done: asyncio.Future[None]


class SegmentWriter:
    def __init__(
        self,
        segment: Path,
        size: int,
        segment_bytes: int,
        written: Callable[[list[Job], BaseException | None], None],
    ) -> None:
        """Go on with `segment` at `size`. `written` is called in the event loop, in order, with each batch's fate."""
        self._folder, self._segment_bytes, self._written = segment.parent, segment_bytes, written
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._gathered: list[Job] = []
        self._file, self._size = -1, size
        self._open(segment)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """What the event loop puts down in one go is handed over together: it shares one sync, and the thread, which
        takes the interpreter's lock from the loop, is woken once."""
        self._gathered.append(job)
        if len(self._gathered) == 1:
            self._loop.call_soon(self.hand_over)

    def hand_over(self) -> None:
        """To the thread. In the event loop, as `put`."""
        if self._gathered:
            jobs, self._gathered = self._gathered, []
            self._queue.put(jobs)

    def close(self) -> None:
        """Blocks until everything handed over is written."""
        self._queue.put(None)
        self._thread.join()
        os.close(self._file)

    def _run(self) -> None:
        ending = False
        broken: BaseException | None = None
        while not ending:
            waiting = [self._queue.get()]
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting.append(self._queue.get_nowait())
            ending = None in waiting
            jobs = [job for some in waiting if some is not None for job in some]
            if not jobs:
                continue
            error: BaseException | None = broken
            if broken is None:
                try:
                    self._write(jobs)
                except Exception as failure:
                    broken = self._take_back(failure)
                    error = broken or failure
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                self._loop.call_soon_threadsafe(self._written, jobs, error)

    def _write(self, jobs: list[Job]) -> None:
        old = self._size > 0 and time.monotonic() - self._began >= SEGMENT_SECONDS
        if self._size >= self._segment_bytes or old:
            os.close(self._file)
            self._size = 0
            self._open(self._folder / f"{jobs[0].first:016}.log")
        data = b"".join(job.line for job in jobs)
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        _sync(self._file)
        self._size += len(data)

    def _take_back(self, failure: Exception) -> Exception | None:
        """Cut what was half written. Returns why we cannot go on: after a failed sync the disk's state is unknown."""
        if not isinstance(failure, OSError):
            return failure
        try:
            os.ftruncate(self._file, self._size)
            os.lseek(self._file, self._size, os.SEEK_SET)
            _sync(self._file)
        except OSError as second:
            # Of a type of its own: even "no space left" is final when nothing could be taken back.
            return RuntimeError(f"{failure!r}, and then {second!r}")
        return None

    def _open(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.lseek(self._file, self._size, os.SEEK_SET)
        self._began = time.monotonic()
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself
        finally:
            os.close(folder)


def _sync(file: int) -> None:
    if sys.platform == "linux":
        os.fdatasync(file)
    else:
        os.fsync(file)
