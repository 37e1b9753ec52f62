"""What the identity room leaves to the worker."""

from __future__ import annotations

from typing import Any

from yuelai.identity import repository
from yuelai.identity.sign_in import repository as sign_in
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs


def register(jobs: Jobs) -> None:
    """Sessions, browser credentials and tickets that open nothing any more are deleted every hour."""
    jobs.register("identity.forget_expired", _forget_expired, schedule="5 * * * *")


async def _forget_expired(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        await repository.delete_expired(conn, SystemClock().now())
        await sign_in.delete_expired(conn, SystemClock().now())
