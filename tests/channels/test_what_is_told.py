"""A call lives with whatever the engine tells of its legs."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.channels.world import World
from yuelai.media.ports import (
    Digit,
    LegHeard,
    LegSilent,
    PlayEnded,
    Quality,
    QualityChanged,
    SpeechBegan,
    SpeechEnded,
    Tone,
    ToneHeard,
)
from yuelai.media.ports.events import LegGone, MediaEvent
from yuelai.platform.ids import LegId, new_id

LEG = LegId(new_id())
QUALITY = Quality("PCMU", 10.0, 400, 100, 0.2, 30.0, 0, 2000, 500, 0.2, 30.0, 200.0, 2.4)
EVENTS: tuple[MediaEvent, ...] = (
    Digit(LEG, "5"),
    PlayEnded(LEG, new_id(), finished=True),
    LegSilent(LEG, 10.0),
    LegHeard(LEG),
    ToneHeard(LEG, Tone.BUSY),
    SpeechBegan(LEG),
    SpeechEnded(LEG, 1.0),
    QualityChanged(LEG, poor=True, quality=QUALITY),
)


def test_none_is_forgotten_here() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(MediaEvent)) - {LegGone}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
async def test_the_call_goes_on(event: MediaEvent) -> None:
    world = World()
    await world.begin()
    customer, agent = await world.talking()
    world.call().post(event)
    await world.settle()
    assert world.joined()
    assert not customer.over
    assert not agent.over
