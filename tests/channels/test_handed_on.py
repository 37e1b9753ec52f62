"""A customer whose agent is lost for good goes on to another: each agent keeps what is theirs, and no more."""

from __future__ import annotations

from tests.channels.world import Line, World
from yuelai.channels.voice.messages import RejoinOver
from yuelai.routing.events import Seat


async def handed_on(wrapup_seconds: float = 30.0) -> tuple[World, Line]:
    """8001 has talked, lost the page for good, and the customer now rings 8002."""
    world = World(seat=Seat.BROWSER, agents=2, wrapup_seconds=wrapup_seconds)
    await world.begin()
    customer, old = await world.talking()
    await world.ready(1)
    old.is_lost()
    await world.settle()
    call = world.call()
    assert call.agent is not None
    call.post(RejoinOver(call.agent))
    await world.settle()
    assert world.state(1) == "ringing"
    return world, customer


async def test_a_customer_who_hangs_up_while_the_second_agent_rings_leaves_nobody_ringing() -> None:
    world, customer = await handed_on()
    customer.leaves()
    await world.settle()
    assert world.state(1) == "ready"
    assert world.end_reasons() == ["customer_hung_up"], "somebody had answered: it was not abandoned"
    await world.pass_time(31)
    assert world.state(0) == "ready"
    assert world.nothing_left()


async def test_the_first_agents_wrap_up_does_not_end_the_second_agents() -> None:
    world, customer = await handed_on(wrapup_seconds=30)
    world.lines.dialled[-1].picks_up()
    await world.settle()
    await world.pass_time(20)
    customer.leaves()
    await world.settle()
    await world.pass_time(11)
    assert (world.state(0), world.state(1)) == ("ready", "wrapup")
    await world.ask("wrapup", by=1, disposition="solved")
    await world.settle()
    assert world.state(1) == "ready"
    assert world.closed() == 1
    assert world.nothing_left()


async def test_the_lost_agents_screen_lets_go_of_a_customer_who_went_on_once_it_is_wrapped_up() -> None:
    world, _ = await handed_on()
    first, second = (frozenset({f"person:{agent.id}"}) for agent in world.agents)
    assert [key for key in world.live.snapshot(first) if key.startswith("interaction/")]
    await world.ask("wrapup", disposition="cut off")
    await world.settle()
    assert not [key for key in world.live.snapshot(first) if key.startswith("interaction/")]
    assert [key for key in world.live.snapshot(second) if key.startswith("interaction/")]


async def test_an_agent_who_let_it_ring_no_longer_sees_the_customer() -> None:
    world = World(agents=2)
    await world.begin()
    seen: dict[str, object] = {}
    me = frozenset({f"person:{world.agent.id}"})
    world.live.subscribe(me, lambda change: seen.__setitem__(change.key, change.value))
    await world.queued()
    (key,) = (key for key in seen if key.startswith("interaction/"))
    assert seen[key] is not None
    await world.pass_time(21)
    assert seen[key] is None
    assert key not in world.live.snapshot(me)
