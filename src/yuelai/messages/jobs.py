"""What the messages room leaves to the worker, beside the sending itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from yuelai.messages import service, tables
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs

log = structlog.get_logger()

KEPT = timedelta(days=180)
"""How long a message is kept: as long as somebody may ask whether and when they were told."""


def register(jobs: Jobs) -> None:
    jobs.register("messages.forget", forget, schedule="25 2 * * *")
    jobs.register("messages.expire", expire, schedule="*/5 * * * *")


async def expire(database: Database, payload: dict[str, Any]) -> None:
    """Where there is no provider at all, nobody else gives up what is too late."""
    async with database.transaction(None) as conn:
        expired = await service.expire(conn, SystemClock().now())
    if expired:
        log.info("messages_expired", count=expired)


async def forget(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        forgotten = await tables.forget(conn, SystemClock().now() - KEPT)
    if forgotten:
        log.info("messages_forgotten", count=forgotten)
