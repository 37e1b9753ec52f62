"""Traces as core runs them: the writer's thread, and its lines about calls brought into PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.secrets import Secrets
from yuelai.telephony.trace import keys, repository
from yuelai.telephony.trace.book import Line
from yuelai.telephony.trace.writer import TraceWriter

log = structlog.get_logger()

FOLDER = "traces"
"""In home."""
MOST_LINES = 100_000
"""Lines that wait while PostgreSQL is away; the oldest go first."""
BATCH = 500
FLUSH_SECONDS = 0.5
SWEEP_SECONDS = 600.0
SWEPT_AT_ONCE = 5_000

_lost = Counter("yuelai_sip_trace_lines_dropped_total", "Lines about calls that could not be kept.")


class Traces:
    """Open it, give `writer.tap` to the transports and `writer` to the user agent as observer; `close` it last."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, operator: UUID) -> None:
        self._settings, self._database, self._clock, self._operator = settings, database, clock, operator
        self._waiting: dict[UUID, Line] = {}
        self._task: asyncio.Task[None] | None = None
        self._swept = 0.0
        self.writer: TraceWriter

    @classmethod
    async def open(cls, settings: Settings, database: Database, clock: Clock, operator: UUID) -> Traces:
        """Begin to write. Raises BadKeyFile and Unavailable."""
        traces = cls(settings, database, clock, operator)
        secrets = await asyncio.to_thread(Secrets.load, settings)
        hours = settings.sip_trace_hours
        async with database.transaction(None) as conn:
            key = await keys.current(conn, secrets, clock.now(), hours)
            standing = await repository.standing(conn, clock.now() - timedelta(days=1))
        loop = asyncio.get_running_loop()

        def told(lines: list[Line]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: we are at the end
                loop.call_soon_threadsafe(traces._take, lines)

        traces.writer = TraceWriter(settings.folder / FOLDER, key, hours, clock, told)
        traces.writer.book.resume(standing)
        traces.writer.start()
        traces._task = asyncio.create_task(traces._keep())
        return traces

    async def close(self) -> None:
        """Write everything that waits; lines only as far as PostgreSQL is there."""
        await asyncio.to_thread(self.writer.close)
        await asyncio.sleep(0)  # what the thread told last arrives
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(Unavailable):
            await self._flush()

    def _take(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self._waiting[line.id] = line
        while len(self._waiting) > MOST_LINES:
            del self._waiting[next(iter(self._waiting))]
            _lost.inc()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self._flush()
                await self._sweep()
            except Unavailable:
                continue  # said already by whoever asked first; the lines wait
            except Exception:
                log.exception("sip_calls_not_swept")

    async def _flush(self) -> None:
        while self._waiting:
            batch = [self._waiting[id_] for id_ in list(self._waiting)[:BATCH]]
            try:
                async with self._database.transaction(None) as conn:
                    await repository.write(conn, self._operator, batch)
            except Unavailable:
                raise
            except Exception:
                # Whatever is wrong with one of them must not keep all others waiting for ever.
                log.exception("sip_calls_not_written", lines=len(batch))
                _lost.inc(len(batch))
            for line in batch:
                # A newer version may have come meanwhile.
                if self._waiting.get(line.id) is line:
                    del self._waiting[line.id]

    async def _sweep(self) -> None:
        now = self._clock.monotonic()
        if self._swept and now - self._swept < SWEEP_SECONDS:
            return
        before = self._clock.now() - timedelta(hours=self._settings.sip_trace_hours)
        async with self._database.transaction(None) as conn:
            if await repository.forget(conn, before, SWEPT_AT_ONCE) < SWEPT_AT_ONCE:
                self._swept = now
