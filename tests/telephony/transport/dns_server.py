"""A little DNS server on a UDP socket of the loopback interface."""

from __future__ import annotations

import asyncio
from collections import Counter

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

SOA = "ns.test. admin.test. 1 3600 600 86400 30"


class DnsServer(asyncio.DatagramProtocol):
    """`zone` maps (name, kind) to (seconds, records as text); `asked` counts questions. `mood` is what it does:
    answer, be silent, or fail."""

    def __init__(self) -> None:
        self.zone: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.mood = "answer"
        self.dumb_about: set[str] = set()
        """Kinds that it never answers."""
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> tuple[str, int]:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        host, port = self._transport.get_extra_info("sockname")
        return host, port

    def stop(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def put(self, name: str, kind: str, *records: str, seconds: int = 60) -> None:
        self.zone[name, kind] = seconds, records

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        if self.mood == "silent" or kind in self.dumb_about:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.mood == "fail":
            response.set_rcode(dns.rcode.SERVFAIL)
        elif (name, kind) in self.zone:
            seconds, records = self.zone[name, kind]
            response.answer.append(dns.rrset.from_text(question.name, seconds, "IN", kind, *records))
        else:
            if not any(known == name for known, _ in self.zone):
                response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(dns.rrset.from_text(dns.name.from_text("test."), 30, "IN", "SOA", SOA))
        assert self._transport is not None
        self._transport.sendto(response.to_wire(), address)
