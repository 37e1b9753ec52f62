"""The door of telephony: every message passes it unread, in the order of what is cheapest to say no by."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial

from prometheus_client import Counter

from yuelai.platform.clock import Clock, SystemClock
from yuelai.telephony.guards import peek
from yuelai.telephony.guards.addresses import Access, AccessRule, Network, counted, is_public
from yuelai.telephony.guards.bans import Bans, Offence
from yuelai.telephony.guards.meter import Toll
from yuelai.telephony.guards.overload import Overload
from yuelai.telephony.guards.rates import Buckets, Rate
from yuelai.telephony.guards.suspects import Suspects
from yuelai.telephony.guards.waiting import Waiting
from yuelai.telephony.hops import FlowHop, Hop, StreamHop

AT_HOME = Rate(60, 600)
"""From where a phone is registered, or from a browser's connection; for each by itself."""
NEIGHBOURS = Rate(80, 800)
"""From an address where somebody is known, for all that is not the registered phones: an office after a power cut."""
STRANGERS = Rate(30, 200)
RESPONSES = Rate(500, 2_000)
"""From strangers: we may have called them."""
TRUSTED_SECONDS = 1.0
FRIENDS = 10_000
FRIENDS_OF_ADDRESS = 500

SCANNERS = re.compile(
    rb"friendly-?(?:scanner|request)|sipvicious|sundayddr|sip-?scan|siparmyknife|sippts|pplsip|vaxsipuseragent|viproy"
    rb"|masscan|zgrab|\b(?:sipcli|smap|iwar|sivus|gulp|mr\.sip|nmap|svmap|svwar|svcrack)\b",
    re.IGNORECASE,
)
"""How programs call themselves that only ever look for what is not theirs."""

_DROPPED = Counter("yuelai_sip_guard_dropped_total", "Messages dropped unread, by reason", ["why"])
_CONNECTIONS = Counter("yuelai_sip_guard_connections_refused_total", "TCP and TLS connections that were not taken")


