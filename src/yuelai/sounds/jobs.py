"""What the sounds room leaves to the worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs
from yuelai.sounds import files, tables

log = structlog.get_logger()

KEPT = timedelta(days=7)
"""How long a version that is said no more stays: longer than any call that may still play it."""


def register(jobs: Jobs, settings: Settings) -> None:
    jobs.register("sounds.forget_versions", partial(forget_versions, settings.folder), schedule="35 2 * * *")


async def forget_versions(home: Path, database: Database, payload: dict[str, Any]) -> None:
    """Delete old versions, then the files that no version has."""
    now = SystemClock().now()
    async with database.transaction(None) as conn:
        forgotten = await tables.forget(conn, now - KEPT)
    async with database.transaction(None) as conn:
        known = {(row["tenant_id"], row["file_id"]) for row in await tables.files(conn)}
    gone = await asyncio.to_thread(files.sweep, home, known, now.timestamp())
    if forgotten or gone:
        log.info("prompts_forgotten", versions=forgotten, files=gone)
