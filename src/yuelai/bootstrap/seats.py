"""Agents' seats follow the registrar: a phone that registers makes its agent reachable, one that goes does not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog

from yuelai.platform.errors import Refusal
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Seat
from yuelai.telephony.ports import Telephony

log = structlog.get_logger()


class Seats:
    """`agents` maps a work number, which is the SIP user, to the agent."""

    def __init__(self, routing: RoutingDriver, telephony: Telephony, agents: Mapping[str, UUID]) -> None:
        self._routing, self._telephony, self._agents = routing, telephony, agents
        self._reachable: set[tuple[UUID, Seat]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, agents: Mapping[str, UUID]) -> None:
        """These are the agents from now on; new ones, and those with a new number, may have a phone already."""
        before = set(self._agents.values())
        self._agents = agents
        present = set(agents.values())
        self._reachable = {seat for seat in self._reachable if seat[0] in present}
        for user, agent_id in agents.items():
            self._look(user, agent_id, surely=agent_id not in before)

    def changed(self, user: str) -> None:
        """The registrations of a SIP user have changed."""
        agent_id = self._agents.get(user)
        if agent_id is not None:
            self._look(user, agent_id)

    def _look(self, user: str, agent_id: UUID, *, surely: bool = False) -> None:
        """Tell routing what is different; all of it when it is not sure what routing knows."""
        browsers = {registration.browser for registration in self._telephony.registrations(user)}
        for seat, reachable in ((Seat.BROWSER, True in browsers), (Seat.PHONE, False in browsers)):
            if reachable == ((agent_id, seat) in self._reachable) and not surely:
                continue
            if reachable:
                self._reachable.add((agent_id, seat))
            else:
                self._reachable.discard((agent_id, seat))
            task = asyncio.ensure_future(self._tell(agent_id, seat, reachable))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, agent_id: UUID, seat: Seat, reachable: bool) -> None:
        try:
            await self._routing.seat_reachable(agent_id, seat, reachable)
        except Refusal as refusal:
            log.warning("seat_change_not_recorded", reason=str(refusal))
