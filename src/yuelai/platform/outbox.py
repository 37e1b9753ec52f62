"""Facts of changes made in PostgreSQL: written in the change's own transaction, published after it.

`put` only inserts a row. One relay for the centre takes the rows ten times a second, publishes them on its own bus and
tells the other processes with one NOTIFY a batch: a NOTIFY with every change would queue all commits behind one lock.
Delivery is at least once to the relay's process; a `Listener` hears what is published while it is connected. Whoever
must not miss anything, whatever dies, follows the rows themselves: `outbox_followers`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
import structlog

from yuelai.platform import facts
from yuelai.platform.bus import Bus
from yuelai.platform.db import CONNECTION_LOST, Connection, Database
from yuelai.platform.errors import Unavailable

log = structlog.get_logger()

CHANNEL = "yuelai_facts"
INTERVAL = 0.1
BATCH = 500
_NOTIFY_BYTES = 7900
"""PostgreSQL takes payloads shorter than 8000 bytes."""


async def put(conn: Connection, fact: facts.Fact, private: Mapping[str, Any] | None = None) -> None:
    """Write a fact beside the change it tells of; it is published if and only if the transaction commits."""
    await conn.execute(
        "INSERT INTO outbox (type, fact, private) VALUES ($1, $2, $3)", fact.type, facts.encode(fact), private or {}
    )


class Relay:
    def __init__(self, database: Database, bus: Bus) -> None:
        self._database, self._bus = database, bus
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="outbox")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                while await self.relay() == BATCH:
                    pass
            except Unavailable:
                await asyncio.sleep(1)
            except Exception:
                log.exception("outbox_relay_failed")
                await asyncio.sleep(1)
            await asyncio.sleep(INTERVAL)

    async def relay(self) -> int:
        """Publish up to one batch; return how many. Rows are marked when their handlers have been called."""
        async with self._database.transaction(None) as conn:
            rows = await conn.fetch(
                "UPDATE outbox SET relayed = true WHERE id IN "
                "(SELECT id FROM outbox WHERE NOT relayed ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) "
                "RETURNING id, type, fact",
                BATCH,
            )
            rows.sort(key=lambda row: row["id"])
            for row in rows:
                _publish(self._bus, row["type"], row["fact"])
            for payload in _payloads([(row["type"], row["fact"]) for row in rows]):
                await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
        return len(rows)


class Listener:
    """Puts facts relayed by another process on this process's bus."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._dsn, self._bus = database.dsn, bus
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="outbox listener")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(*CONNECTION_LOST):
                await self._listen()
            self.connected.clear()
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=2)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.connected.set()
            await lost.wait()
        finally:
            connection.terminate()

    def _heard(self, connection: Any, pid: int, channel: str, payload: Any) -> None:
        for type_, data in msgspec.json.decode(payload):
            _publish(self._bus, type_, data)


def _publish(bus: Bus, type_: str, data: dict[str, Any]) -> None:
    try:
        fact = facts.decode(type_, data)
    except (KeyError, msgspec.ValidationError) as error:
        log.error("outbox_fact_unreadable", type=type_, error=repr(error))
        return
    bus.publish(fact)


def _payloads(rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Pack facts into as few NOTIFY payloads as fit. A fact too long for one is dropped: facts are ids and times."""
    payloads: list[list[bytes]] = []
    room = 0
    for row in rows:
        packed = msgspec.json.encode(row)
        if len(packed) + 2 > _NOTIFY_BYTES:
            log.error("outbox_fact_too_long", type=row[0], bytes=len(packed))
            continue
        if len(packed) + 1 > room:
            payloads.append([])
            room = _NOTIFY_BYTES - 2
        payloads[-1].append(packed)
        room -= len(packed) + 1
    return [f"[{b','.join(parts).decode()}]" for parts in payloads]
