"""A customer whom we have called is one like any other from then on: sent on, given back, sent elsewhere by a queue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.channels.owing import WANG, Owing
from yuelai.channels.voice.outgoing import Recalled
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen


async def reached(*rules: Overflow) -> Owing:
    """8001 talks with a customer who was owed a call; 8002 is ready."""
    world = Owing(agents=2)
    world.queue = replace(world.queue, overflows=rules)
    world.queues = [world.queue]
    await world.begin()
    await world.connected()
    await world.ready(1)
    return world


def calls_to(world: Owing, number: str) -> int:
    return sum(line.called == number for line in world.lines.dialled)


@pytest.mark.parametrize("how", ["sent to a colleague", "sent to a queue", "lost by the agent's phone"])
async def test_the_next_agent_is_joined_to_the_customer_who_is_not_called_again(how: str) -> None:
    world = await reached()
    if how == "lost by the agent's phone":
        world.lines.dialled[0].is_lost()
    else:
        await world.ask("transfer", to={"agent": "8002"} if how == "sent to a colleague" else {"queue": "general"})
    await world.settle()
    phone = world.lines.dialled[-1]
    assert phone.called == "8002"
    phone.picks_up()
    await world.settle()
    assert world.joined()
    assert calls_to(world, WANG) == 1
    assert world.segments()[-1] == "talk"
    world.lines.dialled[1].leaves()
    for _ in range(3):
        await world.pass_time(31)
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_a_queue_they_were_sent_to_treats_them_as_all_who_wait_there() -> None:
    world = await reached(Overflow(OverflowWhen.WAIT, OverflowTo.MESSAGE, 60.0, "queue_closed"))
    await world.routing.set_state(world.agents[1].id, "busy", "break")
    await world.ask("transfer", to={"queue": "general"})
    await world.settle()
    await world.pass_time(61)
    assert world.end_reasons() == [], "they hear why, and are not cut off"
    assert not world.lines.dialled[1].over
    assert world.segments()[-1] == "ivr"


async def test_a_callback_that_is_cancelled_too_late_takes_nobody_off_the_line() -> None:
    world = await reached()
    await world.routing.set_state(world.agents[1].id, "busy", "break")
    await world.ask("transfer", to={"queue": "general"})
    await world.settle()
    world.call().post(Recalled())
    await world.settle()
    assert world.end_reasons() == []
    assert world.call().arrival.number_to_call == WANG, "whom to call back is not ourselves"
