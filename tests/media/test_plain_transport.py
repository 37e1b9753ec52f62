"""Whose packets are heard: real sockets, several addresses of the loopback network, no engine."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator

import pytest

from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.io import MAX_PER_READ
from yuelai.media.embedded.leg import SILENT_AFTER, Leg
from yuelai.media.embedded.path import SoundPath
from yuelai.media.embedded.plain import SETTLED_AFTER, PlainTransport
from yuelai.media.embedded.player import Player
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.ports import LegHeard, LegOptions, LegSilent, MediaError, MediaEvent
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.rtp import RtpPacket, parse

OTHER = "127.0.0.2"


class Peer:
    def __init__(self, address: str = "127.0.0.1") -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((address, 0))
        self.sock.setblocking(False)
        self.name = self.sock.getsockname()
        self._sequence = 0

    def say(self, port: int, count: int = 1) -> None:
        for _ in range(count):
            self._sequence += 1
            packet = RtpPacket(0, self._sequence, self._sequence * FRAME, 1, bytes(FRAME))
            self.sock.sendto(bytes(packet), ("127.0.0.1", port))

    def heard(self) -> list[RtpPacket]:
        packets = []
        while select.select([self.sock], [], [], 0)[0]:
            packets.append(parse(self.sock.recv(2048)))
        return packets


class World:
    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self.events: list[MediaEvent] = []
        self.path, self.leg = SoundPath(), LegId(new_id())
        pool, options = PortPool("127.0.0.1", 50_000, 60_000), LegOptions()
        self.transport = PlainTransport(pool, "127.0.0.1", options, lambda: self.path.changed_at(self.leg))
        self.now = 1000.0
        slot, player = self.path.slot(), Player(lambda *_: None)
        self.path.open(Leg(self.leg, slot, self.transport, self.events.append, options, player), self.now)

    def peer(self, address: str = "127.0.0.1") -> Peer:
        self.peers.append(Peer(address))
        return self.peers[-1]

    def offer(self, peer: Peer, direction: str = "sendrecv") -> None:
        host, port = peer.name
        self.transport.take_offer(
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na={direction}\r\n"
        )
        self.path.negotiated(self.path.legs[self.leg], self.now)

    def speak(self) -> None:
        with contextlib.suppress(OSError):
            self.transport.sender(bytes(RtpPacket(0, 1, 1, 1, bytes(FRAME))))

    def packets(self) -> int:
        """Return how many packets of sound came since the last time."""
        self.now += 0.004
        before = self.path.figures()["packets_in"]
        self.path.listen(self.now)
        return int(self.path.figures()["packets_in"] - before)

    def tick(self) -> bool:
        """Return whether anything was heard."""
        return self.packets() > 0


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.path.close(world.path.legs[world.leg])
    world.path.shut_down()
    for peer in world.peers:
        peer.sock.close()


def test_before_the_peer_is_heard_we_send_where_it_said(world: World) -> None:
    peer = world.peer()
    world.offer(peer)
    world.speak()
    assert len(peer.heard()) == 1


def test_the_signalled_host_may_send_from_another_port_which_then_gets_our_sound(world: World) -> None:
    said, real = world.peer(), world.peer()
    world.offer(said)
    real.say(world.transport.port)
    assert world.tick()
    world.speak()
    assert (len(said.heard()), len(real.heard())) == (0, 1)


def test_once_the_signalled_port_is_heard_no_other_source_is(world: World) -> None:
    peer, neighbour, stranger = world.peer(), world.peer(), world.peer(OTHER)
    world.offer(peer)
    peer.say(world.transport.port)
    assert world.tick()
    neighbour.say(world.transport.port)
    stranger.say(world.transport.port)
    assert not world.tick()
    world.speak()
    assert len(peer.heard()) == 1


def test_another_port_of_the_signalled_host_gives_way_to_the_signalled_one(world: World) -> None:
    """An early answer's media server may go on sending from the host that answers for good."""
    peer, early = world.peer(), world.peer()
    world.offer(peer)
    early.say(world.transport.port)
    assert world.tick()
    peer.say(world.transport.port)
    assert world.tick()
    early.say(world.transport.port)
    assert not world.tick()
    world.speak()
    assert (len(early.heard()), len(peer.heard())) == (0, 1)


def test_a_foreign_host_is_heard_only_until_the_signalled_one_speaks(world: World) -> None:
    peer, nat, stranger = world.peer(), world.peer(OTHER), world.peer("127.0.0.3")
    world.offer(peer)
    nat.say(world.transport.port)
    assert world.tick()
    stranger.say(world.transport.port)
    assert not world.tick()
    world.speak()
    assert (len(nat.heard()), len(stranger.heard())) == (1, 0)
    peer.say(world.transport.port)
    assert world.tick()
    nat.say(world.transport.port)
    assert not world.tick()
    world.speak()
    assert (len(nat.heard()), len(peer.heard())) == (0, 1)


