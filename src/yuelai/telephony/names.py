"""DNS with a memory: asked once for all who want to know, remembered for its time, and longer while DNS is away."""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from prometheus_client import Counter

from yuelai.platform.clock import Clock

PATIENCE = 1.5
"""Seconds for one question, over all servers and repetitions."""
SHORTEST, LONGEST = 5.0, 3600.0
"""Seconds that an answer counts at least and at most, whatever its time to live."""
NEGATIVE_LONGEST = 60.0
"""That something is not there (RFC 2308), so that a new trunk is found soon."""
STALE = 86400.0
"""How much longer an answer is used while no server answers (RFC 8767)."""
ERROR_SECONDS = 10.0
"""How long a server that did not answer is not asked the same again."""
REMEMBERED = 4096
_CONFIGURATION_SECONDS = 60.0

Key = tuple[str, str]
_asked = Counter("yuelai_sip_dns_questions", "Questions to DNS, by how they were answered.", ["result"])


class NamesAway(Exception):
    """No server answers, and nothing is remembered; the message says why."""


@dataclass(slots=True)
class _Kept:
    records: tuple[Any, ...]
    until: float
    stale_until: float
    away: str = ""
    """Why there is no answer, when even an old one is missing."""


class Names:
    """`look_up` is safe to be called by many at once."""

    def __init__(
        self, clock: Clock, *, nameservers: Sequence[tuple[str, int]] | None = None, patience: float = PATIENCE
    ) -> None:
        """`nameservers` as (address, port); None takes those of this machine, and its hosts file."""
        self._clock, self._given, self._patience = clock, nameservers, patience
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._asking: dict[Key, asyncio.Task[tuple[Any, ...]]] = {}
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._configured = float("-inf")

    async def look_up(self, name: str, kind: str) -> tuple[Any, ...]:
        """Return the records of a kind (dnspython's), none when there are none. Raises NamesAway."""
        key = name.lower().rstrip("."), kind
        kept, now = self._kept.get(key), self._clock.monotonic()
        if kept is not None and now < kept.until:
            self._kept.move_to_end(key)
            if kept.away:
                raise NamesAway(kept.away)
            return kept.records
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.ensure_future(self._ask(key))
            task.add_done_callback(lambda done: self._asked(key, done))
        # Whoever has no more patience leaves the question to the others.
        return await asyncio.shield(task)

    async def addresses(self, host: str, *, ipv4: bool = True, ipv6: bool = True) -> list[str]:
        """Return the addresses of a host, those of IPv4 first. Raises NamesAway when nothing at all can be said."""
        kinds = [kind for kind, wanted in (("A", ipv4), ("AAAA", ipv6)) if wanted]
        found: list[str] = []
        away: NamesAway | None = None
        answers = await asyncio.gather(*(self.look_up(host, kind) for kind in kinds), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, NamesAway):
                away = answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found += [str(record.address) for record in answer]
        if not found and self._given is None:
            found = [address for kind in kinds for address in await self.look_up(host, f"hosts {kind}")]
        if not found and away is not None:
            raise away
        return found

    def _asked(self, key: Key, done: asyncio.Task[tuple[Any, ...]]) -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            done.exception()  # told to those who waited, if anybody still did

    async def _ask(self, key: Key) -> tuple[Any, ...]:
        name, kind = key
        try:
            if kind.startswith("hosts "):
                records = await self._hosts(name, kind.removeprefix("hosts "))
                seconds = SHORTEST if records else NEGATIVE_LONGEST
            else:
                records, seconds = await self._query(name, kind)
        except (dns.exception.DNSException, OSError) as error:
            return self._without(key, _why(error))
        _asked.labels("found" if records else "nothing").inc()
        now = self._clock.monotonic()
        seconds = min(max(seconds, SHORTEST), LONGEST if records else NEGATIVE_LONGEST)
        self._keep(key, _Kept(records, now + seconds, now + seconds + STALE))
        return records

    async def _query(self, name: str, kind: str) -> tuple[tuple[Any, ...], float]:
        resolver = self._configure()
        try:
            qname = dns.name.from_text(name)  # with internationalised names encoded (RFC 5891)
            answer = await resolver.resolve(qname, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return (), NEGATIVE_LONGEST
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.BadEscape, dns.name.NameTooLong, UnicodeError):
            return (), LONGEST  # no name that DNS could know
        records = tuple(answer.rrset) if answer.rrset is not None else ()
        return records, float(answer.chaining_result.minimum_ttl)

    async def _hosts(self, name: str, kind: str) -> tuple[Any, ...]:
        """Ask the machine itself: names of its hosts file, which DNS does not know."""
        family = socket.AF_INET if kind == "A" else socket.AF_INET6
        try:
            async with asyncio.timeout(self._patience):
                found = await asyncio.get_running_loop().getaddrinfo(name, None, family=family, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            return ()
        return tuple(dict.fromkeys(str(address[0]) for *_, address in found))

    def _without(self, key: Key, why: str) -> tuple[Any, ...]:
        """No server answered: an old answer is better than none (RFC 8767)."""
        now, old = self._clock.monotonic(), self._kept.get(key)
        if old is not None and not old.away and now < old.stale_until:
            _asked.labels("stale").inc()
            old.until = now + ERROR_SECONDS
            return old.records
        _asked.labels("failed").inc()
        self._keep(key, _Kept((), now + ERROR_SECONDS, now, why))
        raise NamesAway(why)

    def _keep(self, key: Key, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def _configure(self) -> dns.asyncresolver.Resolver:
        """The machine's servers may change while we run."""
        now = self._clock.monotonic()
        if self._resolver is None or (self._given is None and now - self._configured > _CONFIGURATION_SECONDS):
            resolver = dns.asyncresolver.Resolver(configure=self._given is None)
            if self._given is not None:
                resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in self._given]
            resolver.timeout, resolver.lifetime = self._patience / 2, self._patience
            self._resolver, self._configured = resolver, now
        return self._resolver

    def __len__(self) -> int:
        return len(self._kept)


def _why(error: Exception) -> str:
    known: list[tuple[type[Exception], str]] = [
        (dns.exception.Timeout, "no DNS server answers in time"),
        (dns.resolver.NoNameservers, "the DNS servers fail"),
        (dns.resolver.NoResolverConfiguration, "no DNS server is configured"),
    ]
    return next(
        (text for kind, text in known if isinstance(error, kind)), f"DNS cannot be asked ({type(error).__name__})"
    )
