"""Who sends this? Digest challenges and checks (RFC 3261 §22, RFC 7616, RFC 8760) with a limit on failures."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from prometheus_client import Counter

from yuelai.platform.clock import Clock
from yuelai.telephony.guards.addresses import counted
from yuelai.telephony.hops import FlowHop, Hop
from yuelai.telephony.ports import Credential, CredentialStore
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Request
from yuelai.wire.sip.digest import Algorithm, Credentials, challenge, parse_credentials, verify

REALM = "yuelai"
NONCE_SECONDS = 300.0
FAILURES_PER_WINDOW = 20
"""Of one name from one address: a phone with a wrong password must not lock its neighbours out."""
FAILURES_OF_ADDRESS = 400
"""Of all names from one address, which may be a whole office behind NAT: twenty such phones, or a guesser."""
WINDOW_SECONDS = 60.0
_REMEMBERED = 10_000
_NONCES = 100_000
"""Counts of nonces that were used well: 5,000 phones that register once a minute make 25,000 in a nonce's life."""
_AGAIN_SECONDS = 90.0
_MD5_ONLY = re.compile(r"^baresip v?[01]\.", re.IGNORECASE)
"""They give up as soon as any challenge names an algorithm they do not know (libre before 2.0)."""

_CHECKS = Counter(
    "yuelai_sip_guard_digest_checks_total", "Requests by what their credentials were found to be", ["found"]
)


class Watcher(Protocol):
    """Told how sources fare with their credentials."""

    def asked(self, source: Hop, user: str, called: str) -> None: ...

    def passed(self, source: Hop, user: str, name: str) -> None: ...

    def failed(self, source: Hop, name: str) -> None: ...


class Verdict(Enum):
    """Why a request was not let in."""

    CHALLENGE = auto()
    """No credentials for our realm."""
    STALE = auto()
    """Right credentials for a nonce that is too old, ours no more, or used before: ask again (RFC 7616 §3.3)."""
    DENIED = auto()
    """Wrong credentials; the same for a user that does not exist."""
    BLOCKED = auto()
    """Too many failures of this name from this source, or of this source; not even looked at."""


