"""Once a minute: does every agent in a contact have one that lives, and does routing know every agent who has one?

Routing and the channels decide apart from each other and tell each other of it, so for a moment they may differ. What
differs twice, some seconds apart, is a mistake of ours: it is counted, told, and put right, so that no agent stays in
a contact that is over and none is offered another while they serve one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.channels.switch import Channels
from yuelai.platform.errors import Refusal
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.model import WorkStage

log = structlog.get_logger()

EVERY_SECONDS = 60.0
AGAIN_SECONDS = 5.0

WITHOUT_CONTACT = Counter(
    "yuelai_routing_agents_without_contact_total", "Agents who were in a contact that did not live, put right; stays 0"
)
UNKNOWN_TO_ROUTING = Counter(
    "yuelai_routing_contacts_without_agent_total", "Contacts with an agent of whom routing did not know; stays 0"
)


class Proof:
    def __init__(
        self,
        routing: RoutingDriver,
        channels: Channels,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._routing, self._channels, self._sleep = routing, channels, sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="proof")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("proof_failed")

    async def look(self) -> int:
        """Return how much was wrong, and is right now."""
        suspects = self._stuck(), self._unknown()
        if not any(suspects):
            return 0
        await self._sleep(AGAIN_SECONDS)
        stuck, unknown = suspects[0] & self._stuck(), suspects[1] & self._unknown()
        for agent_id, contact_id, interaction_id, stage in sorted(stuck, key=str):
            WITHOUT_CONTACT.inc()
            log.error("agent_without_contact", agent=str(agent_id), interaction=str(interaction_id), state=stage)
            try:
                if stage is not WorkStage.WRAPUP:
                    await self._routing.left(contact_id)
                await self._routing.wrapup_done(agent_id, contact_id)
            except Refusal as refusal:
                log.error("agent_not_freed", agent=str(agent_id), reason=str(refusal))
        for interaction_id, agent_id in sorted(unknown, key=str):
            UNKNOWN_TO_ROUTING.inc()
            log.error("contact_without_agent", agent=str(agent_id), interaction=str(interaction_id))
            await self._channels.let_go(interaction_id, agent_id)
        return len(stuck) + len(unknown)

    def _stuck(self) -> set[tuple[UUID, UUID, UUID, WorkStage]]:
        return {
            (agent.id, work.contact_id, work.interaction_id, work.stage)
            for agent in self._routing.agents()
            for work in agent.work.values()
            if agent.id not in self._channels.agents_of(work.interaction_id)
        }

    def _unknown(self) -> set[tuple[UUID, UUID]]:
        known = {(work.interaction_id, agent.id) for agent in self._routing.agents() for work in agent.work.values()}
        return set(self._channels.held()) - known
