"""Digest as a server does it: what is asked, what is believed, and how little a guesser learns (RFC 7616, RFC 8760)."""

from __future__ import annotations

import itertools

import pytest

from yuelai.telephony.auth import FAILURES_OF_ADDRESS, FAILURES_PER_WINDOW, NONCE_SECONDS, Authenticator, Verdict
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.telephony.ports import Credential
from yuelai.wire.sip import Request
from yuelai.wire.sip.digest import answer, parse_auth

from .world import Net, Party, Passwords

HERE = UdpHop("198.51.100.7", 5060)
ELSEWHERE: list[Hop] = [UdpHop("198.51.100.7", 40_000), StreamHop("TCP", "203.0.113.9", 40_000), FlowHop("f1")]
URI = "sip:yuelai"
_numbers = itertools.count(1)


class Store(Passwords):
    def __init__(self) -> None:
        super().__init__("8001", "8002")
        self.asked: list[str] = []

    async def credential(self, username: str) -> Credential | None:
        self.asked.append(username)
        return await super().credential(username)


class Server:
    """An authenticator and everything it tells its watcher."""

    def __init__(self) -> None:
        self.net, self.store = Net(), Store()
        self.auth = Authenticator(self.store, self.net.clock)
        self.auth.watcher = self
        self.told: list[tuple[str, ...]] = []

    def asked(self, source: Hop, user: str, called: str) -> None:
        self.told.append(("asked", user, called))

    def passed(self, source: Hop, user: str, name: str) -> None:
        self.told.append(("passed", user, name))

    def failed(self, source: Hop, name: str) -> None:
        self.told.append(("failed", name))

    async def check(
        self, *credentials: str, hop: Hop = HERE, user: str = "8001", agent: str = ""
    ) -> Credential | Verdict:
        return await self.auth.check(request(*credentials, user=user, agent=agent), hop)

    def nonce(self, hop: Hop = HERE) -> str:
        return self.auth.challenges(hop)[0]


def request(*credentials: str, user: str = "8001", agent: str = "", method: str = "REGISTER") -> Request:
    message = Request(method, URI)
    message.add("via", f"SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK{next(_numbers)}")
    message.add("from", f"<sip:{user}@yuelai>;tag=f")
    message.add("to", f"<sip:{user}@yuelai>")
    message.add("call-id", "c")
    message.add("cseq", f"1 {method}")
    if agent:
        message.add("user-agent", agent)
    for value in credentials:
        message.add("authorization", value)
    return message


def right(nonce: str, *, user: str = "8001", nc: int = 1, password: str = "secret") -> str:
    return answer(nonce, "REGISTER", URI, user, password, nc=nc)


def algorithms(challenges: list[str]) -> list[str]:
    return [parse_auth(value)["algorithm"] for value in challenges]


def test_browsers_and_phones_that_stumble_are_asked_by_md5_only() -> None:
    auth = Server().auth
    assert algorithms(auth.challenges(HERE)) == ["MD5", "SHA-256"]
    assert algorithms(auth.challenges(FlowHop("f"))) == ["MD5"]
    assert algorithms(auth.challenges(HERE, request(agent="baresip v1.0.0 (x86_64/Linux)"))) == ["MD5"]
    assert algorithms(auth.challenges(HERE, request(agent="baresip v3.6.0 (x86_64/Linux)"))) == ["MD5", "SHA-256"]


async def test_who_asks_again_without_an_answer_is_asked_more_simply_and_who_answers_is_not() -> None:
    server = Server()
    for expected in (["MD5", "SHA-256"], ["MD5"], ["MD5"]):
        assert await server.check() is Verdict.CHALLENGE
        assert algorithms(server.auth.challenges(HERE)) == expected
        server.net.clock.advance(30)
    for _ in range(3):
        await server.check(right(server.nonce()))
        assert await server.check() is Verdict.CHALLENGE
        assert algorithms(server.auth.challenges(HERE)) == ["MD5", "SHA-256"]


async def test_a_nonce_is_good_wherever_the_phone_has_moved_to() -> None:
    server = Server()
    nonce = server.nonce()
    for number, hop in enumerate([HERE, *ELSEWHERE], 1):
        assert isinstance(await server.check(right(nonce, nc=number), hop=hop), Credential)


async def test_a_copied_request_is_asked_again_and_one_without_a_count_is_good_once() -> None:
    server = Server()
    nonce = server.nonce()
    copied = right(nonce)
    assert isinstance(await server.check(copied), Credential)
    assert await server.check(copied) is Verdict.STALE
    assert isinstance(await server.check(right(nonce, nc=2)), Credential)
    assert await server.check(right(nonce, nc=2)) is Verdict.STALE
    old_style = server.nonce().replace(', qop="auth"', "")
    assert isinstance(await server.check(right(old_style)), Credential)
    assert await server.check(right(old_style)) is Verdict.STALE


