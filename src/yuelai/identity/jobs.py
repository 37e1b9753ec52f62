"""What the identity room leaves to the worker."""

from __future__ import annotations

from typing import Any

from yuelai.identity import repository
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs


def register(jobs: Jobs) -> None:
    """Sessions and browser credentials whose time is over open nothing any more; every hour they are deleted."""
    jobs.register("identity.forget_expired", _forget_expired, schedule="5 * * * *")


async def _forget_expired(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        await repository.delete_expired(conn, SystemClock().now())
