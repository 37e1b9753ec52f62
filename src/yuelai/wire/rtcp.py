"""RTCP sender and receiver reports (RFC 3550 §6), written and read."""

from __future__ import annotations

import struct
from typing import NamedTuple

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


MOST_PACKETS = 64
"""Of one compound: each costs time to read, and a datagram has room for 500 empty ones."""


class ReportBlock(NamedTuple):
    """How one source is received (§6.4.1). `fraction_lost` is in 1/256, `jitter` in timestamp units."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest_sequence: int
    jitter: int
    last_sr: int = 0
    delay_since_last_sr: int = 0

    def __bytes__(self) -> bytes:
        lost = max(-0x800000, min(self.lost, 0x7FFFFF)) & 0xFFFFFF
        return struct.pack(
            "!IIIIII",
            self.ssrc,
            self.fraction_lost << 24 | lost,
            self.highest_sequence,
            self.jitter,
            self.last_sr,
            self.delay_since_last_sr,
        )


class SenderInfo(NamedTuple):
    """What we sent so far. `unix_time` is the wall clock in seconds when `timestamp` was sent."""

    unix_time: float
    timestamp: int
    packets: int
    octets: int


def report(ssrc: int, cname: str, sender: SenderInfo | None, blocks: list[ReportBlock]) -> bytes:
    """Build the compound packet of one report: SR or RR, then SDES with the CNAME (§6.1)."""
    body = struct.pack("!I", ssrc)
    if sender is not None:
        seconds = int(sender.unix_time)
        fraction = int((sender.unix_time - seconds) * 2**32)
        body += struct.pack(
            "!IIIII",
            (seconds + _NTP_EPOCH) & 0xFFFFFFFF,
            fraction,
            sender.timestamp,
            sender.packets & 0xFFFFFFFF,
            sender.octets & 0xFFFFFFFF,
        )
    body += b"".join(bytes(block) for block in blocks)
    name = cname.encode()
    item = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    item += bytes(-len(item) % 4)
    return _packet(200 if sender else 201, len(blocks), body) + _packet(202, 1, item)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


class RtcpPacket(NamedTuple):
    """One packet of a compound: `kind` 200 SR, 201 RR, 202 SDES, 203 BYE; `blocks` as its header counts."""

    kind: int
    blocks: int
    body: bytes


def split(data: bytes) -> list[RtcpPacket]:
    """Take a compound apart (§6.1). Raises ValueError when the lengths do not add up, and for too many packets."""
    packets: list[RtcpPacket] = []
    start = 0
    while start < len(data):
        if len(packets) == MOST_PACKETS:
            raise ValueError("more packets than a compound has")
        if len(data) - start < 4 or data[start] >> 6 != 2:
            raise ValueError("not RTCP")
        end = start + 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        if end > len(data):
            raise ValueError("RTCP packet is cut off")
        packets.append(RtcpPacket(data[start + 1], data[start] & 0x1F, data[start + 4 : end]))
        start = end
    return packets


def report_blocks(packet: RtcpPacket) -> list[ReportBlock]:
    """Return the blocks of a sender or receiver report, what is cut off left out; none of other packets."""
    start = {200: 24, 201: 4}.get(packet.kind)
    if start is None:
        return []
    blocks = []
    for at in range(start, min(start + 24 * packet.blocks, len(packet.body) - 23), 24):
        ssrc, loss, highest, jitter, last_sr, delay = struct.unpack_from("!IIIIII", packet.body, at)
        lost = ((loss & 0xFFFFFF) ^ 0x800000) - 0x800000
        blocks.append(ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay))
    return blocks


def round_trip(block: ReportBlock, now_unix: float) -> float | None:
    """Return seconds to the peer and back: now less its LSR and DLSR (§6.4.1), on the clock of `SenderInfo.unix_time`.

    None when the peer has had no report of ours yet, or tells what cannot be (under 0 or over a minute).
    """
    if block.last_sr == 0:
        return None
    now = int((now_unix + _NTP_EPOCH) * 65536)
    units = ((now - block.last_sr - block.delay_since_last_sr + 0x80000000) & 0xFFFFFFFF) - 0x80000000
    # Both ends round to 15 us and a peer to whatever it has.
    if not -66 <= units <= 60 * 65536:
        return None
    return max(units, 0) / 65536
