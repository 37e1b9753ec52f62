from __future__ import annotations

import pytest

from yuelai.media.embedded.hearing import Heard
from yuelai.media.embedded.presses import LOST_AFTER, Press, Presses
from yuelai.wire.dtmf import MalformedEvent, press
from yuelai.wire.rtp import RtpPacket


def events(key: str, timestamp: int = 1000, *, duration: int = 1280) -> list[RtpPacket]:
    return [RtpPacket(101, 0, timestamp, 7, e.payload, e.marker) for e in press(key, duration=duration)]


def run(presses: Presses, packets: list[RtpPacket], now: float) -> list[Press]:
    told = []
    for packet in packets:
        told += presses.packet(packet, 8000, now)
        now += 0.02
    return told


def test_a_key_goes_down_with_its_first_packet_and_up_with_the_first_of_its_ends() -> None:
    presses = Presses()
    packets = events("5")
    assert presses.packet(packets[0], 8000, 1.0) == [Press("5", True)]
    assert presses.held
    assert run(presses, packets[1:8], 1.02) == []
    assert presses.packet(packets[8], 8000, 1.16) == [Press("5", False, 0.16)]
    assert run(presses, packets[9:], 1.18) == []
    assert not presses.held


def test_a_key_of_which_only_an_end_arrives_goes_down_and_up() -> None:
    assert run(Presses(), events("#")[-1:], 1.0) == [Press("#", True), Press("#", False, 0.16)]


def test_a_key_whose_ends_are_lost_comes_up_with_the_next_or_after_a_while() -> None:
    presses = Presses()
    assert run(presses, events("1")[:8], 0.0) == [Press("1", True)]
    assert presses.beat(0.2) == []
    assert run(presses, events("2", 4000)[:4], 0.24) == [Press("1", False, 0.16), Press("2", True)]
    assert presses.beat(0.3 + LOST_AFTER + 0.01) == [Press("2", False, 0.08)]
    assert presses.beat(9.0) == []


def test_a_key_heard_as_event_and_as_tone_is_pressed_once() -> None:
    presses = Presses()
    assert run(presses, events("7"), 0.0) == [Press("7", True), Press("7", False, 0.16)]
    assert presses.heard(Heard(0, key="7"), 0.12) == []
    assert presses.heard(Heard(0, released="7", seconds=0.16), 0.3) == []
    # The next one, with the sound first this time.
    assert presses.heard(Heard(0, key="7"), 1.0) == [Press("7", True, tone=True)]
    assert run(presses, events("7", 9000), 1.02) == []
    assert presses.heard(Heard(0, released="7", seconds=0.15), 1.2) == [Press("7", False, 0.15, tone=True)]


def test_the_same_key_twice_both_ways_is_pressed_twice() -> None:
    presses, told = Presses(), []
    for at, begin in enumerate((0.0, 0.16)):
        told += run(presses, events("5", 1000 + 1280 * at, duration=640), begin)
    told += presses.heard(Heard(0, key="5"), 0.1)
    told += presses.heard(Heard(0, key="5"), 0.26)
    assert [press.key for press in told if press.down] == ["5", "5"]


def test_tones_alone_are_pressed_as_often_as_they_are_heard() -> None:
    presses, told = Presses(), []
    for at in range(3):
        told += presses.heard(Heard(0, key="1"), at * 0.08)
        told += presses.heard(Heard(0, released="1", seconds=0.04), at * 0.08 + 0.04)
    assert len(told) == 6


def test_what_is_no_key_is_passed_over_and_what_is_cut_off_refused() -> None:
    presses = Presses()
    assert presses.heard(Heard(0, speech=True), 0.0) == []
    with pytest.raises(MalformedEvent):
        presses.packet(RtpPacket(101, 0, 0, 7, b"\x01"), 8000, 0.0)
