"""How keys are listened for in a call, and passed on."""

from __future__ import annotations

import pytest

from tests.channels.world import Line, World
from yuelai.media.ports import KeyMode

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8{}\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)


@pytest.mark.parametrize(("offer", "tones"), [(OFFER.format(" 101"), False), (OFFER.format(""), True), (None, False)])
async def test_tones_are_listened_for_where_keys_cannot_come_otherwise(offer: str | None, tones: bool) -> None:
    world = World()
    await world.begin()
    customer = Line()
    customer.offer = offer
    await world.channel.on_call(customer)
    await world.settle()
    (options,) = world.sound.options.values()
    assert options.tones is tones
    # What a caller presses is for the flow, not for an agent's ears.
    assert options.keys is KeyMode.BLOCK


async def test_an_agents_keys_reach_whom_they_speak_with_either_way() -> None:
    world = World()
    await world.begin()
    await world.talking()
    assert [options.keys for options in world.sound.options.values()] == [KeyMode.BLOCK, KeyMode.TRANSLATE]
