"""What the flows room leaves to the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from yuelai.flows.walks import tables
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs

log = structlog.get_logger()

KEPT = timedelta(days=400)
"""How long walks are kept: a year can be compared with the one before."""


def register(jobs: Jobs) -> None:
    jobs.register("flows.forget_walks", forget_walks, schedule="50 2 * * *")


async def forget_walks(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        forgotten = await tables.forget(conn, SystemClock().now() - KEPT)
    if forgotten:
        log.info("flow_walks_forgotten", count=forgotten)