async def test_integrity_of_bodies_is_not_offered_and_not_believed() -> None:
    server = Server()
    whole = right(server.nonce()).replace("qop=auth", "qop=auth-int")
    assert await server.check(whole) is Verdict.CHALLENGE


async def test_old_and_invented_nonces_say_nothing_and_cost_no_look_up() -> None:
    server = Server()
    old = server.nonce()
    server.net.clock.advance(NONCE_SECONDS + 1)
    invented = old.replace('nonce="', 'nonce="0')
    for nonce in (old, invented):
        for password in ("secret", "guess"):
            assert await server.check(right(nonce, password=password)) is Verdict.STALE
    assert server.store.asked == []
    assert server.told == []


async def test_an_unknown_name_takes_the_same_way_as_a_known_one() -> None:
    server = Server()
    found = [await server.check(right(server.nonce(), user=user, password="guess")) for user in ("8001", "4711")]
    assert found == [Verdict.DENIED, Verdict.DENIED]
    assert server.store.asked == ["8001", "4711"]
    assert server.told == [("failed", "8001"), ("failed", "4711")]
    for user in ("8001", "4711"):
        for _ in range(FAILURES_PER_WINDOW):
            last = await server.check(right(server.nonce(), user=user, password="guess"))
        assert last is Verdict.BLOCKED


async def test_whom_a_source_asks_for_is_told() -> None:
    server = Server()
    await server.check(user="4000")
    await server.auth.check(request(user="100", method="INVITE"), HERE)
    await server.check(right(server.nonce(), user="web-8001"))
    assert server.told == [("asked", "4000", ""), ("asked", "100", ""), ("passed", "8001", "web-8001")]


async def test_guesses_beside_a_registered_phone_do_not_lock_it_out_even_in_its_name() -> None:
    server = Server()
    server.auth.resident = lambda hop: hop == HERE
    guesser = UdpHop(HERE.host, 40_000)
    for number in range(FAILURES_OF_ADDRESS + 10):
        name = ("8001", f"{4000 + number}")[number % 2]
        await server.check(right(server.nonce(), user=name, password="guess"), hop=guesser)
    assert await server.check(right(server.nonce()), hop=guesser) is Verdict.BLOCKED
    assert isinstance(await server.check(right(server.nonce())), Credential)
    # But it may not guess itself.
    for _ in range(FAILURES_PER_WINDOW):
        await server.check(right(server.nonce(), user="8002", password="guess"))
    assert await server.check(right(server.nonce(), user="8002")) is Verdict.BLOCKED


async def test_an_ipv6_guesser_is_stopped_by_its_neighbourhood() -> None:
    server = Server()
    for number in range(FAILURES_PER_WINDOW):
        hop = UdpHop(f"2001:db8:0:1::{number:x}", 5060)
        assert await server.check(right(server.nonce(), password="guess"), hop=hop) is Verdict.DENIED
    assert await server.check(right(server.nonce()), hop=UdpHop("2001:db8:0:1:ffff::", 5060)) is Verdict.BLOCKED
    assert isinstance(await server.check(right(server.nonce()), hop=UdpHop("2001:db8:0:2::", 5060)), Credential)


@pytest.mark.parametrize(
    "method", ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER", "INFO"]
)
@pytest.mark.parametrize("guess", [False, True])
async def test_no_request_tells_users_that_exist_from_others(method: str, guess: bool) -> None:
    answers = []
    for user in ("8001", "8002", "4711", "nobody"):
        net = Net()
        ours = Party(net, 5060, trunks="192.0.2.0/24")
        ours.know("8001", UdpHop("198.51.100.99", 5060))
        message = request(user=user, method=method)
        message.target = f"sip:{user}@yuelai"
        message.add("contact", "<sip:x@198.51.100.7>")
        if guess:
            message.add(
                "authorization", right(ours.stack.authenticator.challenges(HERE)[0], user=user, password="guess")
            )
        heard: list[bytes] = []
        net.ends[HERE] = lambda data, source, heard=heard: heard.append(data)  # type: ignore[misc]
        began = net.clock.monotonic()
        ours.stack.layer.receive(message, HERE)
        await net.run(1)
        assert heard
        assert net.clock.monotonic() - began == pytest.approx(1)
        final = heard[-1].decode()
        answers.append((final.split("\r\n")[0], [line.partition(":")[0] for line in final.split("\r\n")[1:]]))
    assert answers[1:] == answers[:-1]
