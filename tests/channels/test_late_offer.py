"""Whoever calls without saying what it hears is told what we hear, and answers with the ACK."""

from __future__ import annotations

import pytest

from tests.channels.world import Line, World
from yuelai.telephony.ports import Reanswered

THEIRS = "v=0 theirs"


async def calls_without_an_offer(world: World, answer: str | None) -> Line:
    line = Line()
    line.offer, line.late_answer = None, answer
    await world.channel.on_call(line)
    await world.settle()
    return line


async def test_a_call_without_an_offer_is_served_as_any_other() -> None:
    world = World()
    await world.begin()
    line = await calls_without_an_offer(world, THEIRS)
    assert line.answered == "v=0 ours"
    assert [entry[2] for entry in world.sound.told if entry[0] == "answer"] == [THEIRS]
    assert not line.over
    line.leaves()
    await world.settle()
    assert world.nothing_left()


@pytest.mark.parametrize("how", ["no answer", "one that does not fit"])
async def test_one_that_cannot_be_heard_is_let_go(how: str) -> None:
    world = World()
    await world.begin()
    if how == "one that does not fit":
        world.sound.deaf.add("answer")
    line = await calls_without_an_offer(world, None if how == "no answer" else THEIRS)
    assert line.hung_up == 488
    await world.settle()
    assert world.nothing_left()


async def test_a_party_that_was_moved_behind_our_back_is_heard_where_it_is() -> None:
    world = World()
    await world.begin()
    customer, agent = await world.talking()
    for line in (customer, agent):
        line.happens(Reanswered(line.id, f"v=0 moved {line.caller}"))
    await world.settle()
    assert [entry[2] for entry in world.sound.told if entry[0] == "answer"][-2:] == [
        f"v=0 moved {customer.caller}", f"v=0 moved {agent.caller}"
    ]  # fmt: skip
