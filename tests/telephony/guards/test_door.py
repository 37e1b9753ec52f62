"""Who may speak to us: networks, rates and bans, and whom nobody can lock out."""

from __future__ import annotations

import ipaddress

import pytest

from yuelai.platform.clock import VirtualClock
from yuelai.telephony.guards import AccessRule, Guards, Offence, holds
from yuelai.telephony.guards.addresses import Access, counted
from yuelai.telephony.guards.bans import FIRST_SECONDS, GROWTH, LONGEST_SECONDS, Bans
from yuelai.telephony.guards.guards import AT_HOME, STRANGERS
from yuelai.telephony.guards.rates import Buckets, Rate
from yuelai.telephony.guards.suspects import AT_HOME as TIMES_AT_HOME
from yuelai.telephony.guards.suspects import FAILURES, MALFORMED, NAMES, PATIENCE, Suspects
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop

SCANNER = UdpHop("198.51.100.9", 5099)
OFFICE = "203.0.113.4"
PHONE = UdpHop(OFFICE, 5060)


def message(
    method: str = "OPTIONS",
    user: str = "100",
    *,
    agent: str = "Yealink T31",
    name: str | None = None,
    called: str = "1",
) -> bytes:
    lines = [
        f"{method} sip:{called}@yuelai SIP/2.0",
        "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx",
        f'From: "x"<sip:{user}@yuelai>;tag=f',
        f"To: <sip:{user}@yuelai>",
        "Call-ID: c",
        f"CSeq: 1 {method}",
        f"User-Agent: {agent}",
    ]
    if name is not None:
        lines.append(f'Authorization: Digest username="{name}", realm="yuelai", nonce="n", uri="sip:x", response="0"')
    return "\r\n".join([*lines, "", ""]).encode()


class Door(Guards):
    def __init__(self, *residents: Hop, trunks: str = "192.0.2.0/24") -> None:
        self.clock = VirtualClock()
        self.sent: list[tuple[Hop, bytes]] = []
        super().__init__(self.clock, self._send)
        self.trusted = holds([ipaddress.ip_network(trunks)])
        self.resident = lambda hop: hop in residents

    def _send(self, hop: Hop, data: bytes) -> bool:
        self.sent.append((hop, data))
        return True

    def deny(self, *networks: str, allow: str = "") -> None:
        rules = [AccessRule(ipaddress.ip_network(network), False) for network in networks]
        self.apply(rules + ([AccessRule(ipaddress.ip_network(allow), True)] if allow else []))


def test_the_narrowest_rule_counts() -> None:
    door = Door()
    door.deny("198.51.100.0/24", "2001:db8::/32", allow="198.51.100.128/25")
    assert not door.admits(SCANNER, message())
    assert not door.admits(UdpHop("2001:db8::7", 5060), message())
    assert not door.admits(UdpHop("::ffff:198.51.100.9", 5060), message())
    assert door.admits(UdpHop("198.51.100.200", 5060), message())
    assert door.admits(UdpHop("198.51.101.1", 5060), message())
    assert not door.admits(StreamHop("TCP", "198.51.100.9", 1), b"")
    assert door.admits(StreamHop("TCP", "198.51.101.1", 1), b"")
    assert door.sent == []


def test_what_is_denied_everywhere_leaves_only_what_is_allowed() -> None:
    access = Access([AccessRule(ipaddress.ip_network(n), a) for n, a in (("0.0.0.0/0", False), ("10.0.0.0/8", True))])
    assert [access.verdict(host) for host in ("10.1.2.3", "11.1.2.3", "::1", "nonsense")] == [True, False, None, None]


def test_an_ipv6_neighbourhood_counts_as_one() -> None:
    assert counted("2001:db8:1:2:3::4") == counted("2001:db8:1:2:ffff::") == "2001:db8:1:2::"
    assert counted("2001:db8:1:3::4") != counted("2001:db8:1:2::4")
    assert counted("::ffff:192.0.2.1") == "192.0.2.1"


