"""Durable subscribers of the outbox: each fact handled at least once, and its effects in PostgreSQL exactly once.

A follower keeps its place in the same transaction as what its handlers write. Rows are taken in the order of the
transactions that wrote them, and only once every older transaction has ended: ids alone would let a fact that was
numbered early and committed late slip behind the follower. A fact whose handler fails stops its follower there, which
tries again and says so (`behind`): facts are never left out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from yuelai.platform import facts
from yuelai.platform.db import Connection, Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.facts import Fact
from yuelai.platform.jobs import Jobs

log = structlog.get_logger()

Handler = Callable[[Connection, Fact], Awaitable[None]]

BATCH = 200
INTERVAL = 0.5
LONGEST_PAUSE = 30.0
KEPT = timedelta(days=1)
"""How long facts stay for those who look back; those that a follower has not reached stay longer."""


class Follower:
    """Feeds the facts of some types to their handlers, from the moment it first ran. Names are for good.

    Of several running under one name one works and the others wait.
    """

    def __init__(self, database: Database, name: str, handlers: Mapping[type[Fact], Handler]) -> None:
        self._database, self.name = database, name
        self._handlers = {kind.type: handler for kind, handler in handlers.items()}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"outbox follower {self.name}")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = INTERVAL
        while True:
            try:
                while await self.follow():
                    pass
                pause = INTERVAL
            except Unavailable:
                pause = 1.0
            except Exception as error:
                log.exception("outbox_follower_failed", follower=self.name)
                await self._note(error)
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def follow(self) -> bool:
        """Handle one batch; return whether there may be more."""
        async with self._database.transaction(None) as conn:
            place = await self._place(conn)
            # The text has another name than its column, by which the rows are ordered: 1000 comes after 999.
            rows = await conn.fetch(
                """
                SELECT written_by::text AS writer, id, type, fact FROM outbox
                WHERE (written_by, id) > ($1::text::xid8, $2) AND written_by < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY written_by, id LIMIT $3
                """,
                *place,
                BATCH,
            )
            if not rows:
                return False
            for row in rows:
                await self._handle(conn, row["type"], row["fact"])
            await conn.execute(
                """
                UPDATE outbox_followers SET written_by = $2::text::xid8, id = $3, failed_at = NULL, error = NULL
                WHERE name = $1
                """,
                self.name,
                rows[-1]["writer"],
                rows[-1]["id"],
            )
        return len(rows) == BATCH

    async def _place(self, conn: Connection) -> tuple[str, int]:
        query = "SELECT written_by::text AS writer, id FROM outbox_followers WHERE name = $1 FOR UPDATE"
        row = await conn.fetchrow(query, self.name)
        if row is None:
            # A new follower begins with what is written from now on.
            await conn.execute(
                """
                INSERT INTO outbox_followers (name, written_by, id)
                VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()), 0) ON CONFLICT DO NOTHING
                """,
                self.name,
            )
            row = await conn.fetchrow(query, self.name)
            assert row is not None
        return row["writer"], row["id"]

    async def _handle(self, conn: Connection, type_: str, data: dict[str, Any]) -> None:
        handler = self._handlers.get(type_)
        if handler is not None:
            await handler(conn, facts.decode(type_, data))

    async def _note(self, error: Exception) -> None:
        with contextlib.suppress(Unavailable):
            async with self._database.transaction(None) as conn:
                await conn.execute(
                    "UPDATE outbox_followers SET failed_at = now(), error = $2 WHERE name = $1", self.name, repr(error)
                )


async def waiting(conn: Connection) -> list[dict[str, Any]]:
    """Return `{name, behind, error}` of each follower: how many facts it has not handled yet."""
    rows = await conn.fetch(
        """
        SELECT f.name, f.error,
               (SELECT count(*) FROM outbox o WHERE (o.written_by, o.id) > (f.written_by, f.id)) AS behind
        FROM outbox_followers f ORDER BY f.name
        """
    )
    return [dict(row) for row in rows]


def register(jobs: Jobs) -> None:
    """Facts that everybody has are deleted every hour."""
    jobs.register("platform.prune_outbox", _prune, schedule="35 * * * *")


async def _prune(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        await conn.execute(
            """
            DELETE FROM outbox o WHERE o.relayed AND o.written_at < now() - $1::interval
            AND NOT EXISTS (SELECT FROM outbox_followers f WHERE (f.written_by, f.id) < (o.written_by, o.id))
            """,
            KEPT,
        )
