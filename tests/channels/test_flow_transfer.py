"""A flow leads to a number outside."""

from __future__ import annotations

from tests.channels.heard import Heard
from tests.channels.world import World
from yuelai.channels.ports import FlowOutcome

OUTSIDE = "02088886666"


async def led_outside(world: World) -> None:
    await world.begin()
    await world.arrives()
    world.script.outcome.set_result(FlowOutcome(number=OUTSIDE))


async def test_the_number_is_dialled_and_who_answers_there_speaks_with_the_caller() -> None:
    world = Heard()
    await led_outside(world)
    await world.until(lambda: world.lines.dialled, "the outside line")
    (outside,) = world.lines.dialled
    assert outside.called == OUTSIDE
    outside.picks_up()
    await world.settle()
    call = world.call()
    (party,) = call.parties
    assert world.sound.hears(call.customer_media, party.media_leg)
    outside.leaves()
    await world.over()
    assert world.nothing_left()
    assert world.abroad.standing == 0


async def test_when_nobody_comes_there_an_agent_does() -> None:
    world = Heard()
    await led_outside(world)
    await world.until(lambda: world.lines.dialled, "the outside line")
    world.lines.dialled[0].leaves(486)
    await world.until(lambda: len(world.lines.dialled) == 2, "the agent's telephone")
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.joined
    assert world.abroad.standing == 0


async def test_a_number_that_may_not_be_called_leads_to_an_agent() -> None:
    world = World()
    world.abroad.forbidden.add(OUTSIDE)
    await led_outside(world)
    await world.settle()
    (phone,) = world.lines.dialled
    phone.picks_up()
    await world.settle()
    assert world.joined


async def test_who_hangs_up_before_anybody_answers_leaves_nothing_behind() -> None:
    world = Heard()
    await world.begin()
    caller = await world.arrives()
    world.script.outcome.set_result(FlowOutcome(number=OUTSIDE))
    await world.until(lambda: world.lines.dialled, "the outside line")
    caller.leaves()
    await world.over()
    assert world.nothing_left()
    assert world.abroad.standing == 0


async def test_a_flow_is_told_which_one_of_the_contact_it_is() -> None:
    world = World()
    seen = []
    walk = world.script.run

    async def run(entry: object, dialogue: object, context: object) -> FlowOutcome:
        seen.append(context["walk"])  # type: ignore[index]
        return await walk(entry, dialogue, context)  # type: ignore[arg-type]

    world.script.run = run  # type: ignore[assignment]
    await world.begin()
    await world.queued()
    assert seen == [1]
