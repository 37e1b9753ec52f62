from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.wire.dtmf import KEYS, KeyReceiver, MalformedEvent, TelephoneEvent, parse_event, press
from yuelai.wire.rtp import RtpPacket


def packets(keys: str, *, start: int = 1000, gap: int = 2400, ssrc: int = 7) -> Iterator[RtpPacket]:
    sequence, timestamp = 1, start
    for key in keys:
        for event in press(key):
            yield RtpPacket(101, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, event.payload, event.marker)
            sequence += 1
        timestamp += gap


def heard(stream: list[RtpPacket]) -> str:
    receiver = KeyReceiver()
    return "".join(filter(None, map(receiver.receive, stream)))


def test_each_press_is_told_once_though_its_end_comes_three_times() -> None:
    assert heard(list(packets("1229#*AD"))) == "1229#*AD"


def test_the_wrap_of_the_timestamp_changes_nothing() -> None:
    assert heard(list(packets("5555", start=0xFFFFFFFF - 3000))) == "5555"


@settings(deadline=None)
@given(st.text(KEYS, min_size=1, max_size=6), st.data())
def test_a_press_is_heard_while_any_one_of_its_packets_arrives(keys: str, data: st.DataObject) -> None:
    stream = list(packets(keys))
    kept = [
        packet
        for timestamp in sorted({p.timestamp for p in stream})
        for packet in data.draw(
            st.lists(
                st.sampled_from([p for p in stream if p.timestamp == timestamp]),
                min_size=1,
                unique_by=lambda p: p.sequence,
            )
        )
    ]
    assert heard(kept) == keys


def test_a_late_packet_of_the_key_before_is_not_a_new_press() -> None:
    stream = list(packets("12"))
    boundary = next(i for i, p in enumerate(stream) if p.timestamp != stream[0].timestamp)
    stream[boundary - 1], stream[boundary] = stream[boundary], stream[boundary - 1]
    assert heard(stream) == "12"


@settings(deadline=None)
@given(st.text(KEYS, min_size=1, max_size=8), st.data())
def test_a_press_is_told_once_however_its_packets_are_doubled_and_mixed_up(keys: str, data: st.DataObject) -> None:
    """Within a press: packets of two presses 80 ms apart do not overtake each other on any network worth a call."""
    stream = list(packets(keys))
    arrived = []
    for timestamp in sorted({p.timestamp for p in stream}):
        own = [p for p in stream if p.timestamp == timestamp]
        arrived += data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=2 * len(own)))
    assert heard(arrived) == keys


def test_a_thousand_numbers_are_heard_over_a_network_that_loses_and_doubles() -> None:
    random = Random(1)
    for _ in range(1000):
        keys = "".join(random.choices(KEYS, k=random.randint(4, 12)))
        duration, gap = random.choice([320, 640, 1280]), random.choice([2400, 3200])
        arrived = []
        for at, key in enumerate(keys):
            own = [
                RtpPacket(101, 0, 5000 + at * gap, 7, event.payload, event.marker)
                for event in press(key, duration=duration)
            ]
            kept = [p for p in own if random.random() > 0.3 for _ in range(random.choice([1, 1, 1, 2]))]
            arrived += kept or [random.choice(own)]
        assert heard(arrived) == keys


def test_how_long_a_press_was_is_known_from_any_of_its_ends() -> None:
    receiver = KeyReceiver()
    for packet in list(packets("5"))[-1:]:
        assert receiver.receive(packet) == "5"
    assert receiver.ended
    assert receiver.duration == 1280


def test_a_key_held_past_sixteen_bits_is_one_press() -> None:
    def packet(timestamp: int, duration: int, end: bool, marker: bool = False) -> RtpPacket:
        return RtpPacket(101, 0, timestamp, 1, bytes(TelephoneEvent(3, end, duration)), marker)

    held = [
        packet(0, 160, False, True),
        packet(0, 0xFFFF, False),
        packet(0xFFFF, 160, False),
        packet(0xFFFF, 320, True),
    ]
    assert heard(held) == "3"
    receiver = KeyReceiver()
    assert [receiver.receive(packet) for packet in held] == ["3", None, None, None]
    assert receiver.duration == 0xFFFF + 320
    assert heard([*held, packet(0xFFFF * 2, 160, False, True)]) == "33"


def test_a_new_source_begins_anew() -> None:
    assert heard([*packets("1"), *packets("1", ssrc=8)]) == "11"


def test_events_that_are_no_keys_are_passed_over() -> None:
    flash = RtpPacket(101, 1, 1, 1, bytes(TelephoneEvent(16, False, 160)))
    assert KeyReceiver().receive(flash) is None


def test_a_cut_off_payload_is_refused() -> None:
    with pytest.raises(MalformedEvent):
        parse_event(b"\x01\x0a\x00")


def test_a_press_lasts_what_it_says_and_ends_three_times() -> None:
    events = [(p.offset, parse_event(p.payload)) for p in press("9", duration=480)]
    assert [(offset, e.end, e.duration) for offset, e in events] == [
        (0, False, 160),
        (160, False, 320),
        (320, False, 480),
        (480, True, 480),
        (640, True, 480),
        (800, True, 480),
    ]
