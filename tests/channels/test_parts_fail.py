"""Parts that fail in each phase of a call: nobody is left hanging, and the record has one end."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tests.channels.world import World
from yuelai.channels import contact
from yuelai.channels.ports import FlowOutcome, Identified
from yuelai.channels.voice import selfservice
from yuelai.interactions.events import InteractionEnded
from yuelai.platform.errors import Unavailable
from yuelai.telephony.ports import Answered, Ended


async def test_a_flow_that_names_no_queue_leads_to_somebody_all_the_same() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives()
    world.script.outcome.set_result(FlowOutcome(queue="closed last year"))
    await world.settle()
    assert not customer.over
    assert world.state() == "ringing"


@pytest.mark.parametrize("moment", ["arrives", "queued", "talking"])
async def test_a_journal_that_keeps_nothing_more_leaves_nobody_hanging(moment: str) -> None:
    world = World(wrapup_seconds=30)
    await world.begin()
    found = await getattr(world, moment)()
    customer = found[0] if moment == "talking" else found
    world.full = True
    customer.leaves()
    await world.settle()
    await world.pass_time(31)
    assert all(line.over for line in world.lines.dialled)
    assert world.state() == "ready"
    assert world.nothing_left()


@pytest.mark.parametrize("moment", ["queued", "talking"])
async def test_a_recording_that_cannot_be_completed_leaves_nobody_hanging(moment: str) -> None:
    world = World()
    await world.begin()
    found = await getattr(world, moment)()
    customer = found[0] if moment == "talking" else found

    async def break_(*_: object) -> int:
        world.tape.running.clear()
        raise RuntimeError("a bug of ours")

    world.tape.stop = break_  # type: ignore[method-assign,assignment]
    customer.leaves()
    await world.settle()
    await world.pass_time(31)
    assert world.state() == "ready"
    assert world.nothing_left()


@pytest.mark.parametrize("moment", ["arrives", "queued", "talking"])
async def test_a_wall_clock_set_back_costs_nobody_the_call(moment: str) -> None:
    world = World()
    await world.begin()
    found = await getattr(world, moment)()
    customer = found[0] if moment == "talking" else found
    world.clock.advance(-3)
    if moment == "queued":
        world.lines.dialled[0].picks_up()
    elif moment == "arrives":
        world.script.outcome.set_result(FlowOutcome(queue="general"))
    else:
        await world.ask("hold")
    await world.settle()
    assert not customer.over
    customer.leaves()
    await world.settle()
    assert sum(isinstance(fact, InteractionEnded) for fact in world.facts) == 1
    await world.pass_time(60)
    assert world.state() == "ready"
    assert world.nothing_left()


@pytest.mark.parametrize("moment", ["arrives", "queued", "talking"])
async def test_a_media_engine_that_dies_in_any_phase_ends_the_call_for_all(moment: str) -> None:
    world = World()
    await world.begin()
    found = await getattr(world, moment)()
    customer = found[0] if moment == "talking" else found
    world.sound.dies()
    await world.settle()
    await world.pass_time(31)
    assert customer.over
    assert world.end_reasons() == ["failed"]
    assert world.state() == "ready"
    assert world.nothing_left()


@pytest.mark.parametrize("moment", ["arrives", "queued", "talking", "wrapup"])
async def test_stopping_the_process_closes_every_call_at_once(moment: str) -> None:
    world = World()
    await world.begin()
    if moment == "wrapup":
        customer, _ = await world.talking()
        customer.leaves()
        await world.settle()
    else:
        await getattr(world, moment)()
    await asyncio.wait_for(world.channel.close(), 1)
    assert world.closed() == 1
    assert world.nothing_left()


async def test_a_look_up_that_breaks_is_told_to_the_screen_and_the_call_goes_on() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()

    async def break_(*_: object) -> dict[str, object]:
        raise RuntimeError("a bug of ours")

    world.people.card = break_  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError):
        await world.ask("customer", customer_id=str(world.agent.id))
    await world.settle()
    assert not customer.over


async def test_a_slow_look_up_does_not_delay_the_hang_up() -> None:
    world = World()
    await world.begin()
    customer, phone = await world.talking()
    waiting = asyncio.Event()
    card = world.people.card

    async def slow(*arguments: object) -> object:
        await waiting.wait()
        return await card(*arguments)  # type: ignore[arg-type]

    world.people.card = slow  # type: ignore[method-assign,assignment]
    asking = asyncio.ensure_future(world.ask("customer", customer_id=str(world.agent.id)))
    await world.settle()
    customer.leaves()
    await world.settle()
    assert phone.over
    waiting.set()
    await world.settle()
    assert (await asking)["match"] == "chosen", "still in wrap-up, where it may be chosen"


async def test_events_of_a_leg_given_back_long_ago_change_nothing() -> None:
    world = World(agents=2)
    await world.begin()
    await world.ready(1)
    customer = await world.queued()
    first = world.lines.dialled[0]
    first.leaves(486)
    await world.settle()
    second = world.lines.dialled[1]
    second.picks_up()
    first.happens(Answered(first.id, "v=0"))
    first.happens(Ended(first.id, "remote", 0, ""))
    await world.settle()
    assert world.state(1) == "talking"
    assert world.joined()
    assert not customer.over


async def test_who_calls_is_found_out_once_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "AGAIN_SECONDS", 0.0)
    world = World()
    await world.begin()
    identify, tries = world.people.identify, iter(range(20))

    async def away(tenant_id: UUID, ani: str) -> Identified:
        if next(tries) < 10:
            raise Unavailable
        return await identify(tenant_id, ani)

    world.people.identify = away  # type: ignore[method-assign]
    await world.talking()
    assert world.call().recorder.interaction.match == "new"


async def test_a_customer_chosen_by_the_agent_stays_when_the_database_answers_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selfservice, "IDENTIFY_SECONDS", 0.0)
    world = World()
    await world.begin()
    asked = asyncio.Event()

    async def late(*_: object) -> Identified:
        await asked.wait()
        return Identified("new", [])

    world.people.identify = late  # type: ignore[method-assign,assignment]
    await world.talking()
    await asyncio.gather(*(world.ask("customer", customer_id=str(world.agent.id)) for _ in range(2)))
    asked.set()
    await world.settle()
    assert world.call().recorder.interaction.match == "chosen"
