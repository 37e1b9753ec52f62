"""Messages that cross: whatever meets whatever else, nobody is stuck, and nothing is left."""

from __future__ import annotations

import asyncio

from tests.channels.world import World
from yuelai.channels.messages import Actor, Command
from yuelai.platform.ids import new_id
from yuelai.routing.events import Seat


async def test_a_busy_phone_that_crosses_the_end_of_the_ring_time_sets_the_agent_aside_once() -> None:
    world = World(ring_seconds=20, agents=2)
    await world.begin()
    await world.ready(1)
    customer = await world.queued()
    first = world.lines.dialled[0]
    world.clock.advance(21)
    first.leaves(486)
    await world.routing.time_passed()
    await world.settle()
    assert (world.state(0), world.state(1)) == ("busy", "ringing")
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.joined()
    assert not customer.over


async def test_an_agent_who_goes_offline_while_it_rings_gives_the_customer_back() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    phone = world.lines.dialled[0]
    phone.picks_up()
    await world.routing.set_state(world.agent.id, "offline")
    await world.settle()
    assert world.state() == "offline"
    assert phone.over
    assert not customer.over
    assert world.segments()[-1] == "queue"


async def test_a_seat_lost_while_it_rings_gives_the_customer_back() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    await world.routing.seat_reachable(world.agent.id, Seat.PHONE, False)
    world.lines.dialled[0].leaves(480)
    await world.settle()
    assert world.lines.dialled[0].over
    assert not customer.over
    await world.routing.seat_reachable(world.agent.id, Seat.PHONE, True)
    await world.ready(0)
    assert world.state() == "ringing"


async def test_hanging_up_twice_ends_once_and_is_no_error() -> None:
    world = World()
    await world.begin()
    await world.talking()
    await asyncio.gather(world.ask("hangup"), world.ask("hangup"))
    await world.settle()
    assert world.end_reasons() == ["agent_hung_up"]
    assert world.state() == "wrapup"


async def test_declining_a_call_whose_caller_has_just_gone_sets_nobody_aside() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    asking = asyncio.ensure_future(world.ask("hangup"))
    customer.leaves()
    await world.settle()
    await asyncio.gather(asking, return_exceptions=True)
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_a_wrap_up_sent_as_its_time_runs_out_ends_once() -> None:
    world = World(wrapup_seconds=30)
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    world.clock.advance(31)
    await asyncio.gather(
        world.routing.time_passed(), world.ask("wrapup", disposition="x"), world.ask("wrapup"), return_exceptions=True
    )
    await world.settle()
    assert world.closed() == 1
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_a_wrap_up_that_was_over_does_not_cut_the_next_one_short() -> None:
    world = World(wrapup_seconds=30)
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    await world.routing.wrapup_done(world.agent.id, new_id())
    assert world.state() == "wrapup"


async def test_a_request_whose_page_was_told_that_it_failed_is_not_carried_out_later() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    world.call().post(Command("hangup", Actor(world.agent.id, "8001", frozenset()), {}, done))
    done.cancel()
    await world.settle()
    assert not customer.over
    assert world.joined()
