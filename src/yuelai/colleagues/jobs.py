"""What colleagues leave to the worker: what was said is not kept for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from yuelai.colleagues.chats import repository as chats
from yuelai.colleagues.handovers import repository as handovers
from yuelai.interactions import sharing
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs

KEPT = timedelta(days=365)
AT_ONCE = 5000
EMPTY_FOR = timedelta(days=1)


def register(jobs: Jobs) -> None:
    jobs.register("colleagues.forget", forget, schedule="35 2 * * *")


async def forget(database: Database, payload: dict[str, Any]) -> None:
    """Delete messages and hand-over notes of a year ago, chats that never began, and shares that are over."""
    now = SystemClock().now()
    while True:
        async with database.transaction(None) as conn:
            if await chats.forget(conn, now - KEPT, AT_ONCE) < AT_ONCE:
                break
    async with database.transaction(None) as conn:
        await chats.forget_empty(conn, now - EMPTY_FOR)
        await handovers.forget(conn, now - KEPT)
        await sharing.forget(conn, now)
