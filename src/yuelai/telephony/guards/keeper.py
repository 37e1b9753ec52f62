"""Guards' rules, bans and counts between core's memory and PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import structlog

from yuelai.platform.bus import Bus
from yuelai.platform.clock import Clock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.telephony.guards import repository as tables
from yuelai.telephony.guards.events import SipRulesChanged
from yuelai.telephony.guards.guards import Guards

log = structlog.get_logger()

KEPT_EVERY = 2.0
"""Seconds between two writings of what has changed here."""
AGAIN_SECONDS = 1.0
FORGOTTEN_EVERY = 3600.0


class GuardKeeper:
    """`start` reads everything and follows what people change; `close` writes what is left."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, guards: Guards, operator: UUID) -> None:
        self._database, self._clock, self._guards, self._operator = database, clock, guards, operator
        self._changed = asyncio.Event()
        self._forgotten = clock.monotonic()
        bus.subscribe(SipRulesChanged, lambda fact: self._changed.set())
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.read()
        async with self._database.transaction(None) as conn:
            used = await tables.usage(conn, self._guards.toll.today())
        self._guards.toll.restore(used)
        self._task = asyncio.create_task(self._run(), name="guards")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            with contextlib.suppress(Unavailable):
                await self.write()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(KEPT_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                pass
            try:
                await self.write()
                if self._changed.is_set():
                    self._changed.clear()
                    await self.read()
            except Unavailable:
                self._changed.set()
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                # What holds stays in force meanwhile.
                log.exception("guards_not_kept")
                await asyncio.sleep(AGAIN_SECONDS)

    async def read(self) -> None:
        """Put what PostgreSQL says in force."""
        async with self._database.transaction(None) as conn:
            access, toll = await tables.access_rules(conn), await tables.toll_rules(conn)
            bans = await tables.all_bans(conn)
        self._guards.apply(access)
        self._guards.toll.apply(toll)
        self._guards.bans.load(bans)

    async def write(self) -> None:
        """Keep what has changed here; what cannot be written is tried again."""
        bans, hits = self._guards.bans.changes()
        usages = self._guards.toll.changes()
        due = self._clock.monotonic() - self._forgotten >= FORGOTTEN_EVERY
        if not (bans or hits or usages or due):
            return
        try:
            async with self._database.transaction(None) as conn:
                for ban in bans:
                    await tables.put_ban(conn, self._operator, ban)
                await tables.put_hits(conn, hits)
                await tables.put_usage(conn, self._operator, usages)
                if due:
                    await tables.forget(conn, self._clock.now())
                    self._forgotten = self._clock.monotonic()
        except Unavailable:
            self._guards.bans.unkept(hits)
            self._guards.toll.unkept(usages)
            raise
        self._guards.bans.kept(bans)