def test_what_is_no_sound_of_ours_settles_nothing(world: World) -> None:
    peer, scanner = world.peer(), world.peer(OTHER)
    world.offer(peer)
    for data in (b"", b"GET / HTTP/1.1", bytes(RtpPacket(99, 1, 1, 1, b"x"))):
        scanner.sock.sendto(data, ("127.0.0.1", world.transport.port))
    assert not world.tick()
    world.speak()
    assert (len(peer.heard()), len(scanner.heard())) == (1, 0)


def test_a_new_address_in_a_new_offer_is_followed_the_same_one_changes_nothing(world: World) -> None:
    said, real, moved = world.peer(), world.peer(), world.peer()
    world.offer(said)
    real.say(world.transport.port)
    world.tick()
    world.offer(said)
    world.speak()
    assert len(real.heard()) == 1
    world.offer(moved)
    world.speak()
    assert (len(real.heard()), len(moved.heard())) == (0, 1)


def test_what_others_sent_before_the_signalled_port_was_heard_is_not_taken_for_its_own(world: World) -> None:
    peer, stranger = world.peer(), world.peer(OTHER)
    world.offer(peer)
    peer.say(world.transport.port)
    for _ in range(MAX_PER_READ + 1):
        stranger.say(world.transport.port)
    assert [world.packets() for _ in range(3)] == [1, 0, 0]


def test_a_connected_socket_hears_its_peer_and_lets_go_of_it_for_another(world: World) -> None:
    peer, moved, stranger = world.peer(), world.peer(), world.peer(OTHER)
    world.offer(peer)
    peer.say(world.transport.port)
    assert world.tick()
    world.transport.look_after(world.now + SETTLED_AFTER + 1)
    assert world.transport.ports[0].connected
    peer.say(world.transport.port, 2)
    stranger.say(world.transport.port)
    assert world.packets() == 2
    port = world.transport.port
    world.offer(moved)
    assert world.transport.port == port
    moved.say(port)
    assert world.tick()
    peer.say(port)
    assert not world.tick()


def test_a_flood_is_read_a_little_at_a_time(world: World) -> None:
    peer = world.peer()
    world.offer(peer)
    peer.say(world.transport.port, MAX_PER_READ + 5)
    assert [world.packets() for _ in range(3)] == [MAX_PER_READ, 5, 0]


def test_ports_are_even_and_a_used_up_range_is_told() -> None:
    pool = PortPool("127.0.0.1", 50_001, 50_009)
    pairs = []
    with pytest.raises(MediaError, match="port"):
        while True:
            pairs.append(pool.pair())
    assert 1 <= len(pairs) <= 4
    for rtp, rtcp in pairs:
        assert rtp.getsockname()[1] % 2 == 0
        assert rtcp.getsockname()[1] == rtp.getsockname()[1] + 1
        rtp.close()
        rtcp.close()


def silences(world: World, seconds: float, *, speaking: Peer | None = None) -> list[MediaEvent]:
    world.path.negotiated(world.path.legs[world.leg], world.now)
    for second in range(int(seconds)):
        if speaking is not None and second == 15:
            speaking.say(world.transport.port)
        for _ in range(50):
            world.now += 0.02
            world.path.tick(world.now)
    return world.events


def test_a_silent_leg_is_told_once_per_silence_and_so_is_its_return(world: World) -> None:
    peer = world.peer()
    world.offer(peer)
    events = silences(world, 40, speaking=peer)
    assert [type(event) for event in events] == [LegSilent, LegHeard, LegSilent]
    assert all(SILENT_AFTER <= e.seconds <= SILENT_AFTER + 1 for e in events if isinstance(e, LegSilent))


@pytest.mark.parametrize("direction", ["recvonly", "inactive"])
def test_a_leg_that_said_it_would_not_send_is_not_missed(world: World, direction: str) -> None:
    world.offer(world.peer(), direction)
    assert silences(world, 30) == []


def test_a_phone_whose_nat_gave_it_another_port_while_it_was_held_is_heard_again_once_it_says_so(world: World) -> None:
    said, before, after, stranger = world.peer(), world.peer(OTHER), world.peer(OTHER), world.peer("127.0.0.3")
    world.offer(said)
    before.say(world.transport.port)
    assert world.tick()
    world.offer(said, "sendonly")
    world.now += 60
    world.transport.look_after(world.now)
    after.say(world.transport.port)
    assert not world.tick()
    world.offer(said)
    world.speak()
    assert len(before.heard()) == 1
    after.say(world.transport.port)
    assert world.tick()
    world.speak()
    assert len(after.heard()) == 1
    stranger.say(world.transport.port)
    assert not world.tick()


def test_nobody_takes_the_place_of_who_is_heard_when_it_negotiates_anew(world: World) -> None:
    said, real, stranger = world.peer(), world.peer(OTHER), world.peer("127.0.0.3")
    world.offer(said)
    for _ in range(2):
        real.say(world.transport.port)
        assert world.tick()
        world.transport.look_after(world.now)
        world.offer(said)
        stranger.say(world.transport.port)
        assert not world.tick()
        world.now += 2
    world.now += 2
    world.transport.look_after(world.now)
    real.say(world.transport.port)
    assert world.tick()
    world.offer(said)
    stranger.say(world.transport.port)
    assert not world.tick()