class Guards:
    """Implements `transport.Guard` and `auth.Watcher`.

    `send` puts an answer on the wire. `trusted(host)` says whether an address is a trunk's, `resident(hop)` whether a
    phone is registered at exactly this place: neither is ever shut out for what others do.
    """

    def __init__(self, clock: Clock, send: Callable[[Hop, bytes], bool]) -> None:
        self._clock = clock
        self.access = Access()
        self.bans = Bans(clock)
        self.toll = Toll(clock)
        self.overload = Overload(SystemClock(), send, self._next_turn)
        self._waiting = Waiting(self.overload.feel)
        self._buckets, self._suspects = Buckets(), Suspects()
        self._friends: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self.trusted: Callable[[str], bool] = lambda host: False
        self._trust: dict[str, tuple[float, bool]] = {}
        self.resident: Callable[[Hop], bool] = lambda hop: False
        self.address: Callable[[Hop], str] = lambda hop: "" if isinstance(hop, FlowHop) else hop.host
        """Where somebody is, also a browser; empty when that is not known."""

    def start(self, sockets: Iterable[int]) -> None:
        """Begin to measure how long packets wait; `sockets` are those that datagrams are read from."""
        self._waiting.start(sockets)

    def close(self) -> None:
        self._waiting.stop()

    def _next_turn(self, callback: Callable[[], None]) -> None:
        try:
            asyncio.get_running_loop().call_soon(callback)
        except RuntimeError:
            callback()  # no loop turns: each message is a turn of its own

    def apply(self, rules: Iterable[AccessRule]) -> None:
        """Put these access rules in the place of those that hold."""
        self.access = Access(rules)

    # -- messages

    def admits(self, source: Hop, data: bytes) -> bool:
        """May this message be read? Without data: may this connection be opened?"""
        if not data and isinstance(source, StreamHop):
            return self._connects(source.host)
        wait = self._waiting.message()
        if not self._may_speak(source, data):
            return False
        return self.overload.passes(source, data, wait)

    def _connects(self, host: str) -> bool:
        allowed = self.access.verdict(host)
        if allowed or (allowed is None and (self._trusts(host) or not self.bans.stands(counted(host)))):
            return True
        _CONNECTIONS.inc()
        return False

    def _trusts(self, host: str) -> bool:
        """`trusted`, asked once in `TRUSTED_SECONDS` only: it stands in the way of every message."""
        now = self._clock.monotonic()
        until, known = self._trust.get(host, (0.0, False))
        if now >= until:
            if len(self._trust) >= FRIENDS:
                self._trust.clear()
            known = self.trusted(host)
            self._trust[host] = now + TRUSTED_SECONDS, known
        return known

    def _may_speak(self, source: Hop, data: bytes) -> bool:
        now = self._clock.monotonic()
        if isinstance(source, FlowHop):
            return self._flow_may_speak(source, data) and self._within(source, AT_HOME, now)
        host = source.host
        allowed = self.access.verdict(host)
        if allowed is False:
            return _drop("denied")
        if self._trusts(host):
            return True
        address = counted(host)
        resident = self.resident(source)
        banned = not allowed and not resident and self.bans.stands(address)
        if banned and not self._is_friend(address, data):
            self.bans.hit(address)
            return _drop("banned")
        if resident:
            return self._within(source, AT_HOME, now)
        if not banned and not peek.is_request(data):
            return self._within((address, "responses"), RESPONSES, now)
        home = address in self._friends
        if not allowed and not banned and SCANNERS.search(peek.agent(data)):
            self._ban(address, Offence.SCANNER, peek.agent(data)[:100].decode("utf-8", "replace"))
            return _drop("scanner")
        if self._within(address, NEIGHBOURS if home else STRANGERS, now):
            return True
        if not allowed and not banned:
            self._punish(address, self._suspects.count(address, Offence.FLOODING, now, home=home))
        return False

    def _flow_may_speak(self, source: FlowHop, data: bytes) -> bool:
        """Browsers may share an address, that of a proxy: they are counted each by itself, and shut out only from where
        so many passwords were guessed that an office would not do."""
        host = self.address(source)
        allowed = self.access.verdict(host) if host else None
        if allowed is False:
            return _drop("denied")
        address = counted(host)
        banned = not allowed and self.bans.stands(address) and not self.resident(source)
        if banned and not self._is_friend(address, data, browser=True):
            self.bans.hit(address)
            return _drop("banned")
        return True

    def _within(self, key: object, rate: Rate, now: float) -> bool:
        return self._buckets.take(key, rate, now) or _drop("rate")

    # -- what others notice

    def asked(self, source: Hop, user: str, called: str) -> None:
        """Somebody who gave no credentials was asked for them: who they say they are, and whom they wanted."""
        friend = user in self._friends.get(counted(self.address(source)), ())
        for name in {user} if friend else {user, called}:
            self._notice(source, partial(self._suspects.asked, name=name))

    def passed(self, source: Hop, user: str, name: str) -> None:
        """Somebody is who they say: from now on, others' misdeeds from their address are not theirs."""
        address = counted(self.address(source))
        if not address:
            return
        self._suspects.passed(address, user, name)
        names = self._friends.pop(address, None) or OrderedDict()
        for friend in (user, name):
            names.pop(friend, None)
            names[friend] = None
        while len(names) > FRIENDS_OF_ADDRESS:
            names.popitem(last=False)
        self._friends[address] = names
        if len(self._friends) > FRIENDS:
            self._friends.popitem(last=False)

    def failed(self, source: Hop, name: str) -> None:
        """A wrong answer to a challenge of ours."""
        self._count(source, Offence.GUESSING)

    def unreadable(self, source: Hop) -> None:
        """A message that is none."""
        self._count(source, Offence.MALFORMED)

    def _count(self, source: Hop, offence: Offence) -> None:
        self._notice(source, partial(self._suspects.count, offence=offence))

    def _notice(self, source: Hop, look: Callable[..., Offence | None]) -> None:
        host = self.address(source)
        flow = isinstance(source, FlowHop)
        # A proxy of our own stands for everybody; what is guessed through it is limited by name and by connection.
        if not host or (flow and not is_public(host)) or self.access.verdict(host) or self._trusts(host):
            return
        address = counted(host)
        self._punish(address, look(address, now=self._clock.monotonic(), home=flow or address in self._friends))

    def _punish(self, address: str, offence: Offence | None) -> None:
        if offence is not None:
            self._ban(address, offence)

    def _ban(self, address: str, offence: Offence, note: str = "") -> None:
        if not self.bans.stands(address):
            self.bans.ban(address, offence, note=note)

    def _is_friend(self, address: str, data: bytes, *, browser: bool = False) -> bool:
        """A user who was here before may come again (with another port, after a restart) whoever else is shut out.

        It costs a guesser at the same address nothing to use their name; such guesses are limited by the name. Browsers
        have a new one for each session, so there it is the user who counts.
        """
        names = self._friends.get(address)
        if not names or not peek.is_request(data):
            return False
        user, name = (part.decode("utf-8", "surrogateescape") for part in peek.names(data))
        return (name or user) in names or (browser and user in names)


def _drop(why: str) -> bool:
    _DROPPED.labels(why).inc()
    return False


def holds(networks: Iterable[Network]) -> Callable[[str], bool]:
    """Return a test for addresses in any of these networks."""
    kept = tuple(networks)
    known: dict[str, bool] = {}

    def test(host: str) -> bool:
        found = known.get(host)
        if found is None:
            try:
                address = ipaddress.ip_address(host)
            except ValueError:
                return False
            found = any(address in network for network in kept)
            if len(known) < FRIENDS:
                known[host] = found
        return found

    return test
