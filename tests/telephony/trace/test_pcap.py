"""The capture file, read back by a small reader of its own."""

from __future__ import annotations

import ipaddress
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telephony.trace.messages import CARRIER, answered, message
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.telephony.trace.pcap import pcap
from yuelai.telephony.trace.segments import Traced


def traced(hop: Hop, data: bytes, sent: bool, at: float = 1_763_800_000.25) -> Traced:
    return Traced(at, sent, str(hop), "c", data)


def folded(data: bytes) -> int:
    """The sum that is 0xFFFF where a checksum inside is right."""
    total = 0
    for index in range(0, len(data), 2):
        total += (data[index] << 8) + (data[index + 1] if index + 1 < len(data) else 0)
        total = (total & 0xFFFF) + (total >> 16)
    return total


def read(data: bytes) -> Iterator[tuple[float, str, int, str, int, bytes]]:
    magic, major, minor, _, _, snap, link = struct.unpack_from("!IHHiIII", data)
    assert (magic, major, minor, link) == (0xA1B2C3D4, 2, 4, 101)
    at = 24
    while at < len(data):
        seconds, micros, length, original = struct.unpack_from("!IIII", data, at)
        assert length == original <= snap
        frame = data[at + 16 : at + 16 + length]
        at += 16 + length
        if frame[0] >> 4 == 4:
            assert struct.unpack_from("!H", frame, 2)[0] == length
            assert frame[9] == 17
            assert folded(frame[:20]) == 0xFFFF
            source, target, rest = frame[12:16], frame[16:20], frame[20:]
            pseudo = source + target + struct.pack("!BBH", 0, 17, len(rest))
        else:
            assert frame[0] >> 4 == 6
            assert frame[6] == 17
            source, target, rest = frame[8:24], frame[24:40], frame[40:]
            assert struct.unpack_from("!H", frame, 4)[0] == len(rest)
            pseudo = source + target + struct.pack("!IBBBB", len(rest), 0, 0, 0, 17)
        assert folded(pseudo + rest) == 0xFFFF
        start, end, size, _ = struct.unpack_from("!HHHH", rest)
        assert size == len(rest)
        yield (
            seconds + micros / 1e6, str(ipaddress.ip_address(source)), start, str(ipaddress.ip_address(target)), end,
            rest[8:],
        )  # fmt: skip


def test_every_message_is_a_datagram_between_the_two_ends() -> None:
    sent = [traced(hop, data, out) for hop, data, out in answered()]
    found = list(read(pcap(sent, "192.0.2.1", 5060)))
    assert [frame[5] for frame in found] == [data for _, data, _ in answered()]
    assert found[0] == (1_763_800_000.25, "192.0.2.10", 5060, "192.0.2.1", 5060, answered()[0][1])
    assert found[1][1:5] == ("192.0.2.1", 5060, "192.0.2.10", 5060)


def test_ipv6_streams_browsers_and_mixed_ends_have_addresses() -> None:
    data = message("OPTIONS sip:x SIP/2.0", cseq="1 OPTIONS")
    hops: list[Hop] = [
        UdpHop("2001:db8::7", 5060), StreamHop("TLS", "192.0.2.9", 5061, "pbx.example"), FlowHop("w1"), FlowHop("w2"),
    ]  # fmt: skip
    found = list(read(pcap([traced(hop, data, False) for hop in hops], "192.0.2.1", 5060)))
    assert found[0][1:5] == ("2001:db8::7", 5060, "::ffff:c000:201", 5060)
    assert found[1][1:3] == ("192.0.2.9", 5061)
    assert found[2][1] != found[3][1]
    (frame,) = read(pcap([traced(CARRIER, data, True)], "2001:db8::1", 5060))
    assert frame[1] == "2001:db8::1"


def test_odd_lengths_and_long_messages_fit() -> None:
    long = message("MESSAGE sip:x SIP/2.0", cseq="1 MESSAGE", body="x" * 65_400)
    (frame,) = read(pcap([traced(CARRIER, long, True)], "192.0.2.1", 5060))
    assert long.startswith(frame[5])
    assert len(frame[5]) == 65_000
    for size in range(4):
        (frame,) = read(pcap([traced(CARRIER, b"y" * size, True)], "192.0.2.1", 5060))
        assert frame[5] == b"y" * size


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not here")
def test_tshark_reads_it_as_sip(tmp_path: Path) -> None:
    file = tmp_path / "call.pcap"
    file.write_bytes(pcap([traced(hop, data, out) for hop, data, out in answered()], "192.0.2.1", 5060))
    command = ["tshark", "-r", str(file), "-Y", "sip", "-T", "fields", "-e", "sip.Method", "-e", "sip.Status-Code"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert lines == ["INVITE", "100", "180", "200", "ACK", "BYE", "200"]
