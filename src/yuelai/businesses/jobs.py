"""What the businesses room leaves to the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from yuelai.businesses.drafts import tables
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs

log = structlog.get_logger()

KEPT = timedelta(days=30)
"""How long a draft that nobody touches is kept."""


def register(jobs: Jobs) -> None:
    jobs.register("businesses.forget_drafts", forget_drafts, schedule="45 2 * * *")


async def forget_drafts(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        forgotten = await tables.forget(conn, SystemClock().now() - KEPT)
    if forgotten:
        log.info("drafts_forgotten", count=forgotten)
