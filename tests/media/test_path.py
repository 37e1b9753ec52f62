"""What a listener gets while its call is relayed, mixed, and changes between the two: real sockets, virtual time."""

from __future__ import annotations

import itertools
import select
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from yuelai.media.embedded.engine import Engine
from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.ports import Digit, KeyMode, LegKind, LegOptions, MediaEvent, Side, TapFrame
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.dtmf import parse_event, press
from yuelai.wire.g711 import Law, decode, encode
from yuelai.wire.rtp import RtpPacket, is_rtcp, parse
from yuelai.wire.sdp import parse_sdp

CYCLE = 80
"""Samples of the tone's period: 100 Hz, 4 whole cycles of it in two frames."""


class Party:
    def __init__(self, engine: Engine, law: Law, options: LegOptions, *, events: bool, mux: bool) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.leg, self.law = LegId(new_id()), law
        self.told: list[MediaEvent] = []
        self.heard: list[RtpPacket] = []
        self.reports: list[bytes] = []
        self.sequence, self.timestamp, self.spoken = 65_500, 2**32 - 9_000, 0
        formats = f"{int(law)} 101" if events else f"{int(law)}"
        offer = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.sock.getsockname()[1]} RTP/AVP {formats}\r\n"
        ) + ("a=rtpmap:101 telephone-event/8000\r\n" if events else "")
        offer += "a=rtcp-mux\r\n" if mux else ""
        answer = parse_sdp(engine.create_leg(self.leg, LegKind.PLAIN, self.told.append, offer, options))
        self.port = answer.audio.port

    def send(self, payload_type: int, payload: bytes, *, stamp: int | None = None, marker: bool = False) -> None:
        timestamp = self.timestamp if stamp is None else stamp
        packet = RtpPacket(payload_type, self.sequence, timestamp & 0xFFFFFFFF, 7, payload, marker)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.sock.sendto(bytes(packet), ("127.0.0.1", self.port))

    def say(self) -> None:
        """Say the next 20 ms of a tone."""
        time = np.arange(self.spoken, self.spoken + FRAME)
        self.send(self.law, encode((8000 * np.sin(2 * np.pi * time / CYCLE)).astype(np.int16), self.law))
        self.pass_time()

    def pass_time(self) -> None:
        self.spoken += FRAME
        self.timestamp = (self.timestamp + FRAME) & 0xFFFFFFFF

    def listen(self) -> None:
        while select.select([self.sock], [], [], 0)[0]:
            data = self.sock.recv(2048)
            if is_rtcp(data):
                self.reports.append(data)
            else:
                self.heard.append(parse(data))

    def sound(self) -> np.ndarray:
        packets = [packet for packet in self.heard if packet.payload_type == self.law]
        return np.concatenate([decode(packet.payload, self.law) for packet in packets])


class World:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)
        self.engine = Engine(Settings(bind="127.0.0.1", rtp_ports="50000-60000"))
        self.parties: list[Party] = []

    def party(
        self, law: Law = Law.PCMU, options: LegOptions | None = None, *, events: bool = True, mux: bool = False
    ) -> Party:
        self.parties.append(Party(self.engine, law, options or LegOptions(), events=events, mux=mux))
        return self.parties[-1]

    def run(self, ticks: int, *speakers: Party) -> None:
        for _ in range(ticks):
            for speaker in speakers:
                speaker.say()
            self.tick()

    def tick(self) -> None:
        for _ in range(4):
            self.now += 0.004
            self.engine.listen()
        self.now += 0.004
        self.engine.tick()
        for party in self.parties:
            party.listen()

    @property
    def relayed(self) -> int:
        return int(self.engine.health()["relayed"])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(monkeypatch)
    yield world
    world.engine.shut_down()
    for party in world.parties:
        party.sock.close()


def even(packets: list[RtpPacket]) -> bool:
    """One line of packets: each has the next number, and begins where the one before ended."""
    return all(
        (b.sequence - a.sequence) & 0xFFFF == 1
        and (b.timestamp - a.timestamp) & 0xFFFFFFFF == len(a.payload)
        and a.ssrc == b.ssrc
        for a, b in itertools.pairwise(packets)
    )


def flaws(sound: np.ndarray) -> int:
    """Return how many samples do not follow from the one a period before, once the tone has begun."""
    begun = int(np.argmax(np.abs(sound) > 6000)) + CYCLE
    sound = sound[begun:].astype(np.int32)
    return int(np.count_nonzero(np.abs(sound[CYCLE:] - sound[:-CYCLE]) > 700))


@pytest.mark.parametrize("laws", [(Law.PCMU, Law.PCMU), (Law.PCMA, Law.PCMU)])
def test_sound_goes_over_from_mixing_to_relaying_and_back_without_a_hole(world: World, laws: tuple[Law, Law]) -> None:
    ann, bob = world.party(laws[0]), world.party(laws[1])
    world.engine.bridge(ann.leg, bob.leg)
    tap = new_id()
    frames: list[TapFrame] = []
    world.engine.tap(tap, ann.leg, frames.append, Side.SAID, 8000)
    world.run(40, ann, bob)
    assert world.relayed == 0
    world.engine.untap(tap)
    world.run(40, ann, bob)
    assert world.relayed == 2
    world.engine.tap(tap, ann.leg, frames.append, Side.SAID, 8000)
    world.run(60, ann, bob)
    assert world.relayed == 0
    for listener in (ann, bob):
        assert even(listener.heard)
        assert len(listener.heard) >= 134
        assert flaws(listener.sound()) == 0


