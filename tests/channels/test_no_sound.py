"""The media engine has no sound for somebody, or loses it: whoever can be served is, and nobody else is to blame."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import pytest

from tests.channels.world import World
from yuelai.channels.voice import waiting
from yuelai.interactions.events import TrailNoted
from yuelai.media.ports import LegGone

AGAIN = 1.0
"""Seconds: longer than anything that happens before it takes on a busy machine."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "AGAIN_SECONDS", AGAIN)


async def test_a_full_engine_refuses_a_new_caller_with_503_and_nothing_is_left() -> None:
    world = World()
    await world.begin()
    world.sound.full = True
    customer = await world.arrives()
    assert customer.hung_up == 503
    assert customer.answered is None
    assert world.end_reasons() == ["refused"]
    assert world.nothing_left()


async def test_without_sound_for_the_agent_the_customer_waits_and_the_agent_stays_ready() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives()
    world.sound.full = True
    await world.to_queue()
    assert not customer.over
    assert world.state() == "ready"
    assert world.lines.dialled == []
    world.sound.full = False
    await asyncio.sleep(AGAIN + 0.1)
    await world.settle()
    assert world.state() == "ringing"
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.state() == "talking"
    assert world.joined()


async def test_a_customer_who_leaves_before_the_next_try_is_not_offered_again() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives()
    world.sound.full = True
    await world.to_queue()
    customer.leaves()
    await world.settle()
    world.sound.full = False
    await asyncio.sleep(AGAIN + 0.1)
    await world.settle()
    assert world.end_reasons() == ["abandoned"]
    assert world.lines.dialled == []
    assert world.nothing_left()


async def test_an_agents_sound_that_dies_while_it_rings_costs_the_customer_nothing() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    agent = world.call().agent
    assert agent is not None
    world.sound.open.pop(agent.media_leg)(LegGone(agent.media_leg))
    await world.settle()
    assert world.lines.dialled[0].over
    assert not customer.over
    assert world.state() == "ready"
    await asyncio.sleep(AGAIN + 0.1)
    await world.settle()
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.state() == "talking"


async def test_how_it_sounded_stands_in_the_trail() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    (noted,) = [fact for fact in world.facts if isinstance(fact, TrailNoted) and fact.kind == "sound"]
    told = {"codec": "PCMA", "mos": 4.4, "loss": 0.0, "jitter_ms": 0.5, "round_trip_ms": 20}
    assert asdict(noted)["data"] == {"customer": told, "agent": told}