def test_a_scanner_by_name_is_shut_out_at_once_and_hears_nothing() -> None:
    door = Door()
    assert not door.admits(SCANNER, message(agent="friendly-scanner"))
    assert not door.admits(UdpHop(SCANNER.host, 6000), message())
    assert not door.admits(StreamHop("TCP", SCANNER.host, 6000), b"")
    (ban,) = door.bans.all()
    assert (ban.address, ban.reason, ban.note, ban.hits) == (SCANNER.host, Offence.SCANNER, "friendly-scanner", 1)
    assert door.admits(UdpHop("198.51.100.10", 5099), message())
    door.clock.advance(3601)
    assert door.admits(SCANNER, message())
    assert door.sent == []


@pytest.mark.parametrize(
    "agent", ["sipcli/v1.8", "SIPVicious", "sundayddr", "pplsip", "VaxSIPUserAgent/3.1", "nmap NSE"]
)
def test_many_names_of_scanners_are_known(agent: str) -> None:
    assert not Door().admits(SCANNER, message(agent=agent))


@pytest.mark.parametrize(
    "agent",
    [
        "Yealink SIP-T46U 108.86.0.45", "baresip v1.0.0", "Linphonec/5.1", "JsSIP 3.10.1", "Zoiper v2.10.20.4",
        "MicroSIP/3.21", "Grandstream GXP2170", "FreeSWITCH", "Asterisk PBX 18", "Bria 6", "Cisco-CP8845/14",
        "eyeBeam release 1104g",
    ],
)  # fmt: skip
def test_honest_phones_are_no_scanners(agent: str) -> None:
    door = Door()
    assert door.admits(SCANNER, message(agent=agent))
    assert door.bans.all() == []


def test_each_ban_is_longer_until_it_is_long_past() -> None:
    clock = VirtualClock()
    bans = Bans(clock)
    lengths = []
    for _ in range(8):
        ban = bans.ban("198.51.100.9", Offence.GUESSING)
        lengths.append((ban.ends_at - ban.since).total_seconds())
        clock.advance(lengths[-1] + 1)
        assert not bans.stands("198.51.100.9")
    assert lengths[:3] == [FIRST_SECONDS, FIRST_SECONDS * GROWTH, FIRST_SECONDS * GROWTH**2]
    assert lengths[-1] == LONGEST_SECONDS
    clock.advance(86_401)
    assert bans.ban("198.51.100.9", Offence.GUESSING).strikes == 1


def test_what_is_kept_is_taken_over_and_what_was_lifted_is_forgotten() -> None:
    clock = VirtualClock()
    before, after = Bans(clock), Bans(clock)
    for host in ("198.51.100.1", "198.51.100.2"):
        before.ban(host, Offence.SCANNER)
    before.lift("198.51.100.1")
    clock.advance(600)
    after.load(before.all())
    assert [after.stands(f"198.51.100.{n}") for n in (1, 2)] == [False, True]
    clock.advance(3000)
    assert not after.stands("198.51.100.2")


def test_too_many_wrong_answers_shut_out_a_stranger_but_neither_a_trunk_nor_an_allowed_address() -> None:
    door = Door()
    door.deny(allow="198.51.100.77/32")
    for host in (SCANNER.host, "192.0.2.1", "198.51.100.77"):
        for _ in range(FAILURES):
            door.failed(UdpHop(host, 5060), "8001")
    assert [ban.address for ban in door.bans.all()] == [SCANNER.host]
    assert not door.admits(SCANNER, message())
    assert door.admits(UdpHop("192.0.2.1", 5060), message())
    assert door.admits(UdpHop("198.51.100.77", 5060), message())


def test_malformed_messages_shut_out_too() -> None:
    door = Door()
    for _ in range(MALFORMED):
        door.unreadable(SCANNER)
    assert [ban.reason for ban in door.bans.all()] == [Offence.MALFORMED]


def test_who_asks_for_many_users_and_is_none_of_them_is_shut_out_once_there_was_time_to_answer() -> None:
    door = Door()
    for number in range(3 * NAMES):
        door.asked(SCANNER, f"{100 + number}", f"{100 + number}")
    assert door.bans.all() == []
    door.clock.advance(PATIENCE)
    door.asked(SCANNER, "999", "999")
    assert [ban.reason for ban in door.bans.all()] == [Offence.PROBING]


