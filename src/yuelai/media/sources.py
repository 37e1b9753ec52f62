"""Sources as core sees them: made at each worker at which somebody listens, so that their sound needs no line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from yuelai.media.link import WorkerLink
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId


class Music:
    """Runs by the clock of this machine: all workers play the same moment."""

    def __init__(self, id_: LegId, files: Sequence[Path], gain: float) -> None:
        self.id, self._files, self._gain = id_, tuple(files), gain
        self._lock = asyncio.Lock()

    async def at(self, worker: WorkerLink) -> None:
        """Make it there, unless it is. Raises MediaError."""
        async with self._lock:
            if self.id not in worker:
                await worker.music(self.id, self._files, self._gain)


class Injection:
    """What is put in is handed to every worker that has it; one that comes to it late is given what still waits."""

    def __init__(self, id_: LegId, rate: int) -> None:
        self.id, self._rate = id_, rate
        self._lock = asyncio.Lock()
        self._latest = b""
        self._until = 0.0
        """When the last of it will have been played, on the monotonic clock."""

    async def at(self, worker: WorkerLink) -> None:
        """Make it there, unless it is. Raises MediaError."""
        async with self._lock:
            await self._at(worker)

    async def _at(self, worker: WorkerLink) -> None:
        if self.id not in worker:
            await worker.injection(self.id, self._rate)
            if waits := self._waiting():
                await worker.inject(self.id, waits)

    def _waiting(self) -> bytes:
        samples = int(max(0.0, self._until - time.monotonic()) * self._rate)
        return self._latest[-2 * samples :] if samples else b""

    async def put(self, pcm: bytes, workers: Sequence[WorkerLink]) -> float:
        """Append PCM; return how many seconds wait. `workers` are those it may be made at, the best first.

        Raises MediaError.
        """
        async with self._lock:
            having = [worker for worker in workers if self.id in worker]
            if not having:
                if not workers:
                    raise MediaError("the media engine is being restarted")
                await self._at(workers[0])
                having = [workers[0]]
            told = await asyncio.gather(*(worker.inject(self.id, pcm) for worker in having), return_exceptions=True)
            waiting = [seconds for seconds in told if isinstance(seconds, float | int)]
            if not waiting:
                raise next(error for error in told if isinstance(error, BaseException))
            longest = max(waiting)
            self._latest, self._until = self._waiting() + pcm, time.monotonic() + longest
            return longest