class Authenticator:
    """`resident(hop)` says whether a phone is registered at exactly this place."""

    watcher: Watcher | None = None

    def __init__(self, credentials: CredentialStore, clock: Clock) -> None:
        self._credentials, self._clock = credentials, clock
        self._secret = secrets.token_bytes(32)
        # Checked against when the user does not exist, so that the answer takes as long and looks the same.
        self._nobody = Credential("", secrets.token_hex(16), secrets.token_hex(32))
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._failures: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()
        self._unanswered: OrderedDict[Hop, tuple[float, int]] = OrderedDict()
        self.resident: Callable[[Hop], bool] = lambda hop: False

    def challenges(self, hop: Hop, request: Request | None = None, *, stale: bool = False) -> list[str]:
        """Return the challenges, preferred first; browsers' stacks stumble over SHA-256, so they get MD5 only.

        MD5 stands first for phones too: many read only the first challenge and know nothing else. Some cannot bear to
        see the other one at all: those known for it, and whoever comes back without an answer.
        """
        nonce = self._new_nonce()
        only = isinstance(hop, FlowHop) or self._gave_up(hop)
        if request is not None and not only:
            only = _MD5_ONLY.match(request.get("user-agent") or "") is not None
        algorithms = [Algorithm.MD5] if only else [Algorithm.MD5, Algorithm.SHA256]
        return [challenge(REALM, nonce, algorithm, stale=stale) for algorithm in algorithms]

    def _gave_up(self, hop: Hop) -> bool:
        """True when the source has asked before and never answered. The first time it may have lost our challenge."""
        at, times = self._unanswered.get(hop, (0.0, 0))
        return times > 1 and self._clock.monotonic() - at <= _AGAIN_SECONDS

    def _asks(self, request: Request, hop: Hop) -> None:
        now = self._clock.monotonic()
        at, times = self._unanswered.pop(hop, (now, 0))
        self._unanswered[hop] = (now, times + 1 if now - at <= _AGAIN_SECONDS else 1)
        if len(self._unanswered) > _REMEMBERED:
            self._unanswered.popitem(last=False)
        if self.watcher is not None:
            register = request.method == "REGISTER"
            self.watcher.asked(hop, (request.to if register else request.from_).uri.user, request.uri.user)

    def _new_nonce(self) -> str:
        born = f"{int(self._clock.monotonic() * 1000):x}.{secrets.token_hex(6)}"
        return f"{born}.{self._sign(born)}"

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:32]

    def _fresh(self, nonce: str) -> bool:
        born, _, signature = nonce.rpartition(".")
        if not hmac.compare_digest(self._sign(born).encode(), signature.encode("utf-8", "surrogateescape")):
            return False
        return self._clock.monotonic() - int(born.partition(".")[0], 16) / 1000 <= NONCE_SECONDS

    def _counted(self, given: Credentials) -> bool:
        """True when the nonce count is higher than before (RFC 7616 §3.4.6): a copied request is asked again.

        Without a count (RFC 2069) a nonce is good for once.
        """
        try:
            count = 1 if given.nc is None else int(given.nc, 16)
        except ValueError:
            return False
        if count <= self._counts.get(given.nonce, 0):
            return False
        self._counts[given.nonce] = count
        self._counts.move_to_end(given.nonce)
        if len(self._counts) > _NONCES:
            self._counts.popitem(last=False)
        return True

    async def check(self, request: Request, hop: Hop) -> Credential | Verdict:
        """Return whose the request is, or why not."""
        found = await self._check(request, hop)
        _CHECKS.labels(found.name.lower() if isinstance(found, Verdict) else "right").inc()
        return found

    async def _check(self, request: Request, hop: Hop) -> Credential | Verdict:
        given = _given(request)
        if given is None:
            self._asks(request, hop)
            return Verdict.CHALLENGE
        self._unanswered.pop(hop, None)
        if not self._fresh(given.nonce):
            # Not looked at any further: old and invented nonces say nothing about who sends this (a sender who only
            # pretends to be at this address has never seen one of ours), and cost us next to nothing.
            return Verdict.STALE
        limits = _limits(hop, given.username, resident=self.resident(hop))
        if any(self._blocked(key, limit) for key, limit in limits.items()):
            self._tell_failed(hop, given.username)
            return Verdict.BLOCKED
        credential = await self._credentials.credential(given.username)
        held = credential or self._nobody
        secret = held.ha1_md5 if given.algorithm is Algorithm.MD5 else held.ha1_sha256
        right = verify(given, secret, request.method)
        if not right or credential is None:
            for key in limits:
                self._fail(key)
            self._tell_failed(hop, given.username)
            return Verdict.DENIED
        if not self._counted(given):
            return Verdict.STALE
        if self.watcher is not None:
            self.watcher.passed(hop, credential.user, given.username)
        return credential

    def _tell_failed(self, hop: Hop, name: str) -> None:
        if self.watcher is not None:
            self.watcher.failed(hop, name)

    def _blocked(self, key: tuple[str, ...], limit: int) -> bool:
        since, count = self._failures.get(key, (0.0, 0))
        return count >= limit and self._clock.monotonic() - since < WINDOW_SECONDS

    def _fail(self, key: tuple[str, ...]) -> None:
        now = self._clock.monotonic()
        since, count = self._failures.pop(key, (now, 0))
        self._failures[key] = (since, count + 1) if now - since < WINDOW_SECONDS else (now, 1)
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)


def has_credentials(request: Request) -> bool:
    return request.get("authorization") is not None or request.get("proxy-authorization") is not None


def _given(request: Request) -> Credentials | None:
    """Return the credentials for our realm; anything unreadable counts as none, and is asked for again."""
    for value in request.raw("authorization") + request.raw("proxy-authorization"):
        try:
            given = parse_credentials(value)
        except PeerError:
            continue
        if given.realm == REALM:
            return given
    return None


def _limits(hop: Hop, username: str, *, resident: bool) -> dict[tuple[str, ...], int]:
    """Return what failures are counted by, and how many of them are too many.

    A guesser can open any number of WebSockets, so there the name counts too: at worst it is kept from the browser.
    A phone that is registered answers for itself alone, whatever others guess from its address, in its name or another.
    The address comes last, so that it is the last to be forgotten.
    """
    name = username[:64]
    if isinstance(hop, FlowHop):
        return {("name", name): FAILURES_PER_WINDOW, ("flow", hop.flow): FAILURES_PER_WINDOW}
    if resident:
        return {("place", str(hop)): FAILURES_PER_WINDOW}
    address = counted(hop.host)
    return {("address", address, name): FAILURES_PER_WINDOW, ("address", address): FAILURES_OF_ADDRESS}
