"""What one party sends must never be the trouble of other calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.media.test_path import Party, World, flaws
from yuelai.media.embedded.frames import FRAME
from yuelai.wire.sdes import SUITES, CryptoLine, new_key


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(monkeypatch)
    yield world
    world.engine.shut_down()
    for party in world.parties:
        party.sock.close()


def two_calls(world: World) -> tuple[Party, Party, Party, Party]:
    """Return those of one call, then those of the other; both are relayed."""
    ann, bob, cas, dan = (world.party() for _ in range(4))
    world.engine.bridge(ann.leg, bob.leg)
    world.engine.bridge(cas.leg, dan.leg)
    world.run(20, ann, bob, cas, dan)
    assert world.relayed == 4
    bob.heard.clear()
    return ann, bob, cas, dan


def test_numbers_that_jump_to_and_fro_are_no_other_calls_trouble(world: World) -> None:
    ann, bob, cas, dan = two_calls(world)
    dan.heard.clear()
    for turn in range(40):
        for sequence in (100 + turn, 5000 + turn, 100 + turn, 9000):
            cas.sequence = sequence
            cas.say()
        world.run(1, ann, bob)
    assert len(bob.heard) == 40
    assert flaws(bob.sound()) == 0
    assert len(dan.heard) == 160


@pytest.mark.parametrize("size", [1300, 1400, 1900])
def test_a_packet_too_long_to_be_protected_is_no_other_calls_trouble(world: World, size: int) -> None:
    ann, bob, cas, dan = two_calls(world)
    offer = (
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {dan.sock.getsockname()[1]} RTP/SAVP 0\r\n"
        f"a=crypto:{CryptoLine(1, SUITES[0], new_key(SUITES[0]))}\r\n"
    )
    world.engine.reoffer(dan.leg, offer)
    for _ in range(40):
        cas.send(0, bytes(size))
        cas.timestamp += FRAME
        world.run(1, ann, bob)
    assert len(bob.heard) == 40
    assert flaws(bob.sound()) == 0
