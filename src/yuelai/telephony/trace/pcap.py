"""Messages as a capture file that packet analysers read (pcap, link type RAW): each in an IP and UDP frame of its own.

What came by TCP, TLS or WebSocket is shown as UDP too: the connection's packets were never seen, and the analyser finds
the messages. A browser's flow has no address of ours to show; it gets one of those for benchmarks (RFC 2544).
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable

from yuelai.telephony.hops import FlowHop, parse_hop
from yuelai.telephony.trace.segments import Traced

_RAW = 101
_SNAP = 262144
_UDP = 17
_MOST = 65_000
"""Bytes of a message that fit into one datagram; the rest of a longer one is cut, as a capture would."""

Address = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


def pcap(messages: Iterable[Traced], host: str, port: int) -> bytes:
    """Return the whole file; `host` and `port` are ours."""
    here = _address(host, port)
    flows: dict[str, Address] = {}
    parts = [struct.pack("!IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _SNAP, _RAW)]
    for number, message in enumerate(messages):
        there = _far(message.hop, flows)
        ours = here
        if ours[0].version != there[0].version:
            ours, there = _widened(ours), _widened(there)
        source, target = (ours, there) if message.sent else (there, ours)
        frame = _frame(source, target, message.data[:_MOST], number & 0xFFFF)
        seconds, micros = divmod(round(message.at * 1_000_000), 1_000_000)
        parts.append(struct.pack("!IIII", seconds, micros, len(frame), len(frame)) + frame)
    return b"".join(parts)


def _address(host: str, port: int) -> Address:
    try:
        found = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        found = ipaddress.IPv4Address("198.18.255.254")
    return found, port if 0 < port < 65536 else 5060


def _far(hop: str, flows: dict[str, Address]) -> Address:
    try:
        parsed = parse_hop(hop)
    except ValueError:
        parsed = FlowHop(hop)
    if not isinstance(parsed, FlowHop):
        return _address(parsed.host, parsed.port)
    if hop not in flows:
        flows[hop] = ipaddress.IPv4Address("198.18.0.1") + len(flows) % 60_000, 5060
    return flows[hop]


def _widened(address: Address) -> Address:
    """As an IPv6 address (RFC 4291 §2.5.5.2), since both ends of a packet are of one kind."""
    host, port = address
    return (ipaddress.IPv6Address(f"::ffff:{host}") if host.version == 4 else host), port


def _frame(source: Address, target: Address, data: bytes, number: int) -> bytes:
    start, end = source[0].packed, target[0].packed
    length = 8 + len(data)
    udp = struct.pack("!HHHH", source[1], target[1], length, 0)
    if source[0].version == 4:
        pseudo = start + end + struct.pack("!BBH", 0, _UDP, length)
    else:
        pseudo = start + end + struct.pack("!IHBB", length, 0, 0, _UDP)
    checksum = _checksum(pseudo + udp + data) or 0xFFFF  # RFC 768: zero would mean that there is none
    udp = udp[:6] + struct.pack("!H", checksum) + data
    if source[0].version == 6:
        return struct.pack("!IHBB", 6 << 28, length, _UDP, 64) + start + end + udp
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, number, 0, 64, _UDP, 0) + start + end
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + udp


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
