"""The worker process: does the jobs that others have put down, so that nothing heavy delays a call or a screen."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
import uvloop
from pgqueuer import PgQueuer

from yuelai.businesses import jobs as business_jobs
from yuelai.colleagues import jobs as colleague_jobs
from yuelai.customers import jobs as customer_jobs
from yuelai.entrypoints.sealed import SEALED
from yuelai.flows import jobs as flow_jobs
from yuelai.identity import jobs as identity_jobs
from yuelai.interactions import jobs as interaction_jobs
from yuelai.interactions.customers import customers_with_contacts
from yuelai.messages import jobs as message_jobs
from yuelai.messages.sealing import Sealing
from yuelai.messages.sender import Sender
from yuelai.messages.smpp.provider import Address, SmppProvider
from yuelai.platform import outbox_followers, rewrap
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.health import Health, Part
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.jobs import Jobs
from yuelai.platform.postgres import dsn
from yuelai.recordings import jobs as recording_jobs
from yuelai.sounds import jobs as sound_jobs

log = structlog.get_logger()


def known_jobs(settings: Settings) -> Jobs:
    """All kinds of work: each room that has some declares it in its `jobs`."""
    jobs = Jobs()
    customer_jobs.register(jobs, settings, uses=(customers_with_contacts,))
    for room in (
        outbox_followers,
        identity_jobs,
        interaction_jobs,
        colleague_jobs,
        business_jobs,
        flow_jobs,
        message_jobs,
    ):
        room.register(jobs)
    recording_jobs.register(jobs, settings)
    sound_jobs.register(jobs, settings)
    rewrap.register(jobs, settings, SEALED)
    return jobs


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    uvloop.run(_main(settings))


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    worker = Worker(settings, known_jobs(settings))
    await worker.start()
    await stop.wait()
    await worker.close()


class Worker:
    """Takes jobs from the database, sends messages, and goes on after the database was away."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self._settings, self._jobs = settings, jobs
        self._task: asyncio.Task[None] | None = None
        self._queuer: PgQueuer | None = None
        self._trouble: str | None = "starting"
        self._told_to_end = False
        self._sender: Sender | None = None
        self._sending: Database | None = None
        self._health = health = Health()
        health.add("jobs", self._part)

        async def report(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
            return await health.report()

        self._server = IpcServer(settings.socket("worker"), {"health": report})

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_working())
        if self._settings.smsc_url is not None:
            self._sending = await Database.open(self._settings, max_size=3)
            provider = SmppProvider(Address.parse(self._settings.smsc_url), self._settings.smsc_from)
            self._sender = Sender(self._sending, provider, Sealing(self._settings))
            self._health.add("messages", self._sender.health)
            await self._sender.start()
        await self._server.start()

    async def close(self) -> None:
        """Let the jobs under way end, for up to three seconds; the others wait for the next worker."""
        self._told_to_end = True
        await self._server.close()
        if self._queuer is not None:
            self._queuer.shutdown.set()
        if self._sender is not None and self._sending is not None:
            await self._sender.close()
            await self._sending.close()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=3)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _part(self) -> Part:
        return Part(self._trouble is None, self._trouble or "")

    async def _keep_working(self) -> None:
        while True:
            try:
                await self._work()
                return
            except Exception as error:
                log.warning("worker_interrupted", error=repr(error))
                self._trouble = f"the database is away: {error}"
            await asyncio.sleep(1)

    async def _work(self) -> None:
        """Return when told to stop; raise when the database goes away."""
        database = await Database.open(self._settings)
        pool = await asyncpg.create_pool(dsn(self._settings), min_size=1, max_size=4)
        try:
            queuer = self._queuer = PgQueuer.from_asyncpg_pool(pool)
            # pgqueuer notices a lost server at its next health check; a connection that only waits notices at once.
            async with pool.acquire() as sentinel:
                sentinel.add_termination_listener(lambda _: queuer.shutdown.set())
                await self._take_jobs(queuer, database)
        finally:
            self._queuer = None
            pool.terminate()  # closing would wait for connections that are gone
            await database.close()

    async def _take_jobs(self, queuer: PgQueuer, database: Database) -> None:
        self._jobs.bind(queuer, database)
        self._trouble = None
        await queuer.run(dequeue_timeout=timedelta(seconds=5), shutdown_on_listener_failure=True)
        if not self._told_to_end:
            raise ConnectionError("the connection was lost")
