"""What the driver says of a wait comes from what it saw agents and queues do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.routing.centre import agent, queue, uid
from tests.routing.test_driver import Room
from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.events import Offer
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen

Q = queue(1, ring=20, wrapup=20)
ME = uid(1)


class Busy(Room):
    """One agent; contacts come as fast as the test likes, each is talked with for 40 s and wrapped up for 20."""

    clock: VirtualClock

    def __init__(self) -> None:
        super().__init__(VirtualClock())
        self.calls = 500

    async def comes(self, code: str = Q.code) -> int:
        self.calls += 1
        await self.driver.enqueue(uid(self.calls), code, tenant_id=SAMPLE_TENANT)
        return self.calls

    async def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.driver.time_passed()

    async def serve(self) -> None:
        """The agent takes who is offered and is free again a minute later."""
        offer = [signal for signal in self.signals if isinstance(signal, Offer)][-1]
        await self.driver.accepted(offer.interaction_id, ME)
        await self.later(40)
        await self.driver.released(offer.interaction_id)
        await self.later(20)

    def estimate(self, call: int) -> float | None:
        position = self.driver.position(uid(call))
        assert position is not None
        return position.estimate_seconds


async def busy() -> Busy:
    room = Busy()
    await room.driver.load([agent(1, Q)], [Q])
    await room.ready()
    return room


async def test_a_place_costs_as_long_as_the_agent_takes_for_each() -> None:
    room = await busy()
    for _ in range(9):
        await room.comes()
    waiting = [room.calls - 1, room.calls]
    assert room.estimate(waiting[0]) is None, "nothing has been seen yet"
    for _ in range(6):
        await room.serve()
    assert room.estimate(waiting[0]) == pytest.approx(60, rel=0.1)
    assert room.estimate(waiting[1]) == pytest.approx(120, rel=0.1)


async def test_who_is_offered_in_vain_has_not_been_taken() -> None:
    room = await busy()
    for _ in range(14):
        await room.comes()
    for _ in range(6):
        await room.serve()
    before = room.estimate(room.calls)
    for _ in range(3):
        await room.later(20)  # nobody answers; the agent comes back at once
        await room.driver.set_state(ME, "ready")
    after = room.estimate(room.calls)
    assert before is not None
    assert after is not None
    assert after > before


async def test_nobody_says_how_long_when_all_agents_are_on_a_break() -> None:
    room = await busy()
    for _ in range(9):
        await room.comes()
    for _ in range(6):
        await room.serve()
    await room.driver.set_state(ME, "busy", "lunch")
    assert room.estimate(room.calls) is None


async def test_a_queue_that_would_take_too_long_sends_on_who_comes() -> None:
    rule = Overflow(OverflowWhen.ESTIMATE, OverflowTo.MESSAGE, limit=150, target="queue_full")
    q = replace(queue(2, ring=20, wrapup=20), overflows=(rule,))
    room = Busy()
    await room.driver.load([agent(1, q)], [q])
    await room.ready()
    for _ in range(8):
        await room.comes(q.code)
    for _ in range(6):
        await room.serve()
    sent: list[bool] = []
    for _ in range(3):
        call = await room.comes(q.code)
        sent.append(room.driver.position(uid(call)) is None)
    assert sent == [False, True, True], "the second place is two minutes, the third more than is allowed"
