"""Who sends this? Digest challenges and checks (RFC 3261 §22, RFC 7616, RFC 8760) with a limit on failures."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from enum import Enum, auto

from yuelai.platform.clock import Clock
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
    def __init__(self, credentials: CredentialStore, clock: Clock) -> None:
        self._credentials, self._clock = credentials, clock
        self._secret = secrets.token_bytes(32)
        # Checked against when the user does not exist, so that the answer takes as long and looks the same.
        self._nobody = Credential("", secrets.token_hex(16), secrets.token_hex(32))
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._failures: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()

    def challenges(self, hop: Hop, *, stale: bool = False) -> list[str]:
        """Return the challenges, preferred first; browsers' stacks stumble over SHA-256, so they get MD5 only.

        MD5 stands first for phones too: many read only the first challenge and know nothing else.
        """
        nonce = self._new_nonce()
        algorithms = [Algorithm.MD5] if isinstance(hop, FlowHop) else [Algorithm.MD5, Algorithm.SHA256]
        return [challenge(REALM, nonce, algorithm, stale=stale) for algorithm in algorithms]

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
        """True when the nonce count is higher than before (RFC 7616 §3.4.6): a copied request is asked again."""
        if given.nc is None:
            return True
        try:
            count = int(given.nc, 16)
        except ValueError:
            return False
        if count <= self._counts.get(given.nonce, 0):
            return False
        self._counts[given.nonce] = count
        self._counts.move_to_end(given.nonce)
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        return True

    async def check(self, request: Request, hop: Hop) -> Credential | Verdict:
        """Return whose the request is, or why not."""
        given = _given(request)
        if given is None:
            return Verdict.CHALLENGE
        limits = _limits(hop, given.username)
        if any(self._blocked(counted, limit) for counted, limit in limits.items()):
            return Verdict.BLOCKED
        credential = await self._credentials.credential(given.username)
        held = credential or self._nobody
        secret = held.ha1_md5 if given.algorithm is Algorithm.MD5 else held.ha1_sha256
        right = verify(given, secret, request.method)
        if not right or credential is None:
            for counted in limits:
                self._fail(counted)
            return Verdict.DENIED
        if not self._fresh(given.nonce) or not self._counted(given):
            return Verdict.STALE
        return credential

    def _blocked(self, counted: tuple[str, ...], limit: int) -> bool:
        since, count = self._failures.get(counted, (0.0, 0))
        return count >= limit and self._clock.monotonic() - since < WINDOW_SECONDS

    def _fail(self, counted: tuple[str, ...]) -> None:
        now = self._clock.monotonic()
        since, count = self._failures.pop(counted, (now, 0))
        self._failures[counted] = (since, count + 1) if now - since < WINDOW_SECONDS else (now, 1)
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


def _limits(hop: Hop, username: str) -> dict[tuple[str, ...], int]:
    """Return what failures are counted by, and how many of them are too many.

    A guesser can open any number of WebSockets, so there the name counts too: at worst it is kept from the browser.
    The address comes last, so that it is the last to be forgotten.
    """
    name = username[:64]
    if not isinstance(hop, FlowHop):
        return {("address", hop.host, name): FAILURES_PER_WINDOW, ("address", hop.host): FAILURES_OF_ADDRESS}
    return {("name", name): FAILURES_PER_WINDOW, ("flow", hop.flow): FAILURES_PER_WINDOW}
