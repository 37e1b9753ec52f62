"""Where facts of contacts that have begun wait while the journal takes nothing (its bound reached, or the disk full).

What has begun must be able to end: a caller who hangs up has gone, whether that can be written or not. So these
records are kept in memory, in order, and written as soon as the journal takes them again. A process that dies
meanwhile loses them; the next one closes what it finds open. Nothing new begins in that time, which bounds them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Protocol

import structlog

from yuelai.platform.facts import Record
from yuelai.platform.journal import JournalBroken, JournalFull

log = structlog.get_logger()

MOST = 100_000
"""Records in memory, some hundred megabytes; past it they are refused."""
AT_ONCE = 200
PAUSE_SECONDS = 0.5


class Append(Protocol):
    async def __call__(self, *records: Record) -> int: ...


class Overflow:
    """`append` stands before a journal's own."""

    def __init__(self, append: Append, *, most: int = MOST, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._append, self._most, self._pause = append, most, pause_seconds
        self._waiting: deque[Record] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many records are in memory only."""
        return len(self._waiting)

    async def append(self, *records: Record) -> int:
        """Put records on disk, or keep them for later; return the number of the last, 0 when it waits.

        Raises JournalBroken, and JournalFull when too many wait.
        """
        if not self._waiting:
            with contextlib.suppress(JournalFull):
                return await self._append(*records)
        if len(self._waiting) + len(records) > self._most:
            raise JournalFull
        self._waiting.extend(records)
        if self._task is None or self._task.done():
            log.error("journal_full", hint="new calls are refused; standing ones go on")
            self._task = asyncio.create_task(self._drain(), name="journal overflow")
        return 0

    async def close(self) -> None:
        """Try a last time; what still cannot be written is lost."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, JournalFull, JournalBroken):
                await self._task
        with contextlib.suppress(JournalFull, JournalBroken):
            await self._write()
        if self._waiting:
            log.error("journal_overflow_lost", records=len(self._waiting))

    async def _drain(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._pause)
            try:
                await self._write()
            except JournalFull:
                continue
            except JournalBroken:
                log.error("journal_overflow_lost", records=len(self._waiting))
                self._waiting.clear()
                return
        log.info("journal_takes_again")

    async def _write(self) -> None:
        while self._waiting:
            batch = [self._waiting[n] for n in range(min(AT_ONCE, len(self._waiting)))]
            writing = asyncio.ensure_future(self._append(*batch))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                # The journal writes it all the same: it must not be written twice.
                await writing
                self._forget(batch)
                raise
            self._forget(batch)

    def _forget(self, batch: list[Record]) -> None:
        for _ in batch:
            self._waiting.popleft()
