"""Card numbers are not kept: the agent pauses the recording of the call in hand."""

from __future__ import annotations

import pytest

from tests.channels.world import World
from yuelai.channels.voice.messages import NotPossibleNow, NotYourCall
from yuelai.interactions.events import TrailNoted


def paused(world: World) -> list[tuple[str, bool]]:
    """Return who wanted what, as the service trail has it."""
    noted = [fact for fact in world.facts if isinstance(fact, TrailNoted) and fact.kind == "recording"]
    return [(fact.actor, fact.data["paused"]) for fact in noted]


async def test_a_pause_and_its_end_reach_the_recording_the_trail_and_the_screen() -> None:
    world = World()
    await world.begin()
    await world.talking()
    show = world.call().recorder.show
    assert (show.document()["recording"], show.document()["recording_paused"]) == (True, False)
    await world.ask("pause_recording")
    await world.ask("pause_recording")
    assert (show.document()["recording"], show.document()["recording_paused"]) == (True, True)
    await world.ask("resume_recording")
    assert show.document()["recording_paused"] is False
    assert world.tape.pauses == [True, False]
    assert paused(world) == [("8001", True), ("8001", False)]


async def test_a_pause_that_did_not_happen_is_told_and_the_call_goes_on() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    world.tape.unreachable = True
    with pytest.raises(NotPossibleNow):
        await world.ask("pause_recording")
    assert paused(world) == []
    assert not world.call().recorder.show.document()["recording_paused"]
    assert not customer.over


async def test_only_who_talks_may_pause() -> None:
    world = World(agents=2)
    await world.begin()
    await world.talking()
    with pytest.raises(NotYourCall):
        await world.ask("pause_recording", by=1)


async def test_what_is_not_recorded_cannot_be_paused() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    with pytest.raises(NotPossibleNow):
        await world.ask("pause_recording")
