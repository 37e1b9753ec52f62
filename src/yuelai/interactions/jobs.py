"""What the interactions room leaves to the worker."""

from __future__ import annotations

from typing import Any

from yuelai.interactions import repository
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs


def register(jobs: Jobs) -> None:
    """Core makes the partitions at its start; a core that runs for a year must not run out of them."""
    jobs.register("interactions.make_partitions", _make_partitions, schedule="15 1 * * *")


async def _make_partitions(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        await repository.make_partitions(conn, SystemClock().now())
