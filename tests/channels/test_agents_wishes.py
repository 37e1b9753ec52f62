"""What is set for an agent, or asked by one, counts in their calls: longer wrap-ups, phones that answer at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.channels.world import World
from yuelai.channels.messages import NotPossibleNow
from yuelai.routing.errors import WrapupTooLong


async def in_wrapup(world: World) -> None:
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    assert world.state() == "wrapup"


async def test_a_wrap_up_lasts_longer_when_the_agent_needs_it_and_ends_by_itself_then() -> None:
    world = World(wrapup_seconds=30)
    await in_wrapup(world)
    await world.pass_time(20)
    await world.ask("wrapup_extend", seconds=60)
    (wrapup,) = world.call().recorder.show.document()["wrapups"]
    until = world.routing.agent(world.agent.id).until
    assert until is not None
    assert wrapup["until"] == until.isoformat()
    assert (until - world.clock.now()).total_seconds() == 70
    await world.pass_time(60)
    assert world.state() == "wrapup"
    await world.pass_time(11)
    assert world.state() == "ready"
    assert world.closed() == 1


async def test_no_longer_than_the_queue_allows_and_only_in_wrap_up() -> None:
    world = World(wrapup_seconds=30)
    await world.begin()
    customer, _ = await world.talking()
    with pytest.raises(NotPossibleNow):
        await world.ask("wrapup_extend", seconds=60)
    customer.leaves()
    await world.settle()
    await world.ask("wrapup_extend", seconds=10_000)
    with pytest.raises(WrapupTooLong):
        await world.ask("wrapup_extend", seconds=1)
    await world.pass_time(30 + world.queue.extend_seconds)
    assert world.state() == "ready"


@pytest.mark.parametrize("auto", [True, False])
async def test_a_phone_is_asked_to_answer_by_itself_where_the_profile_says_so(auto: bool) -> None:
    world = World()
    world.agents[0] = replace(world.agents[0], auto_answer=auto)
    await world.begin()
    await world.talking()
    (phone,) = world.lines.dialled
    assert ("Answer-Mode" in phone.headers) is auto


async def test_an_agents_own_wrap_up_time_counts_instead_of_the_queues() -> None:
    world = World(wrapup_seconds=30)
    world.agents[0] = replace(world.agents[0], wrapup_seconds=5)
    await in_wrapup(world)
    await world.pass_time(6)
    assert world.state() == "ready"
