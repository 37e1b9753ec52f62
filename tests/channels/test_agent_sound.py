"""The agent's side of the sound: answers that are no good, hold keys, re-INVITEs, recordings that do not begin."""

from __future__ import annotations

import pytest

from tests.channels.world import World
from yuelai.routing.events import Seat


async def test_a_reloaded_page_whose_answer_is_no_good_does_not_cost_the_customer_the_call() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    await world.ask("rejoin")
    world.sound.deaf = {"answer"}
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert not customer.over
    assert world.lines.dialled[1].over
    assert not old.over
    assert world.joined()
    customer.leaves()
    await world.settle()
    await world.pass_time(31)
    assert world.nothing_left()


async def test_a_phone_whose_answer_is_no_good_counts_as_not_answered() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    world.sound.deaf = {"answer"}
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert not customer.over
    assert world.lines.dialled[0].over
    assert world.state() == "busy"
    assert world.segments()[-1] == "queue"
    assert world.routing.agent_document(world.agent.id)["today"]["answered"] == 0


async def test_a_call_that_breaks_while_it_is_joined_leaves_no_wrap_up_behind() -> None:
    world = World()
    await world.begin()
    await world.queued()
    world.sound.deaf = {"bridge"}
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.end_reasons() == ["failed"]
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_a_recording_that_cannot_begin_does_not_cost_the_customer_the_call() -> None:
    world = World()
    await world.begin()

    async def refuse(*_: object) -> None:
        raise OSError("no space left")

    world.tape.start = refuse  # type: ignore[method-assign,assignment]
    customer, _ = await world.talking()
    assert not customer.over
    assert world.state() == "talking"
    assert world.joined()


async def test_holding_at_the_screen_survives_the_phones_session_refresh() -> None:
    world = World()
    await world.begin()
    _, phone = await world.talking()
    await world.ask("hold")
    phone.reoffers("sendrecv")
    await world.settle()
    assert world.state() == "hold"
    assert not world.joined()
    await world.ask("retrieve")
    assert world.joined()


async def test_the_phones_own_hold_key_holds_and_retrieves() -> None:
    world = World()
    await world.begin()
    _, phone = await world.talking()
    for direction, state in (("sendonly", "hold"), ("sendonly", "hold"), ("sendrecv", "talking")):
        phone.reoffers(direction)
        await world.settle()
        assert world.state() == state
    assert world.joined()


@pytest.mark.parametrize("who", ["customer", "agent"])
async def test_a_re_invite_taken_back_does_not_cost_the_customer_the_call(who: str) -> None:
    world = World()
    await world.begin()
    customer, phone = await world.talking()
    line = customer if who == "customer" else phone
    line.reoffers("sendonly")
    line.reoffered = False
    await world.settle()
    assert not customer.over
    assert world.state() == "talking"


async def test_a_re_invite_that_crosses_the_hang_up_ends_as_a_hang_up() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    customer.reoffers("sendonly")
    customer.leaves()
    await world.settle()
    assert world.end_reasons() == ["customer_hung_up"]
    await world.pass_time(31)
    assert world.nothing_left()
