"""Follows a journal into PostgreSQL: each entry applied once, in order, in one transaction with the position.

While PostgreSQL is away the projector waits and tries again. An entry that its handlers cannot apply is parked in
`journal_parked` with its error, and the others go on: calls never wait for it, health reports it.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

import asyncpg
import msgspec
import structlog

from yuelai.platform.db import Connection, Database
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.facts import Fact
from yuelai.platform.gathering import Gathering
from yuelai.platform.health import Part
from yuelai.platform.journal import Entry, Journal
from yuelai.platform.ownership import StaleFact

log = structlog.get_logger()

Handler = Callable[[Connection, Entry], Awaitable[None]]

BATCH = 512
PACE = 0.05
"""Seconds from one batch to the next: what comes alone is applied at once, of what comes all the time much at once."""
ATTEMPTS = 5
"""Tries of an entry that collides with other transactions (deadlock, time-out) before it is parked."""

_AWAY = (Unavailable, asyncpg.InsufficientResourcesError)
_COLLISION = (asyncpg.TransactionRollbackError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)


class NotParked(Refusal):
    """There is no such entry; perhaps it has been applied meanwhile."""

    status = 404
    code = "not_parked"


class StillFails(Refusal):
    """The entry cannot be applied yet."""

    status = 409
    code = "still_fails"


class Projector:
    """`fence` tells, within a transaction, the first epoch whose entries still count; older ones are parked."""

    def __init__(
        self, journal: Journal, database: Database, fence: Callable[[Connection], Awaitable[int]] | None = None
    ) -> None:
        self._journal, self._database, self._fence = journal, database, fence
        self._handlers: dict[str, list[Handler]] = {}
        self._position: int | None = None
        self._parked = 0
        self._away: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._moved = asyncio.Condition()
        self.on_projected: list[Callable[[Entry], None]] = []
        """Called with each entry once PostgreSQL has it, in order."""

    def register(self, fact_type: type[Fact] | str, handler: Handler) -> None:
        """Apply facts of a type with `handler`; several handlers of one type run in the order of registration."""
        key = fact_type if isinstance(fact_type, str) else fact_type.type
        self._handlers.setdefault(key, []).append(handler)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._follow(), name="projector")

    async def close(self) -> None:
        """Stop where it stands; the rest is followed at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def caught_up(self) -> None:
        """Wait until everything that is on disk at this call is in PostgreSQL (or parked)."""
        target = self._journal.durable_seq
        async with self._moved:
            await self._moved.wait_for(lambda: self._position is not None and self._position >= target)

    @property
    def behind(self) -> int:
        """Entries on disk that PostgreSQL has not got yet."""
        return self._journal.durable_seq - (self._position or 0)

    async def health(self) -> Part:
        if self._away is not None:
            return Part(False, f"{self.behind} entries wait for the database: {self._away}")
        if self._parked:
            return Part(False, f"{self._parked} entries could not be applied; see table journal_parked")
        return Part(True, f"{self.behind} entries behind")

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        pause, began = 0.05, 0.0
        while True:
            try:
                if self._position is None:
                    await self._load_position()
                assert self._position is not None
                await self._journal.wait_beyond(self._position)
                if self.behind < BATCH:
                    await asyncio.sleep(began + PACE - loop.time())
                began = loop.time()
                entries = self._journal.read(self._position, BATCH)
                if not entries:  # nothing readable below the durable mark: spoilt lines, already logged
                    await self._advance(self._journal.durable_seq)
                    continue
                try:
                    await self._apply(entries)
                except _AWAY:
                    raise
                except Exception:
                    await self._apply_one_by_one(entries)
                self._away, pause = None, 0.05
            except _AWAY as error:
                if self._away is None:
                    log.warning("projector_waits", reason=str(error), behind=self.behind)
                self._away = str(error)
                # The commit's outcome may be unknown: ask the database where we stand.
                self._position = None
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
            except Exception:
                log.exception("projector_failed")
                self._position = None
                await asyncio.sleep(1)

    async def _load_position(self) -> None:
        async with self._database.transaction(None) as conn:
            await conn.execute(
                "INSERT INTO journal_positions (owner, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING", self._journal.key
            )
            seq = await conn.fetchval("SELECT seq FROM journal_positions WHERE owner = $1", self._journal.key)
            self._parked = await conn.fetchval("SELECT count(*) FROM journal_parked")
        if self._away is not None:
            log.info("projector_goes_on", position=seq)
        self._away = None
        await self._advance(seq)

    async def _apply(self, entries: list[Entry]) -> None:
        async with self._database.transaction(None) as conn:
            await self._move(conn, entries[0].seq, entries[-1].seq)
            oldest = await self._fence(conn) if self._fence is not None else 0
            # Each statement leads by ids to few rows of tables with many partitions, whose plans cost more than they.
            await conn.execute("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
            gathering = Gathering(conn)
            for entry in entries:
                if entry.epoch < oldest:
                    raise StaleFact(f"decided in epoch {entry.epoch}, when another owner had been there since")
                for handler in self._handlers.get(entry.type, ()):
                    await handler(cast("Connection", gathering), entry)
            await gathering.flush()
        await self._advance(entries[-1].seq, entries)

    async def _apply_one_by_one(self, entries: list[Entry]) -> None:
        for entry in entries:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await self._apply([entry])
                    break
                except _AWAY:
                    raise
                except Exception as error:
                    if isinstance(error, _COLLISION) and attempt < ATTEMPTS:
                        await asyncio.sleep(0.05 * attempt)
                        continue
                    await self._park(entry, error)
                    break

    async def _park(self, entry: Entry, error: Exception) -> None:
        log.error("journal_entry_parked", seq=entry.seq, type=entry.type, error=repr(error))
        fact, private = (
            # PostgreSQL's jsonb cannot hold NUL, which may be the very reason the entry is here.
            msgspec.json.decode(msgspec.json.encode(part).replace(rb"\u0000", rb"\ufffd"))
            for part in (entry.data, entry.private)
        )
        text = "".join(traceback.format_exception(error)).replace("\0", "�")
        async with self._database.transaction(None) as conn:
            await self._move(conn, entry.seq, entry.seq)
            await conn.execute(
                """
                INSERT INTO journal_parked (owner, seq, entry_id, type, fact, private, error)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                self._journal.key,
                entry.seq,
                entry.id,
                entry.type,
                fact,
                private,
                text,
            )
        self._parked += 1
        await self._advance(entry.seq)

    async def retry(self, owner: str, seq: int) -> None:
        """Apply a parked entry after all. Raises `NotParked`, or `StillFails` with the reason; it then stays parked."""
        async with self._database.transaction(None) as conn:
            row = await conn.fetchrow(
                """
                SELECT entry_id, type, fact, private FROM journal_parked WHERE owner = $1 AND seq = $2 FOR UPDATE
                """,
                owner,
                seq,
            )
            if row is None:
                raise NotParked()
            entry = Entry(
                seq=seq,
                id=row["entry_id"],
                at=datetime.fromisoformat(row["fact"]["at"]),
                type=row["type"],
                data=row["fact"],
                private=row["private"],
                owner=self._journal.owner,
            )
            handlers = self._handlers.get(entry.type)
            if not handlers:
                # It was parked because one failed; to delete it now would lose it.
                raise StillFails(f"nothing here knows facts of the type {entry.type} any more")
            try:
                async with conn.transaction():
                    for handler in handlers:
                        await handler(conn, entry)
            except _AWAY:
                raise
            except Exception as error:
                raise StillFails(f"{type(error).__name__}: {error}") from error
            await conn.execute("DELETE FROM journal_parked WHERE owner = $1 AND seq = $2", owner, seq)
        self._parked -= 1
        log.info("journal_entry_unparked", owner=owner, seq=seq)

    async def _move(self, conn: Connection, first: int, last: int) -> None:
        """Set the position within the transaction; it must stand before `first`, or somebody else has been here."""
        done = await conn.execute(
            "UPDATE journal_positions SET seq = $3 WHERE owner = $1 AND seq < $2", self._journal.key, first, last
        )
        if done != "UPDATE 1":
            raise Unavailable("the journal's position has moved; asking again")

    async def _advance(self, seq: int, entries: list[Entry] | None = None) -> None:
        async with self._moved:
            self._position = seq
            self._moved.notify_all()
        self._journal.forget(seq)
        for entry in entries or ():
            for callback in self.on_projected:
                try:
                    callback(entry)
                except Exception:
                    log.exception("projected_callback_failed", type=entry.type)
