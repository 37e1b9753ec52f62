"""Agents who have parted from the customer and still have something to write down: each in their own right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from yuelai.interactions.document import Holder
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.routing.driver import RoutingDriver


class Wrapups:
    """`over` is told each time one has ended, whatever became of writing it down: the last one may close the record."""

    def __init__(
        self, recorder: InteractionRecorder, routing: RoutingDriver, over: Callable[[], Awaitable[None]]
    ) -> None:
        self._recorder, self._routing, self._over = recorder, routing, over
        self.holders: dict[UUID, Holder] = {}
        """Whose wrap-up is open."""
        self._contacts: dict[UUID, UUID] = {}

    def __contains__(self, agent_id: UUID) -> bool:
        return agent_id in self.holders

    def __bool__(self) -> bool:
        return bool(self.holders)

    async def begin(self, holder: Holder, contact_id: UUID, until: datetime | None) -> None:
        """The agent has left the record and routing; `until` is when their wrap-up ends, None when there is none."""
        agent_id = holder[0]
        has_one = agent_id in self._recorder.interaction.parties.wrapping()
        if until is not None and has_one:
            self.holders[agent_id] = holder
            self._contacts[agent_id] = contact_id
            self._recorder.show.wrapup_until(agent_id, until)
            return
        if has_one:
            await self._recorder.wrapped_up(agent_id)
        if until is not None:
            await self._routing.wrapup_done(agent_id, contact_id)

    async def extend(self, agent_id: UUID, seconds: float) -> None:
        """The agent needs longer; what the queue allows of it is added. Raises `NoWrapup`, `WrapupTooLong`."""
        until = await self._routing.extend_wrapup(agent_id, seconds, self._contacts[agent_id])
        self._recorder.show.wrapup_until(agent_id, until)

    async def done(self, agent_id: UUID, disposition: str | None, note: str) -> None:
        """The agent says so."""
        contact_id = self._contacts[agent_id]
        await self.over(agent_id, disposition, note)
        await self._routing.wrapup_done(agent_id, contact_id)

    async def over(self, agent_id: UUID, disposition: str | None = None, note: str = "") -> None:
        """It has ended, by its time at the latest."""
        if self.holders.pop(agent_id, None) is None:
            return
        self._contacts.pop(agent_id, None)
        self._recorder.show.wrapup_until(agent_id, None)
        try:
            await self._recorder.wrapped_up(agent_id, disposition, note)
        finally:
            await self._over()

    async def resume(self, agent_id: UUID) -> None:
        """The customer comes back to them: what was open goes on after the talk."""
        contact_id = self._contacts.pop(agent_id, None)
        if self.holders.pop(agent_id, None) is not None and contact_id is not None:
            await self._routing.wrapup_done(agent_id, contact_id)
