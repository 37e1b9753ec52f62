"""What one party sends must never be the trouble of other calls."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.media.test_path import Party, World, flaws
from yuelai.media.embedded import reports
from yuelai.media.embedded.codecs import Agreed, Encoder
from yuelai.media.embedded.codecs.opus import OpusFailed
from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.path import SoundPath
from yuelai.media.ports import Digit, KeyMode, LegKind, LegOptions, Side
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.rtcp import RtcpPacket, split
from yuelai.wire.rtp import RtpPacket
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
        world.run(1, ann, bob, dan)
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
        world.run(1, ann, bob, dan)
    assert len(bob.heard) == 40
    assert flaws(bob.sound()) == 0


def test_who_changes_codec_or_source_with_every_packet_makes_nobody_plan_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, cas, dan = two_calls(world)
    plans: list[float] = []
    plan = SoundPath._plan

    def counted(path: SoundPath, now: float) -> None:
        plans.append(now)
        plan(path, now)

    monkeypatch.setattr(SoundPath, "_plan", counted)
    world.engine.tap(new_id(), cas.leg, lambda _: None, Side.SAID, 8000)
    for turn in range(100):
        cas.sock.sendto(bytes(RtpPacket(0, turn, turn * 160, turn, bytes(FRAME))), ("127.0.0.1", cas.port))
        world.run(1, ann, bob, dan)
    assert len(plans) < 6
    assert len(bob.heard) == 100
    assert flaws(bob.sound()) == 0


def test_reports_in_floods_are_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = world.party(mux=True), world.party()
    read: list[bytes] = []

    def counted(data: bytes) -> list[RtcpPacket]:
        read.append(data)
        return split(data)

    monkeypatch.setattr(reports, "split", counted)
    world.engine.bridge(ann.leg, bob.leg)
    world.run(60, ann, bob)
    for _ in range(50):
        for _ in range(30):
            ann.sock.sendto(bytes([0x80, 201, 0, 0]) * 500, ("127.0.0.1", ann.port))
        world.run(1, ann, bob)
    assert 10 < len(read) <= 2 * reports.MOST_COMPOUNDS
    assert flaws(bob.sound()) == 0


def test_a_compound_of_more_packets_than_anybody_sends_is_no_report() -> None:
    packet = bytes([0x80, 201, 0, 0])
    assert len(split(packet * 30)) == 30
    with pytest.raises(ValueError, match="packets"):
        split(packet * 500)


def test_more_keys_than_fingers_can_press_are_passed_over(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(60, ann, bob)
    for turn in range(50):
        for key in range(5):
            event = bytes([key, 0x8A, 0, 160])
            stamp, ssrc = turn * 800 + key * 160, turn % 2
            packet = RtpPacket(101, turn * 5 + key, stamp, ssrc, event)
            ann.sock.sendto(bytes(packet), ("127.0.0.1", ann.port))
        world.run(1, bob)
    digits = [event for event in ann.told if isinstance(event, Digit)]
    assert 30 <= len(digits) <= 70


def test_a_leg_that_cannot_be_made_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(agreed: Agreed) -> Encoder:
        raise OpusFailed(-7)

    monkeypatch.setattr("yuelai.media.embedded.leg.encoder", broken)
    offer = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 40000 RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\n"
    )
    before = len(world.engine._path.ports), len(os.listdir("/proc/self/fd"))
    with pytest.raises(OpusFailed):
        world.engine.create_leg(LegId(new_id()), LegKind.PLAIN, lambda _: None, offer, LegOptions())
    assert world.engine.health()["legs"] == 0
    assert (len(world.engine._path.ports), len(os.listdir("/proc/self/fd"))) == before
    world.run(3)


@pytest.mark.parametrize("how", ["leaves", "is parted", "is muted", "is another source"])
def test_a_key_is_let_go_when_who_holds_it_down_is_heard_no_more(world: World, how: str) -> None:
    ann, bob = world.party(options=LegOptions(keys=KeyMode.TRANSLATE)), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.engine.tap(new_id(), bob.leg, lambda _: None, Side.SAID, 8000)
    world.run(20, ann, bob)
    for turn in range(5):
        ann.send(101, bytes([5, 10]) + (160 * (turn + 1)).to_bytes(2), stamp=ann.timestamp, marker=turn == 0)
        world.run(1, bob)
    match how:
        case "leaves":
            world.engine.close(ann.leg)
        case "is parted":
            world.engine.route(ann.leg, bob.leg, 0.0)
        case "is muted":
            world.engine.mute(ann.leg, True)
        case _:
            ann.sock.sendto(bytes(RtpPacket(0, 1, 1, 8, bytes(FRAME))), ("127.0.0.1", ann.port))
    world.run(10, bob)
    bob.heard.clear()
    world.run(50, bob)
    assert {packet.payload_type for packet in bob.heard} == {0}
