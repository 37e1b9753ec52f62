"""Work for later, done by the worker: put down in the transaction that needs it, done at least once.

Handlers must be idempotent. One that raises is tried again with growing pauses, five times in all, and then kept in
pgqueuer's table as failed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import structlog
from pgqueuer import DatabaseRetryEntrypointExecutor, PgQueuer, Queries
from pgqueuer.models import Job, Schedule

from yuelai.platform import tracing
from yuelai.platform.db import Connection, Database

log = structlog.get_logger()

Handler = Callable[[Database, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class _Task:
    handler: Handler
    schedule: str | None


class Jobs:
    """The kinds of work the worker knows."""

    def __init__(self) -> None:
        self._tasks: dict[str, _Task] = {}

    def register(self, name: str, handler: Handler, *, schedule: str | None = None) -> None:
        """Do jobs called `name` (`room.verb`) with `handler`; with a cron `schedule` (UTC) also by the clock."""
        if name in self._tasks:
            raise ValueError(f"job {name} is declared twice")
        self._tasks[name] = _Task(handler, schedule)

    def bind(self, queuer: PgQueuer, database: Database) -> None:
        """Teach a queuer all kinds."""
        for name, task in self._tasks.items():
            _bind(queuer, database, name, task)


def _bind(queuer: PgQueuer, database: Database, name: str, task: _Task) -> None:
    async def work(job: Job) -> None:
        try:
            with tracing.span(f"job {name}", "consumer", attempts=job.attempts):
                await task.handler(database, msgspec.json.decode(job.payload or b"{}"))
        except Exception:
            log.exception("job_failed", job=name, attempts=job.attempts)
            raise

    queuer.entrypoint(
        name,
        on_failure="hold",
        executor_factory=lambda parameters: DatabaseRetryEntrypointExecutor(parameters=parameters),
    )(work)
    if task.schedule is not None:

        async def by_the_clock(schedule: Schedule) -> None:
            try:
                with tracing.span(f"job {name}", "consumer"):
                    await task.handler(database, {})
            except Exception:
                log.exception("job_failed", job=name)

        queuer.schedule(f"{name}.scheduled", task.schedule, clean_old=True)(by_the_clock)


async def enqueue(
    conn: Connection,
    name: str,
    payload: dict[str, Any] | None = None,
    *,
    delay: timedelta | None = None,
    key: str | None = None,
) -> None:
    """Put a job down in this transaction. With a `key` it is not put down twice while the first one waits."""
    queries = Queries.from_asyncpg_connection(conn)  # type: ignore[arg-type]  # the pool's proxy of one
    # Its own enqueue() writes JSON as text, which our connections would encode once more.
    await conn.execute(
        queries.qbq.build_enqueue_query("skip"),
        [0],
        [name],
        [msgspec.json.encode(payload or {})],
        [delay or timedelta(0)],
        [key],
        [None],
    )


async def install(dsn: str) -> None:
    """Make or upgrade pgqueuer's tables; they stay its own business."""
    connection = await asyncpg.connect(dsn)
    try:
        queries = Queries.from_asyncpg_connection(connection)
        if await queries.schema_is_installed():
            await queries.upgrade()
        else:
            await queries.install(create_schema=False)
    finally:
        await connection.close()
