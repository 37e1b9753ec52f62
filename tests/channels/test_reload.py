"""The agent's page is reloaded, lost or comes back late: the sound returns, and the customer never pays for it."""

from __future__ import annotations

import asyncio

import pytest

from tests.channels.world import World
from yuelai.channels.voice import reloading
from yuelai.channels.voice.messages import RejoinOver
from yuelai.media.ports import LegHeard, LegSilent
from yuelai.routing.events import Seat
from yuelai.telephony.ports import Answered


async def test_a_customer_who_is_taken_back_while_the_page_is_away_keeps_the_music() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    _, old = await world.talking()
    await world.ask("hold")
    old.is_lost()
    await world.settle()
    await world.ask("retrieve")
    call = world.call()
    assert call.customer_media in world.sound.playing
    await world.ask("rejoin")
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.joined()


async def test_a_held_customer_stays_on_hold_over_a_reload_and_is_taken_back_after_it() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    _, old = await world.talking()
    await world.ask("hold")
    await world.ask("rejoin")
    old.is_lost()
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.state() == "hold"
    assert not world.joined()
    await world.ask("retrieve")
    assert world.state() == "talking"
    assert world.joined()


@pytest.mark.parametrize("order", ["lost then answered", "answered then lost", "silent then answered"])
async def test_a_reload_ends_with_sound_whatever_comes_first(order: str) -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    await world.ask("rejoin")
    new = world.lines.dialled[1]
    call = world.call()
    assert call.agent is not None
    media_leg = call.agent.media_leg
    for step in order.split(" then "):
        if step == "lost":
            old.is_lost()
        elif step == "silent":
            call.post(LegSilent(media_leg, 5.0))
        else:
            new.picks_up()
    await world.settle()
    assert world.joined()
    assert old.over
    assert not customer.over


async def test_a_second_rejoin_while_the_first_rings_leaves_one_leg() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    await world.ask("rejoin")
    await world.ask("rejoin")
    _, first, second = world.lines.dialled
    assert first.over
    first.happens(Answered(first.id, "v=0"))
    second.picks_up()
    await world.settle()
    assert (old.over, second.over) == (True, False)
    assert world.joined()
    customer.leaves()
    await world.settle()
    await world.pass_time(31)
    assert world.nothing_left()


async def test_a_page_that_comes_back_at_the_last_moment_is_waited_for() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    old.is_lost()
    await world.settle()
    await world.ask("rejoin")
    call = world.call()
    assert call.agent is not None
    lost = call.agent
    call.post(RejoinOver(lost))
    await world.settle()
    assert world.segments()[-1] == "talk"
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.joined()
    assert not customer.over


async def test_a_page_that_rings_again_but_never_answers_gives_the_customer_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "REJOIN_SECONDS", 0.002)
    world = World(seat=Seat.BROWSER)
    await world.begin()
    _, old = await world.talking()
    old.is_lost()
    await world.settle_briefly()
    await world.ask("rejoin")
    await world.settle()
    assert world.segments()[-1] == "queue"
    assert all(line.over for line in world.lines.dialled)


async def test_a_customer_who_hangs_up_while_the_page_is_away_is_wrapped_up_by_its_agent() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    old.is_lost()
    await world.settle()
    await world.ask("rejoin")
    customer.leaves()
    await world.settle()
    assert world.lines.dialled[1].over
    assert world.state() == "wrapup"
    await world.ask("wrapup", disposition="solved")
    await world.settle()
    assert world.nothing_left()


async def test_a_rejoining_page_that_refuses_leaves_the_old_leg_as_it_was() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    await world.ask("rejoin")
    world.lines.dialled[1].leaves(486)
    await world.settle()
    assert (customer.over, old.over) == (False, False)
    assert world.joined()


@pytest.mark.parametrize("held", [False, True])
async def test_sound_that_comes_back_by_itself_is_joined_again(held: bool) -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    if held:
        await world.ask("hold")
    call = world.call()
    assert call.agent is not None
    lost = call.agent
    call.post(LegSilent(lost.media_leg, 10.0))
    await world.settle()
    assert not world.joined()
    call.post(LegHeard(lost.media_leg))
    call.post(RejoinOver(lost))
    await world.settle()
    assert world.joined() == (not held)
    assert (customer.over, old.over) == (False, False)
    if held:
        await world.ask("retrieve")
        assert world.joined()


async def test_sound_without_signalling_is_no_return() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    _, old = await world.talking()
    call = world.call()
    assert call.agent is not None
    old.is_lost()
    call.post(LegSilent(call.agent.media_leg, 10.0))
    call.post(LegHeard(call.agent.media_leg))
    await world.settle()
    assert not world.joined()
    assert call.customer_media in world.sound.playing


async def test_each_loss_is_given_its_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "REJOIN_SECONDS", 0.1)
    world = World(seat=Seat.BROWSER)
    await world.begin()
    await world.talking()
    call = world.call()
    assert call.agent is not None
    leg = call.agent.media_leg
    call.post(LegSilent(leg, 10.0))
    await asyncio.sleep(0.08)
    call.post(LegHeard(leg))
    call.post(LegSilent(leg, 10.0))
    await asyncio.sleep(0.04)
    assert world.segments()[-1] == "talk"
    await asyncio.sleep(0.1)
    assert world.segments()[-1] == "queue"
