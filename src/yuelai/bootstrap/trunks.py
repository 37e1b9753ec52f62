"""Trunks of the running centre: read from PostgreSQL, read anew when they change, shown as live documents."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from yuelai.platform.bus import Bus
from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ipc import Handler, Peer
from yuelai.platform.live import LiveStore, permitted
from yuelai.platform.secrets import Secrets
from yuelai.telephony.trunks import repository as tables
from yuelai.telephony.trunks import secret
from yuelai.telephony.trunks.errors import KeysMissing
from yuelai.telephony.trunks.events import TrunkChanged
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.trunks.model import Route, Trunk, route_of, trunk_of
from yuelai.telephony.trunks.trial import Trials

if TYPE_CHECKING:
    import asyncpg

    from yuelai.platform.db import Connection

log = structlog.get_logger()

TOGETHER_SECONDS = 0.05
"""How long a change waits for others to be read with it."""
AGAIN_SECONDS = 1.0
"""How long to wait when PostgreSQL is away."""
AFTER_FAILURE_SECONDS = 5.0


class LiveTrunks:
    """`trunks` is what telephony and calls ask; they are the operator's, hence so are their documents."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, live: LiveStore) -> None:
        self._database, self._settings, self._live = database, settings, live
        self.trunks = Trunks(clock, self._publish)
        self._owners: dict[UUID, UUID] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _publish(self, id_: UUID, document: dict[str, Any] | None) -> None:
        key = f"trunk/{id_}"
        if document is None or id_ not in self._owners:
            self._live.remove(key)
        else:
            self._live.put(key, document, frozenset({permitted(self._owners[id_], "telephony.read")}))

    async def load(self, conn: Connection) -> None:
        """Take over trunks and routes as PostgreSQL has them now."""
        rows, routes = await tables.all_trunks(conn), await tables.all_routes(conn)
        self._owners = {row["id"]: row["tenant_id"] for row in rows}
        self.trunks.follow(await self._opened(rows), _readable(routes))
        log.info("trunks_followed", trunks=len(rows), routes=len(routes))

    async def _opened(self, rows: Sequence[asyncpg.Record]) -> list[Trunk]:
        keys: Secrets | None = None
        if any(row["secret"] or row["peer_secret"] for row in rows):
            with contextlib.suppress(KeysMissing):
                keys = await secret.keys(self._settings)
        found = []
        for row in rows:
            try:
                found.append(_trunk(row, keys))
            except (KeyError, TypeError, ValueError):
                # One that a newer version has written must not keep the others from working.
                log.exception("trunk_unreadable", trunk=row["code"])
        return found

    async def start(self, bus: Bus) -> None:
        """Follow what people change."""
        bus.subscribe(TrunkChanged, lambda fact: self._changed.set())
        self._task = asyncio.create_task(self._run(), name="trunks")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.trunks.close()

    def handlers(self, trials: Trials) -> dict[str, Handler]:
        """What core answers to the web process about trunks."""

        async def test_call(peer: Peer, params: dict[str, Any]) -> Any:
            return await trials.call(UUID(str(params["trunk_id"])), str(params["number"]))

        async def explain(peer: Peer, params: dict[str, Any]) -> Any:
            return self.trunks.explain(str(params["number"]))

        return {"trunk.test_call": test_call, "trunk.explain": explain}

    async def _run(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
            self._changed.clear()
            try:
                async with self._database.transaction(None) as conn:
                    await self.load(conn)
            except Unavailable:
                self._changed.set()
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                log.exception("trunks_not_followed")
                self._changed.set()
                await asyncio.sleep(AFTER_FAILURE_SECONDS)


def _trunk(row: asyncpg.Record, keys: Secrets | None) -> Trunk:
    plain = dict(row)
    if not row["secret"] and not row["peer_secret"]:
        return trunk_of(plain)
    try:
        if keys is None:
            raise KeysMissing()
        ours = secret.unseal(keys, secret.OURS, row["id"], row["secret"])
        theirs = secret.unseal(keys, secret.THEIRS, row["id"], row["peer_secret"])
    except KeysMissing:
        return trunk_of(plain, trouble=f"the password of trunk {row['code']} cannot be opened: the key is missing")
    return trunk_of(plain, ours, theirs)


def _readable(rows: Sequence[asyncpg.Record]) -> list[Route]:
    found = []
    for row in rows:
        try:
            found.append(route_of(dict(row)))
        except (KeyError, TypeError, ValueError):
            log.exception("route_unreadable", route=str(row["id"]))
    return found
