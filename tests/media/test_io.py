"""Batches: headers of all rows read at once are those that reading one by one would give."""

from __future__ import annotations

import secrets
import socket

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.media.embedded.io import ROWS, Address, Batch, Port, Ports, parse
from yuelai.wire import rtp

packets = st.binary(min_size=12, max_size=64) | st.builds(
    lambda first, rest: bytes([0x80 | first]) + rest, st.integers(0, 63), st.binary(min_size=11, max_size=80)
)


def batch(data: list[bytes]) -> Batch:
    buffer = np.zeros((len(data), 2048), np.uint8)
    for row, packet in enumerate(data):
        buffer[row, : len(packet)] = np.frombuffer(packet, np.uint8)
    sizes = np.array([len(packet) for packet in data], np.intp)
    return parse(buffer, [row.data for row in buffer], np.zeros(len(data), np.intp), sizes, [])


@given(st.lists(packets, min_size=1, max_size=8))
def test_a_batch_reads_as_its_packets_do(data: list[bytes]) -> None:
    found = batch(data)
    for row, raw in enumerate(data):
        try:
            packet = rtp.parse(raw)
        except rtp.MalformedRtp:
            assert found.ends[row] < found.starts[row]
            continue
        assert found.payload(row) == packet.payload
        assert (found.types[row], found.sequences[row]) == (packet.payload_type, packet.sequence)
        assert (found.timestamps[row], found.ssrcs[row]) == (packet.timestamp, packet.ssrc)
        assert bool(found.markers[row]) is packet.marker


class Carrier:
    """A transport that writes down what it is asked."""

    def __init__(self) -> None:
        self.others: list[bytes] = []
        self.asked: list[bool] = []
        self.admitted = True

    def admits(self, source: Address, *, report: bool) -> bool:
        self.asked.append(report)
        return self.admitted

    def heard(self, source: Address, now: float) -> None:
        raise AssertionError

    def other(self, data: bytes, source: Address, now: float) -> None:
        self.others.append(data)
        if data == b"\x01break":
            raise ZeroDivisionError

    def unprotect(self, data: bytes) -> bytes | None:
        return data[:-4] if data.endswith(b"seal") else None

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        return self.unprotect(data)


class World:
    def __init__(self) -> None:
        self.failed: list[Port] = []
        self.ports, self.carrier = Ports(self.failed.append), Carrier()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self.port = Port(self.sock, self.carrier, slot=5)
        self.ports.add(self.port)
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peer.connect(self.sock.getsockname())

    def read(self, *data: bytes) -> list[bytes]:
        for datagram in data:
            self.peer.send(datagram)
        return [
            found.payload(row)
            for found in self.ports.read(1.0)
            for row in range(len(found.slots))
            if found.ends[row] >= found.starts[row]
        ]


@pytest.fixture
def world() -> World:
    return World()


RTP = bytes(rtp.RtpPacket(0, 1, 2, 3, b"sound"))
RTCP = bytes([0x80, 201, 0, 1]) + bytes(4)


def test_sound_reports_and_other_datagrams_on_one_socket_are_told_apart(world: World) -> None:
    assert world.read(RTP, RTCP, b"\x00\x01stun", b"", b"\x80") == [b"sound"]
    assert world.ports.reports == [(5, RTCP)]
    assert world.carrier.others == [b"\x00\x01stun"]
    assert world.carrier.asked == [False, True]


def test_what_is_not_admitted_or_not_sealed_is_dropped(world: World) -> None:
    world.port.protected = True
    assert world.read(RTP, RTP + b"seal", RTCP, RTCP + b"seal") == [b"sound"]
    assert world.ports.reports == [(5, RTCP)]
    world.carrier.admitted = False
    assert world.read(RTP + b"seal", RTCP + b"seal") == []
    assert len(world.ports.reports) == 1


def test_reports_come_along_with_the_sound_of_a_connected_socket_too(world: World) -> None:
    world.port.connected = True
    assert world.read(RTCP, RTP) == [b"sound"]
    assert world.ports.reports == [(5, RTCP)]
    assert world.carrier.asked == []


def test_a_datagram_that_breaks_its_reader_is_told_and_the_next_is_read(world: World) -> None:
    assert world.read(b"\x01break", RTP) == [b"sound"]
    assert world.failed == [world.port]


def test_a_port_taken_out_is_not_read_any_more(world: World) -> None:
    world.ports.remove(world.port)
    world.ports.remove(world.port)
    assert world.read(RTP) == []
    assert len(world.ports) == 0


def test_more_than_a_batch_is_given_in_order_in_several(world: World) -> None:
    crowd = [World() for _ in range(ROWS // 8 + 4)]
    said = []
    for number, each in enumerate(crowd):
        world.ports.add(Port(each.sock, each.carrier, slot=number))
        for _ in range(8):
            said.append(secrets.token_bytes(3))
            each.peer.send(bytes(rtp.RtpPacket(0, 1, 1, 1, said[-1])))
    found = [
        (int(each.slots[row]), each.payload(row)) for each in world.ports.read(1.0) for row in range(len(each.slots))
    ]
    assert len(found) == len(said) > ROWS
    for number in range(len(crowd)):
        assert [data for slot, data in found if slot == number] == said[number * 8 : number * 8 + 8]
