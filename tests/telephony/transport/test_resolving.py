"""Names of SIP as RFC 3263 wants them found, asked of a real little server."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.telephony.transport.dns_server import DnsServer
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.telephony import names as names_module
from yuelai.telephony.hops import StreamHop, UdpHop
from yuelai.telephony.names import Names
from yuelai.telephony.resolving import AVOIDED_SECONDS, Resolver
from yuelai.wire.sip import parse_uri


class World:
    def __init__(self, server: DnsServer, where: tuple[str, int]) -> None:
        self.server, self.clock = server, VirtualClock()
        self.names = Names(self.clock, nameservers=[where], patience=0.3)
        self.resolver = Resolver(self.clock, names=self.names, dice=random.Random(4))

    async def ask(self, uri: str) -> list[str]:
        return [str(hop) for hop in await self.resolver.hops(parse_uri(uri))]


@pytest.fixture
async def dns() -> AsyncIterator[World]:
    server = DnsServer()
    yield World(server, await server.start())
    server.stop()


async def test_addresses_need_no_dns(dns: World) -> None:
    assert await dns.ask("sip:8001@192.0.2.1") == ["udp:192.0.2.1:5060"]
    assert await dns.ask("sip:8001@[2001:db8::1]:5070;transport=tcp") == ["tcp:2001:db8::1:5070"]
    assert await dns.ask("sips:8001@192.0.2.1") == ["tls:192.0.2.1:5061"]
    assert await dns.ask("tel:+8613800000001") == []
    assert await dns.ask("sip:x@carrier.test;transport=sctp") == []
    assert dns.server.asked == Counter()


async def test_a_port_means_that_name_there_and_nothing_else(dns: World) -> None:
    dns.server.put("carrier.test", "A", "192.0.2.1")
    dns.server.put("carrier.test", "AAAA", "2001:db8::1")
    dns.server.put("_sip._udp.carrier.test", "SRV", "0 0 5060 wrong.test.")
    assert await dns.ask("sip:x@carrier.test:5070") == ["udp:192.0.2.1:5070", "udp:2001:db8::1:5070"]
    assert await dns.ask("sip:x@carrier.test:5070;transport=tls") == [
        "tls:carrier.test@192.0.2.1:5070",
        "tls:carrier.test@2001:db8::1:5070",
    ]
    assert set(dns.server.asked) == {("carrier.test", "A"), ("carrier.test", "AAAA")}


async def test_naptr_says_which_transports_and_in_which_order(dns: World) -> None:
    dns.server.put(
        "carrier.test",
        "NAPTR",
        '20 10 "s" "SIP+D2U" "" _sip._udp.carrier.test.',
        '10 50 "s" "SIP+D2T" "" _sip._tcp.carrier.test.',
        '10 10 "s" "SIPS+D2T" "" _sips._tcp.carrier.test.',
        '5 10 "s" "SIP+D2W" "" _sip._ws.carrier.test.',
        '6 10 "u" "E2U+sip" "!^.*$!sip:info@carrier.test!" .',
    )
    dns.server.put("_sip._udp.carrier.test", "SRV", "0 0 5060 one.carrier.test.")
    dns.server.put("_sip._tcp.carrier.test", "SRV", "0 0 5080 one.carrier.test.")
    dns.server.put("_sips._tcp.carrier.test", "SRV", "0 0 5061 two.carrier.test.")
    dns.server.put("one.carrier.test", "A", "192.0.2.1")
    dns.server.put("two.carrier.test", "A", "192.0.2.2")
    # By TLS the certificate is to be for the name that was asked for (RFC 5922 §4).
    tls = "tls:carrier.test@192.0.2.2:5061"
    assert await dns.ask("sip:x@carrier.test") == [tls, "tcp:192.0.2.1:5080", "udp:192.0.2.1:5060"]
    assert await dns.ask("sips:x@carrier.test") == [tls]
    (hop, *_) = await dns.resolver.hops(parse_uri("sip:x@carrier.test"))
    assert isinstance(hop, StreamHop)
    assert hop.name == "carrier.test"


async def test_without_naptr_each_transport_is_asked_for_and_udp_comes_first(dns: World) -> None:
    dns.server.put("_sip._tcp.carrier.test", "SRV", "0 0 5060 one.carrier.test.")
    dns.server.put("_sip._udp.carrier.test", "SRV", "0 0 5060 one.carrier.test.")
    dns.server.put("one.carrier.test", "A", "192.0.2.1")
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060", "tcp:192.0.2.1:5060"]
    assert await dns.ask("sip:x@carrier.test;transport=tcp") == ["tcp:192.0.2.1:5060"]


async def test_without_srv_the_host_itself_is_taken(dns: World) -> None:
    dns.server.put("carrier.test", "A", "192.0.2.1")
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060"]
    assert await dns.ask("sips:x@carrier.test") == ["tls:carrier.test@192.0.2.1:5061"]
    assert await dns.ask("sip:x@carrier.test;transport=tcp") == ["tcp:192.0.2.1:5060"]


async def test_a_service_that_is_denied_is_not_looked_for_elsewhere(dns: World) -> None:
    dns.server.put("_sip._tcp.carrier.test", "SRV", "0 0 0 .")
    dns.server.put("carrier.test", "A", "192.0.2.1")
    assert await dns.ask("sip:x@carrier.test;transport=tcp") == []


async def test_priority_comes_before_weight_and_weight_is_a_chance(dns: World) -> None:
    dns.server.put(
        "_sip._udp.carrier.test", "SRV", "20 100 5060 backup.test.", "10 75 5060 big.test.", "10 25 5060 small.test."
    )
    for number, host in enumerate(("big", "small", "backup"), 1):
        dns.server.put(f"{host}.test", "A", f"192.0.2.{number}")
    first = Counter[str]()
    for _ in range(400):
        order = await dns.ask("sip:x@carrier.test;transport=udp")
        assert order[2] == "udp:192.0.2.3:5060"
        first[order[0]] += 1
    assert 250 < first["udp:192.0.2.1:5060"] < 350  # of 400, three quarters
    assert dns.server.asked["_sip._udp.carrier.test", "SRV"] == 1


async def test_what_failed_lately_goes_last_until_it_is_forgotten(dns: World) -> None:
    dns.server.put("_sip._udp.carrier.test", "SRV", "10 0 5060 one.test.", "20 0 5060 two.test.")
    dns.server.put("one.test", "A", "192.0.2.1")
    dns.server.put("two.test", "A", "192.0.2.2")
    one, two = "udp:192.0.2.1:5060", "udp:192.0.2.2:5060"
    dns.resolver.failed(UdpHop("192.0.2.1", 5060))
    assert await dns.ask("sip:x@carrier.test;transport=udp") == [two, one]
    dns.resolver.failed(UdpHop("192.0.2.2", 5060))
    assert await dns.ask("sip:x@carrier.test;transport=udp") == [one, two]
    dns.resolver.worked(UdpHop("192.0.2.2", 5060))
    assert await dns.ask("sip:x@carrier.test;transport=udp") == [two, one]
    dns.clock.advance(AVOIDED_SECONDS + 1)
    assert await dns.ask("sip:x@carrier.test;transport=udp") == [one, two]


async def test_answers_are_remembered_for_their_time_and_asked_for_once(dns: World) -> None:
    dns.server.put("carrier.test", "A", "192.0.2.1", seconds=60)
    answers = await asyncio.gather(*(dns.ask("sip:x@carrier.test:5060") for _ in range(50)))
    assert {tuple(answer) for answer in answers} == {("udp:192.0.2.1:5060",)}
    dns.server.put("carrier.test", "A", "192.0.2.9", seconds=60)
    dns.clock.advance(59)
    assert await dns.ask("sip:x@carrier.test:5060") == ["udp:192.0.2.1:5060"]
    assert dns.server.asked["carrier.test", "A"] == 1
    dns.clock.advance(2)
    assert await dns.ask("sip:x@CARRIER.test.:5060") == ["udp:192.0.2.9:5060"]


async def test_what_is_not_there_is_remembered_shortly_and_said(dns: World) -> None:
    assert await dns.ask("sip:x@missing.test") == []
    asked = sum(dns.server.asked.values())
    assert await dns.ask("sip:x@missing.test") == []
    assert sum(dns.server.asked.values()) == asked
    error = dns.resolver.last_error("missing.test")
    assert error is not None
    assert (error.code, "missing.test" in error.text) == ("not_resolved", True)
    dns.server.put("missing.test", "A", "192.0.2.1")
    dns.clock.advance(61)
    assert await dns.ask("sip:x@missing.test") == ["udp:192.0.2.1:5060"]
    assert dns.resolver.last_error("missing.test") is None


@pytest.mark.parametrize("mood", ["silent", "fail"])
async def test_while_dns_is_away_what_was_known_goes_on(dns: World, mood: str) -> None:
    dns.server.put("carrier.test", "A", "192.0.2.1", seconds=60)
    dns.server.put("_sip._udp.carrier.test", "SRV", "0 0 5060 carrier.test.")
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060"]
    dns.server.mood = mood
    dns.clock.advance(3600)
    began = asyncio.get_running_loop().time()
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060"]
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060"]
    assert asyncio.get_running_loop().time() - began < 3
    assert await dns.ask("sip:x@other.test") == []
    error = dns.resolver.last_error("other.test")
    assert error is not None
    assert "DNS server" in error.text


async def test_a_server_that_is_silent_about_naptr_is_lived_with(dns: World) -> None:
    dns.server.dumb_about = {"NAPTR"}
    dns.server.put("carrier.test", "A", "192.0.2.1")
    assert await dns.ask("sip:x@carrier.test") == ["udp:192.0.2.1:5060"]


async def test_nobody_waits_longer_than_patience_is(dns: World) -> None:
    dns.server.mood = "silent"
    impatient = Resolver(dns.clock, names=Names(dns.clock, nameservers=dns.names._given, patience=5), patience=0.2)
    began = asyncio.get_running_loop().time()
    assert await impatient.hops(parse_uri("sip:x@carrier.test")) == []
    assert asyncio.get_running_loop().time() - began < 1


async def test_memory_is_bounded(dns: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "REMEMBERED", 20)
    for n in range(30):
        await dns.ask(f"sip:x@host{n}.test:5060")
    assert len(dns.names) == 20


async def test_only_addresses_that_we_can_send_to(dns: World) -> None:
    dns.server.put("carrier.test", "A", "192.0.2.1")
    dns.server.put("carrier.test", "AAAA", "2001:db8::1")
    dns.resolver.ipv6 = False
    assert await dns.ask("sip:x@carrier.test:5060") == ["udp:192.0.2.1:5060"]
    dns.resolver.ipv4, dns.resolver.ipv6 = False, True
    assert await dns.ask("sip:x@carrier.test:5060") == ["udp:2001:db8::1:5060"]


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".test", "-.test", ".".join(["a" * 60] * 5)])
async def test_names_that_are_none_lead_nowhere(dns: World, host: str) -> None:
    assert await dns.ask(f"sip:x@{host}:5060") == []


async def test_names_of_the_hosts_file_are_known() -> None:
    try:
        socket.getaddrinfo("localhost", None, family=socket.AF_INET)
    except OSError:
        pytest.skip("this machine has no localhost")
    resolver = Resolver(SystemClock(), ipv6=False)
    assert await resolver.hops(parse_uri("sip:x@localhost:5070")) == [UdpHop("127.0.0.1", 5070)]
