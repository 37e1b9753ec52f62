"""`python -m yuelai.entrypoints.simulator`: the simulated people as a process of their own, under the supervisor."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
from typing import Any

import structlog

from yuelai.entrypoints.centre import url
from yuelai.entrypoints.sample.people import PASSWORD
from yuelai.entrypoints.simulator.agents import SimulatedAgent
from yuelai.entrypoints.simulator.callers import keep_calling, numbers
from yuelai.entrypoints.simulator.door import Door
from yuelai.platform import logging
from yuelai.platform.config import Settings
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.processes import die_with_parent

log = structlog.get_logger()

AGENTS = {"agent19": "8019", "agent20": "8020"}
"""User names and phones of the simulated agents: the last two, so that a newcomer finds `agent01` free."""
FIRST_CALL = 2.0
"""Seconds after the agents are ready."""


def main() -> None:
    die_with_parent()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=3, help="lines that simulated customers call on")
    arguments = parser.parse_args()
    settings = Settings()
    logging.configure("simulator", settings)
    asyncio.run(_main(settings, arguments.callers))


async def _main(settings: Settings, callers: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    rng = random.Random()  # noqa: S311 - a different day each time
    server = (settings.bind, settings.sip_port)
    agents = [
        SimulatedAgent(Door(url(settings), username, PASSWORD), server, phone, PASSWORD, rng)
        for username, phone in AGENTS.items()
    ]
    tasks = [asyncio.create_task(agent.run()) for agent in agents]
    everybody_ready = asyncio.gather(*(agent.ready.wait() for agent in agents))
    tasks.append(asyncio.create_task(_answer_when_ready(settings, everybody_ready, callers, tasks, rng)))
    stopping = asyncio.create_task(stop.wait())
    # Nothing of the above ends by itself: if something does, it failed, and the supervisor starts us anew.
    done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    failure = next((error for task in done if task is not stopping and (error := task.exception())), None)
    everybody_ready.cancel()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(agent.close() for agent in agents), return_exceptions=True)
    if failure is not None:
        raise failure


async def _answer_when_ready(
    settings: Settings,
    everybody_ready: asyncio.Future[Any],
    callers: int,
    tasks: list[asyncio.Task[None]],
    rng: random.Random,
) -> None:
    """Start the callers, and tell the supervisor that we serve, once the agents can take calls."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(everybody_ready), 15.0)
    known = numbers()
    server = (settings.bind, settings.sip_port)
    lines = [keep_calling(server, rng, known, FIRST_CALL + 9.0 * n) for n in range(callers)]
    running = asyncio.gather(*lines)

    async def health(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        return {"parts": {"agents": {"ok": everybody_ready.done(), "detail": ""}}}

    ipc = IpcServer(settings.socket("simulator"), {"health": health})
    await ipc.start()
    log.info("simulator_ready", agents=list(AGENTS), callers=callers)
    try:
        await running
        await asyncio.Event().wait()
    finally:
        running.cancel()
        await ipc.close()


if __name__ == "__main__":
    main()
