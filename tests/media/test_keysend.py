from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.hearing.sounds import listen
from yuelai.media.embedded.keysend import MOST, KeySender, pass_on
from yuelai.media.embedded.presses import Press
from yuelai.media.ports import KeyMode, MediaError
from yuelai.wire.dtmf import KEYS, KeyReceiver, parse_event
from yuelai.wire.rtp import RtpPacket

FRAME = 160


class Line:
    """A leg's RTP line with its keys, tick by tick."""

    def __init__(self, clock: int = 8000) -> None:
        self.sender, self.clock, self.timestamp = KeySender(), clock, 0xFFFFF000
        self.packets: list[RtpPacket] = []
        self.quiet: list[bool] = []

    def run(self, ticks: int | None = None) -> None:
        """Let time pass, or as much as the sender is busy."""
        while self.sender.busy if ticks is None else ticks > 0:
            ticks = None if ticks is None else ticks - 1
            for stamp, marker, payload in self.sender.events(self.clock, self.timestamp):
                self.packets.append(RtpPacket(101, len(self.packets), stamp, 7, payload, marker))
            self.quiet.append(self.sender.quiet)
            self.timestamp = (self.timestamp + self.clock // 50) & 0xFFFFFFFF

    def heard(self) -> str:
        receiver = KeyReceiver()
        return "".join(filter(None, map(receiver.receive, self.packets)))


def sounded(sender: KeySender) -> np.ndarray:
    frames = []
    while sender.busy:
        frame = np.full(FRAME, 1000, np.float32)
        sender.mix_into(frame)
        frames.append(frame)
    return np.concatenate([*frames, np.zeros(8 * FRAME, np.float32)]).astype(np.int16)[None]


@settings(deadline=None)
@given(
    st.text(KEYS, min_size=1, max_size=12), st.integers(40, 400), st.integers(40, 200), st.sampled_from([8000, 48000])
)
def test_keys_are_heard_as_they_were_queued(keys: str, duration: int, pause: int, clock: int) -> None:
    line = Line(clock)
    line.sender.queue(keys.lower(), duration, pause)
    line.run()
    assert line.heard() == keys
    assert not line.sender.busy


def test_an_event_says_its_end_three_times_and_its_sound_pauses_meanwhile() -> None:
    line = Line()
    line.sender.queue("5", 100, 80)
    line.run()
    events = [(parse_event(p.payload), p.timestamp, p.marker) for p in line.packets]
    assert [(e.duration, e.end, marker) for e, _, marker in events] == [
        (160, False, True),
        (320, False, False),
        (480, False, False),
        (640, False, False),
        (800, False, False),
        (800, True, False),
        (800, True, False),
        (800, True, False),
    ]
    assert {stamp for _, stamp, _ in events} == {0xFFFFF000}
    assert line.quiet == [True] * 5 + [False] * 4


def test_the_next_key_waits_for_its_pause() -> None:
    line = Line()
    line.sender.queue("12", 60, 100)
    line.run()
    one, other = sorted({p.timestamp for p in line.packets}, key=lambda t: (t - 0xFFFFF000) & 0xFFFFFFFF)
    assert (other - one) & 0xFFFFFFFF == 8 * FRAME


def test_a_long_press_goes_on_in_segments() -> None:
    line = Line(48000)
    line.sender.queue("9", 3000, 40)
    line.run()
    receiver = KeyReceiver()
    assert [key for key in map(receiver.receive, line.packets) if key] == ["9"]
    assert receiver.ended
    assert receiver.duration == 3 * 48000
    assert [p.marker for p in line.packets].count(True) == 1


@pytest.mark.parametrize(
    ("keys", "duration", "pause"),
    [("12x", 160, 80), ("1 2", 160, 80), ("1", 20, 80), ("1", 20_000, 80), ("1", 160, 0), ("1" * (MOST + 1), 160, 80)],
)
def test_what_cannot_be_pressed_is_refused_whole(keys: str, duration: int, pause: int) -> None:
    sender = KeySender()
    with pytest.raises(MediaError):
        sender.queue(keys, duration, pause)
    assert not sender.busy


def test_the_queue_is_bounded_for_those_who_come_later_too() -> None:
    sender = KeySender()
    sender.queue("1" * MOST)
    with pytest.raises(MediaError):
        sender.queue("1")
    for speaker in range(MOST):
        sender.hold(speaker, "2")
    assert len(sounded(sender)[0]) < (MOST + 1) * 15 * FRAME


def test_without_events_a_key_is_its_tones_in_the_place_of_the_sound() -> None:
    sender = KeySender()
    sender.queue(KEYS, 60, 60)
    sound = sounded(sender)
    found = [heard for _, heard in listen(sound, tones=True)[0]]
    assert "".join(h.key for h in found if h.key) == KEYS
    assert [h.seconds for h in found if h.released] == pytest.approx([0.06] * 16, abs=0.011)
    # Between them what was to be heard anyway.
    assert np.count_nonzero(sound == 1000) >= 15 * 3 * FRAME
    assert np.abs(sound.astype(int)).max() < 25_000


def test_a_key_held_by_another_leg_lasts_as_long_as_it_is_held() -> None:
    line = Line()
    line.sender.hold("alice", "4")
    line.run(10)
    line.sender.release("alice", 0.19)
    line.run()
    last = parse_event(line.packets[-1].payload)
    assert (last.end, last.duration) == (True, 10 * FRAME)
    assert line.quiet.count(True) == 10
    assert line.heard() == "4"


def test_a_key_that_was_released_before_it_could_be_pressed_lasts_as_long_as_it_was() -> None:
    line = Line()
    line.sender.queue("1", 200, 40)
    line.sender.hold("alice", "2")
    line.sender.release("alice", 0.12)
    line.run()
    assert line.heard() == "12"
    assert parse_event(line.packets[-1].payload).duration == 960


def test_a_key_that_nobody_releases_ends() -> None:
    line = Line()
    line.sender.hold("alice", "4")
    line.run(10 * 50 + 10)
    assert not line.sender.busy


def _taken(press: Press, mode: KeyMode) -> list[bool]:
    """Whether a listener with telephone events hears it, and one without."""
    takers = [(KeySender(), True), (KeySender(), False)]
    pass_on(press, mode, 3, takers)
    return [sender.busy for sender, _ in takers]


@pytest.mark.parametrize("tone", [False, True])
def test_who_hears_a_key_is_as_the_mode_says(tone: bool) -> None:
    press = Press("1", True, tone=tone)
    assert _taken(press, KeyMode.BLOCK) == [False, False]
    # Tones that are relayed are in the sound already.
    assert _taken(press, KeyMode.RELAY) == [not tone, False]
    assert _taken(press, KeyMode.TRANSLATE) == [True, True]


def test_a_key_passed_on_comes_up_when_the_party_lets_it_go() -> None:
    line = Line()
    pass_on(Press("8", True), KeyMode.RELAY, 3, [(line.sender, True)])
    line.run(4)
    pass_on(Press("8", False, 0.1), KeyMode.RELAY, 3, [(line.sender, True)])
    line.run()
    assert line.heard() == "8"
    assert parse_event(line.packets[-1].payload).duration == 800
