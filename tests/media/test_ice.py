"""Our side of ICE-lite: whose checks are answered, where sound goes, and when it must stop."""

from __future__ import annotations

from collections import namedtuple

import psutil
import pytest
from aioice import stun

from yuelai.media.embedded.ice import CONSENT, Address, IceLite, host_addresses

HOME: Address = ("192.0.2.7", 5000)
AWAY: Address = ("198.51.100.9", 6000)


class Server:
    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.ice = IceLite(("203.0.113.5", "10.0.0.5"), 20_000, lambda data, to: self.sent.append((data, to)))

    def check(
        self,
        source: Address,
        now: float = 0.0,
        *,
        nominate: bool = False,
        credentials: tuple[str, str] | None = None,
        kind: stun.Class = stun.Class.REQUEST,
    ) -> stun.Message | None:
        """Send a check as a browser does; return what came back."""
        ufrag, password = credentials or (self.ice.ufrag, self.ice.password)
        request = stun.Message(message_method=stun.Method.BINDING, message_class=kind)
        request.attributes["USERNAME"] = f"{ufrag}:page"
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(password.encode())
        self.sent.clear()
        self.ice.take(bytes(request), source, now)
        if not self.sent:
            return None
        ((data, to),) = self.sent
        assert to == source
        answer = stun.parse_message(data)
        assert answer.check_message_integrity(password.encode())
        return answer


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_check_is_answered_with_where_it_came_from(server: Server) -> None:
    answer = server.check(HOME)
    assert answer is not None
    assert answer.message_class is stun.Class.RESPONSE
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == HOME
    assert server.ice.remote == HOME
    assert server.ice.validated.is_set()


def test_on_a_socket_for_both_families_each_is_told_its_own_address(server: Server) -> None:
    mapped = server.check(("::ffff:192.0.2.7", 5000, 0, 0))
    assert mapped is not None
    assert mapped.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 5000)
    six = server.check(("2001:db8::7", 5000, 0, 0))
    assert six is not None
    assert six.attributes["XOR-MAPPED-ADDRESS"] == ("2001:db8::7", 5000)


def test_who_does_not_know_the_password_gets_no_answer_and_no_path(server: Server) -> None:
    assert server.check(AWAY, credentials=(server.ice.ufrag, "guess")) is None
    assert server.check(AWAY, credentials=("0000", server.ice.password)) is None
    assert server.check(AWAY, kind=stun.Class.INDICATION) is None
    server.ice.take(b"\0\1\0\0" + server.ice.ufrag.encode(), AWAY, 0.0)
    assert server.ice.remote is None
    assert not server.ice.admits(AWAY)
    assert not server.ice.consents(0.0)


def test_sound_goes_where_the_page_nominated_last(server: Server) -> None:
    server.check(HOME)
    server.check(AWAY)
    assert server.ice.remote == HOME
    server.check(AWAY, nominate=True)
    assert server.ice.remote == AWAY
    server.ice.send(b"sound")
    assert server.sent[-1] == (b"sound", AWAY)
    assert server.ice.admits(HOME)


def test_a_page_that_stops_checking_has_withdrawn_its_consent(server: Server) -> None:
    server.check(HOME, 100.0)
    assert server.ice.consents(100.0 + CONSENT - 0.1)
    assert not server.ice.consents(100.0 + CONSENT)
    server.check(HOME, 200.0)
    assert server.ice.consents(200.0)


def test_the_old_path_serves_until_a_check_with_the_new_credentials(server: Server) -> None:
    server.check(HOME, nominate=True)
    before = server.ice.ufrag, server.ice.password
    server.ice.restart()
    assert before != (server.ice.ufrag, server.ice.password)
    assert server.check(HOME, 1.0, credentials=before) is not None
    assert server.ice.remote == HOME
    server.check(AWAY, 2.0)
    assert server.ice.remote == AWAY
    assert server.check(HOME, 3.0, credentials=before) is None
    assert server.ice.admits(HOME), "what was on its way is still welcome"


def test_only_the_last_paths_are_remembered(server: Server) -> None:
    for port in range(1000, 1040):
        server.check(("192.0.2.7", port))
    assert server.ice.admits(("192.0.2.7", 1039))
    assert not server.ice.admits(("192.0.2.7", 1000))


def test_all_addresses_are_candidates_the_first_preferred(server: Server) -> None:
    assert server.ice.candidates == [
        "1 1 udp 2130706431 203.0.113.5 20000 typ host",
        "2 1 udp 2130706175 10.0.0.5 20000 typ host",
    ]


Link = namedtuple("Link", "address")


@pytest.mark.parametrize(
    ("bind", "advertised", "found"),
    [
        ("127.0.0.1", "127.0.0.1", ("127.0.0.1",)),
        ("10.0.0.5", "203.0.113.5", ("203.0.113.5", "10.0.0.5")),
        ("0.0.0.0", "203.0.113.5", ("203.0.113.5", "10.0.0.5", "192.168.1.5")),
        ("::", "10.0.0.5", ("10.0.0.5", "2001:db8::5", "192.168.1.5")),
        ("0.0.0.0", "127.0.0.1", ("127.0.0.1", "10.0.0.5", "192.168.1.5")),
    ],
)
def test_bound_to_all_the_machines_own_addresses_are_offered_too(
    monkeypatch: pytest.MonkeyPatch, bind: str, advertised: str, found: tuple[str, ...]
) -> None:
    links = {
        "lo": [Link("127.0.0.1"), Link("::1"), Link("00:00:00:00:00:00")],
        "eth0": [Link("10.0.0.5"), Link("2001:db8::5"), Link("fe80::1%eth0"), Link("02:fc:00:00:00:01")],
        "eth1": [Link("192.168.1.5")],
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: links)
    assert host_addresses(bind, advertised) == found
