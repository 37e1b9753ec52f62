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
from yuelai.entrypoints.sample.people import PASSWORD, queue_id
from yuelai.entrypoints.simulator.agents import SimulatedAgent
from yuelai.entrypoints.simulator.callers import keep_calling, numbers
from yuelai.entrypoints.simulator.crew import WORKERS, Crew, phone_of
from yuelai.entrypoints.simulator.door import Door
from yuelai.entrypoints.simulator.visitor import Visitor
from yuelai.platform import logging
from yuelai.platform.config import Settings
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.processes import die_with_parent

log = structlog.get_logger()

FIRST_CALL = 2.0
"""Seconds after the agents are ready."""
PATIENCE = 8.0
"""Seconds in which the agents should be ready; after that the demo begins without them, and they come later."""


def main() -> None:
    die_with_parent()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=4, help="lines that simulated customers call on")
    parser.add_argument("--visitors-only", action="store_true", help="no simulated people, but visitors may call")
    arguments = parser.parse_args()
    settings = Settings()
    logging.configure("simulator", settings)
    asyncio.run(_main(settings, 0 if arguments.visitors_only else arguments.callers, alone=arguments.visitors_only))


async def _main(settings: Settings, callers: int, *, alone: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    rng = random.Random()  # noqa: S311 - a different day each time
    server = (settings.bind, settings.sip_port)
    crew = Crew(queue_id("general"))
    agents = [
        SimulatedAgent(
            Door(url(settings), username, PASSWORD), server, phone_of(username), PASSWORD, rng, manners, crew=crew
        )
        for username, manners in ({} if alone else WORKERS).items()
    ]
    working = asyncio.create_task(_live(settings, agents, callers, rng))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    [outcome] = await asyncio.gather(working, return_exceptions=True)
    await asyncio.gather(*(agent.close() for agent in agents), return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome  # the supervisor starts us anew


async def _live(settings: Settings, agents: list[SimulatedAgent], callers: int, rng: random.Random) -> None:
    """Let the agents work; once they can take calls tell the supervisor that we serve, and let customers call."""
    server = (settings.bind, settings.sip_port)

    async def health(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        return {"parts": {"agents": {"ok": all(agent.ready.is_set() for agent in agents), "detail": ""}}}

    visitor = Visitor(server, rng)
    ipc = IpcServer(settings.socket("simulator"), {"health": health, **visitor.handlers})
    try:
        async with asyncio.TaskGroup() as group:
            for agent in agents:
                group.create_task(agent.run())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    for agent in agents:
                        await agent.ready.wait()
            await ipc.start()
            log.info("simulator_ready", agents=len(agents), callers=callers)
            known = numbers() if callers else []
            for n in range(callers):
                group.create_task(keep_calling(server, rng, known, FIRST_CALL + 7.0 * n))
            await asyncio.Event().wait()
    finally:
        await ipc.close()
        await visitor.close()


if __name__ == "__main__":
    main()
