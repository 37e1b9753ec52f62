from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.wire.rtp import MalformedRtp, RtpPacket, is_rtcp, parse, sequence_distance, timestamp_distance

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=320),
    marker=st.booleans(),
)


@settings(deadline=None)
@given(packets)
def test_a_packet_survives_building_and_parsing(packet: RtpPacket) -> None:
    assert parse(bytes(packet)) == packet


@settings(deadline=None)
@given(st.binary(max_size=64))
def test_any_bytes_parse_or_are_refused_as_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedRtp):
        parse(data)


def test_contributing_sources_extension_and_padding_are_skipped() -> None:
    header = bytes([0x80 | 0x20 | 0x10 | 2, 0x80 | 8]) + bytes.fromhex("0102 00000003 00000004")
    extension = bytes.fromhex("bede 0001 aabbccdd")
    packet = parse(header + bytes(8) + extension + b"sound" + b"\0\0\3")
    assert packet == RtpPacket(8, 0x0102, 3, 4, b"sound", True)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x00",
        b"\x40" + bytes(11),
        b"\x90" + bytes(11),
        b"\x90" + bytes(13) + b"\xff\xff",
        b"\xa0" + bytes(12),
        b"\xa0" + bytes(11) + b"\x09",
        b"\x8f" + bytes(20),
    ],
    ids=["short", "version", "no extension", "long extension", "no padding", "long padding", "sources missing"],
)
def test_what_does_not_add_up_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedRtp):
        parse(data)


def test_distances_cross_the_wrap() -> None:
    assert sequence_distance(2, 0xFFFE) == 4
    assert sequence_distance(0xFFFE, 2) == -4
    assert timestamp_distance(100, 0xFFFFFFFF) == 101
    assert timestamp_distance(0xFFFFFFFF, 100) == -101


def test_rtcp_is_told_from_rtp_on_one_port() -> None:
    assert is_rtcp(bytes.fromhex("80c80006"))
    assert not is_rtcp(bytes(RtpPacket(0, 1, 1, 1, b"", True)))