def test_what_is_relayed_is_what_was_said_packet_by_packet(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    assert world.relayed == 2
    bob.heard.clear()
    said = [bytes([n]) * (FRAME * (1 + n % 2)) for n in range(10)]
    for payload in said:
        ann.send(0, payload)
        ann.timestamp += len(payload)
        world.run(1, bob)
    assert [packet.payload for packet in bob.heard] == said
    assert even(bob.heard)


def test_a_loss_before_us_is_a_loss_behind_us(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    bob.heard.clear()
    world.run(2, ann, bob)
    ann.sequence += 1
    ann.pass_time()
    world.run(2, ann, bob)
    steps = [(b.sequence - a.sequence) & 0xFFFF for a, b in itertools.pairwise(bob.heard)]
    assert steps == [1, 2, 1]


def test_another_source_on_the_same_leg_goes_on_in_our_line(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    for sequence, timestamp in ((30_000, 345), (30_020, 5)):
        ann.sequence, ann.timestamp = sequence, timestamp
        world.run(20, ann, bob)
    assert world.relayed == 2
    assert even(bob.heard)


def type_key(world: World, party: Party, key: str, *others: Party) -> None:
    begun, at = party.timestamp, 0
    for event in press(key):
        for _ in range((event.offset - at) // FRAME):
            world.run(1, *others)
            party.pass_time()
        at = event.offset
        party.send(101, event.payload, stamp=begun, marker=event.marker)
    world.run(2, *others)


@pytest.mark.parametrize("mode", list(KeyMode))
@pytest.mark.parametrize("tapped", [False, True], ids=["relayed", "mixed"])
def test_keys_are_heard_by_others_as_the_options_say(world: World, mode: KeyMode, tapped: bool) -> None:
    ann, bob = world.party(options=LegOptions(keys=mode)), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    if tapped:
        world.engine.tap(new_id(), bob.leg, lambda _: None, Side.SAID, 8000)
    world.run(20, ann, bob)
    bob.heard.clear()
    type_key(world, ann, "5", bob)
    world.run(30, ann, bob)
    events = [parse_event(packet.payload) for packet in bob.heard if packet.payload_type == 101]
    assert [event.digit for event in ann.told if isinstance(event, Digit)] == ["5"]
    if mode is KeyMode.BLOCK:
        assert events == []
    else:
        assert {event.code for event in events} == {5}
        assert len({p.timestamp for p in bob.heard if p.payload_type == 101}) == 1
        assert sum(event.end for event in events) == 3
        assert 1200 <= max(event.duration for event in events) <= 1600
    assert {(b.sequence - a.sequence) & 0xFFFF for a, b in itertools.pairwise(bob.heard)} == {1}
    assert world.relayed == (0 if tapped else 2)


def test_keys_may_be_allowed_while_a_call_is_relayed(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    world.engine.adjust(ann.leg, LegOptions(keys=KeyMode.RELAY))
    world.run(2, ann, bob)
    bob.heard.clear()
    type_key(world, ann, "5", bob)
    assert {parse_event(packet.payload).code for packet in bob.heard if packet.payload_type == 101} == {5}
    assert world.relayed == 2


def test_a_listener_without_telephone_events_hears_a_translated_key_as_tones(world: World) -> None:
    ann, bob = world.party(options=LegOptions(keys=KeyMode.TRANSLATE)), world.party(events=False)
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    bob.heard.clear()
    type_key(world, ann, "5", bob)
    world.run(30, bob)
    sound = bob.sound().astype(float)
    place = int(np.argmax(np.abs(sound) > 8000)) + 100
    window = sound[place : place + 600] * np.hanning(600)
    spectrum = np.abs(np.fft.rfft(window, RATE))
    assert abs(int(np.argmax(spectrum[600:1000])) + 600 - 770) < 6
    assert abs(int(np.argmax(spectrum[1150:1700])) + 1150 - 1336) < 6


def test_who_stops_sending_is_heard_as_silence_not_as_nothing(world: World) -> None:
    ann, bob = world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(20, ann, bob)
    assert world.relayed == 2
    bob.heard.clear()
    world.run(50, bob)
    assert world.relayed == 0
    assert len(bob.heard) >= 15
    bob.heard.clear()
    world.run(50, bob)
    assert len(bob.heard) == 50
    world.run(20, ann, bob)
    assert world.relayed == 2


def test_what_goes_wrong_with_one_leg_is_not_heard_by_others(world: World) -> None:
    ann, bob, cas = world.party(), world.party(), world.party()
    world.engine.bridge(ann.leg, bob.leg)

    def broken(_: TapFrame) -> None:
        raise ZeroDivisionError

    world.engine.tap(new_id(), cas.leg, broken, Side.SAID, 8000)
    world.engine.tap(new_id(), bob.leg, broken, Side.HEARD, 8000)
    world.run(60, ann, bob, cas)
    assert flaws(bob.sound()) == 0
    assert len(bob.heard) == len(cas.heard) == 60


def test_what_comes_late_again_and_again_is_not_counted_as_lost_each_time(world: World) -> None:
    ann = world.party()
    world.run(60, ann)
    for _ in range(4):
        missing, stamp = ann.sequence, ann.timestamp
        ann.sequence += 1
        ann.pass_time()
        world.run(50, ann)
        after, ann.sequence = ann.sequence, missing & 0xFFFF
        ann.send(0, bytes(FRAME), stamp=stamp)
        ann.sequence = after
        world.run(50, ann)
    assert world.engine.health()["lost"] <= 1