def test_a_new_office_whose_phones_answer_is_not() -> None:
    door = Door()
    for number in range(10 * NAMES):
        door.asked(UdpHop(OFFICE, 1000 + number), f"{8000 + number}", "yuelai")
        door.passed(UdpHop(OFFICE, 1000 + number), f"{8000 + number}", f"auth{number}")
    door.clock.advance(PATIENCE)
    for number in range(200):  # and all its people call outside
        door.asked(UdpHop(OFFICE, 1000), "8000", f"1380000{number:04}")
        door.clock.advance(0.1)
    assert door.bans.all() == []


def test_a_guesser_beside_registered_phones_shuts_out_neither_them_nor_those_that_were_there_before() -> None:
    door = Door(PHONE)
    door.passed(PHONE, "8001", "8001")
    door.passed(UdpHop(OFFICE, 5070), "8002", "auth-8002")
    guesser = UdpHop(OFFICE, 40_000)
    for _ in range(FAILURES * TIMES_AT_HOME):
        door.failed(guesser, "8003")
    assert [ban.reason for ban in door.bans.all()] == [Offence.GUESSING]
    assert not door.admits(guesser, message("REGISTER", "8003"))
    assert door.admits(PHONE, message("INVITE", "8001"))
    assert door.admits(PHONE, b"SIP/2.0 200 OK\r\n\r\n")
    came_back = UdpHop(OFFICE, 5071)
    assert door.admits(came_back, message("REGISTER", "8002"))
    assert door.admits(came_back, message("REGISTER", "8002", name="auth-8002"))
    assert not door.admits(came_back, message("REGISTER", "8002", name="8003"))


def test_a_stranger_may_say_so_much_and_no_more_and_a_phone_much_more() -> None:
    door = Door(PHONE)
    assert sum(door.admits(SCANNER, message()) for _ in range(500)) == STRANGERS.burst
    door.clock.advance(1)
    assert sum(door.admits(SCANNER, message()) for _ in range(500)) == STRANGERS.second
    assert sum(door.admits(PHONE, message()) for _ in range(1000)) == AT_HOME.burst
    assert sum(door.admits(FlowHop("f"), message()) for _ in range(1000)) == AT_HOME.burst
    assert sum(door.admits(UdpHop("192.0.2.1", 5060), message()) for _ in range(3000)) == 3000


def test_a_flood_above_the_rate_ends_in_a_ban() -> None:
    door = Door()
    for _ in range(3000):
        door.admits(SCANNER, message())
    assert [ban.reason for ban in door.bans.all()] == [Offence.FLOODING]


def test_memory_is_bounded_whoever_comes() -> None:
    buckets, rate = Buckets(most=100), Rate(1, 1)
    for number in range(1000):
        assert buckets.take(number, rate, 0.0)
    assert len(buckets) == 100
    suspects = Suspects()
    for number in range(20_000):
        suspects.count(str(number), Offence.MALFORMED, 0.0, home=False)
    for number in range(1000):
        suspects.asked("one", str(number), 0.0, home=False)
    assert len(suspects) == 10_000
    assert len(suspects._held["one"].names) <= 2 * NAMES


def test_browsers_are_shut_out_only_from_where_very_many_passwords_were_guessed_and_never_with_their_proxy() -> None:
    registered, page, proxied = FlowHop("registered"), FlowHop("page"), FlowHop("proxied")
    door = Door(registered)
    places = {"registered": "8.8.4.4", "page": "8.8.4.4", "proxied": "10.0.0.1", "unknown": ""}
    door.address = lambda hop: places[hop.flow] if isinstance(hop, FlowHop) else hop.host
    door.passed(registered, "8001", "web-1")
    for hop in (page, proxied, FlowHop("unknown")):
        for _ in range(FAILURES * TIMES_AT_HOME - 1):
            door.failed(hop, "x")
    assert door.admits(page, message("REGISTER", "8002"))
    for hop in (page, proxied, FlowHop("unknown")):
        door.failed(hop, "x")
    assert [ban.address for ban in door.bans.all()] == ["8.8.4.4"]
    assert not door.admits(page, message("REGISTER", "8002", name="web-8002"))
    assert door.admits(registered, message("INVITE", "8001"))
    assert door.admits(page, message("REGISTER", "8001", name="web-2"))
    assert door.admits(proxied, message("REGISTER", "8002"))
    assert door.admits(FlowHop("unknown"), message("REGISTER", "8002"))
    door.deny("10.0.0.0/8")
    assert not door.admits(proxied, message("REGISTER", "8002"))
