"""Queues are closed while customers wait in them, and agents taken away while they ring and talk."""

from __future__ import annotations

from dataclasses import replace

from tests.channels.world import World
from yuelai.channels.ports import FlowOutcome
from yuelai.interactions.events import TrailNoted
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.model import Queue

FAULT = Queue(new_id(), SAMPLE_TENANT, "fault", "故障申告")


def notes(world: World) -> list[object]:
    return [dict(fact.data) for fact in world.facts if isinstance(fact, TrailNoted)]


async def test_a_customer_of_a_closed_queue_waits_in_the_general_one_and_is_served_there() -> None:
    world = World()
    await world.begin(ready=False)
    await world.routing.follow(world.agents, [world.queue, FAULT])
    customer = await world.arrives()
    world.script.outcome.set_result(FlowOutcome(queue="fault"))
    await world.settle()
    assert world.call().recorder.show.document()["queue"]["code"] == "fault"
    await world.routing.follow(world.agents, [world.queue])
    await world.settle()
    assert world.call().recorder.show.document()["queue"]["code"] == "general"
    assert {"queue": "general", "moved": True} in notes(world)
    await world.ready(0)
    (phone,) = world.lines.dialled
    phone.picks_up()
    await world.settle()
    assert world.joined()
    customer.leaves()
    await world.settle()
    await world.ask("wrapup")
    assert world.segments() == ["ivr", "queue", "queue", "ring", "talk"]


async def test_without_any_queue_the_customer_is_let_go_and_the_record_says_why() -> None:
    world = World()
    await world.begin(ready=False)
    customer = await world.queued()
    await world.routing.follow([], [])
    await world.settle()
    assert customer.over
    assert {"queue": "closed"} in notes(world)
    assert world.end_reasons() == ["failed"]
    assert world.nothing_left()


async def test_an_agent_who_is_taken_away_finishes_the_talk_and_then_is_gone() -> None:
    world = World(agents=2)
    await world.begin()
    customer, _ = await world.talking()
    await world.routing.follow([world.agents[1]], [replace(world.queue, name="Other")])
    await world.settle()
    assert world.joined()
    customer.leaves()
    await world.settle()
    await world.ask("wrapup", disposition="solved")
    await world.settle()
    assert world.nothing_left()
    assert world.live.get(f"agent/{world.agents[0].id}") is None


async def test_a_queue_whose_agent_was_lost_is_closed_meanwhile_and_the_customer_goes_to_the_general_one() -> None:
    world = World(agents=2)
    await world.begin()
    await world.talking()
    await world.routing.follow(world.agents, [replace(world.queue, id=new_id(), code="another")])
    (call,) = world.channel._calls.values()
    await world.routing.released(call.id)
    await call.waiting.enqueue("general", {})
    assert call.waiting.queue is not None
    assert call.waiting.queue.code == "another"
