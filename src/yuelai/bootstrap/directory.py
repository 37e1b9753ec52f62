"""The directory of the running centre follows what people change in PostgreSQL: queues, hours, members, numbers, flows.

Facts of the outbox say that something has changed, never what: everything is read anew, in one transaction, and routing
finds out what is different. Several facts at once are one reading.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.seats import Seats
from yuelai.bootstrap.station_calls import StationCalls
from yuelai.calendars import repository as calendar_tables
from yuelai.calendars.events import CalendarChanged
from yuelai.calendars.live import Calendars
from yuelai.flows.events import AccessNumberChanged, FlowPublished
from yuelai.identity.events import OrganisationChanged, PersonChanged, TenantChanged
from yuelai.platform.bus import Bus
from yuelai.platform.clock import Clock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.routing import repository as routing_tables
from yuelai.routing.dispositions import tables as disposition_tables
from yuelai.routing.dispositions.events import DispositionsChanged
from yuelai.routing.dispositions.known import KnownDispositions
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentProfileChanged, DirectNumberChanged, QueueChanged
from yuelai.sounds.events import PromptChanged

log = structlog.get_logger()

FOLLOWED = (
    PersonChanged,
    OrganisationChanged,
    TenantChanged,
    QueueChanged,
    AgentProfileChanged,
    DirectNumberChanged,
    AccessNumberChanged,
    FlowPublished,
    PromptChanged,
    CalendarChanged,
    DispositionsChanged,
)
TOGETHER_SECONDS = 0.05
"""How long a change waits for others to be read with it."""
AGAIN_SECONDS = 1.0
"""How long to wait when PostgreSQL is away."""
AFTER_FAILURE_SECONDS = 5.0
"""How long after a reading that failed for another reason."""


class LiveDirectory:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        routing: RoutingDriver,
        flows: FlowDirectory,
        seats: Seats,
        stations: StationCalls | None = None,
        calendars: Calendars | None = None,
        dispositions: KnownDispositions | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._routing, self._flows, self._seats, self._stations = routing, flows, seats, stations
        self._calendars, self._dispositions = calendars or Calendars(), dispositions or KnownDispositions()
        self._changed = asyncio.Event()
        for kind in FOLLOWED:
            bus.subscribe(kind, lambda fact: self._changed.set())
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="directory")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
            self._changed.clear()
            try:
                await self._read()
            except Unavailable:
                self._changed.set()
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                # What is known stays in force meanwhile; a right that was taken away must not wait for the next change.
                log.exception("directory_not_followed")
                self._changed.set()
                await asyncio.sleep(AFTER_FAILURE_SECONDS)

    async def _read(self) -> None:
        async with self._database.transaction(None) as conn:
            directory = await routing_tables.load_directory(conn, self._clock.now())
            await self._flows.load(conn)
            if self._stations is not None:
                await self._stations.direct.load(conn)
            self._calendars.follow(await calendar_tables.load_calendars(conn))
            self._dispositions.follow(await disposition_tables.load_dispositions(conn))
        await self._routing.follow(directory.agents, directory.queues)
        self._seats.follow({agent.number: agent.id for agent in directory.agents})
        if self._stations is not None:
            self._stations.follow({agent.number: agent.name for agent in directory.agents})
        log.info("directory_followed", agents=len(directory.agents), queues=len(directory.queues))
