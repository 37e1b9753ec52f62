"""Digest secrets of phones: long-lived ones of desk phones, short-lived ones of browsers."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from yuelai.identity import repository
from yuelai.identity.errors import NoNumber
from yuelai.identity.model import Principal, SipCredential
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import PersonId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

REALM = "yuelai"
BROWSER_LIFETIME = timedelta(hours=12)
FRESH_SECONDS = 5.0
STALE_SECONDS = 3600.0
"""How long a credential seen before still serves while PostgreSQL is away."""
AWAY_SECONDS = 2.0
"""After a failure, how long PostgreSQL is not asked again for a credential that still serves."""


def ha1(username: str, password: str) -> tuple[str, str]:
    """Return HA1 by MD5 and by SHA-256, in hexadecimal: H(username:realm:password), RFC 7616 §3.4.2."""
    text = f"{username}:{REALM}:{password}".encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest(), hashlib.sha256(text).hexdigest()


@dataclass(frozen=True)
class BrowserCredential:
    """What a page needs to register; the password itself is never made known."""

    username: str
    user: str
    ha1_md5: str
    expires_at: datetime


async def set_phone_password(conn: Connection, person: PersonId, number: str, password: str) -> None:
    """Give a person's desk phone its password: user name and address-of-record user are the work number."""
    await repository.put_sip_credential(conn, number, person, number, *ha1(number, password))


async def browser_credential(
    conn: Connection, principal: Principal, session_hash: bytes, now: datetime
) -> BrowserCredential:
    """Make a credential that dies with the browser session. Raises `NoNumber`."""
    if principal.number is None:
        raise NoNumber()
    username = f"{principal.number}-{secrets.token_hex(8)}"
    md5, sha256 = ha1(username, secrets.token_urlsafe(32))
    expires_at = now + BROWSER_LIFETIME
    await repository.put_sip_credential(
        conn,
        username,
        principal.person_id,
        principal.number,
        md5,
        sha256,
        session_hash=session_hash,
        expires_at=expires_at,
    )
    return BrowserCredential(username, principal.number, md5, expires_at)


@dataclass(frozen=True)
class _Held:
    at: float
    credential: SipCredential
    expires_at: datetime | None


class PostgresCredentialStore:
    """Looks secrets up for the digest check; has the shape of `telephony.ports.CredentialStore`.

    Every registration asks, often thousands in a minute after a network failure: an answer serves for a few
    seconds, and for an hour while PostgreSQL is away. Unknown names are not kept: anybody may ask for those.
    """

    def __init__(self, database: Database, clock: Clock | None = None, *, capacity: int = 20_000) -> None:
        self._database, self._clock, self._capacity = database, clock or SystemClock(), capacity
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._away_until = 0.0

    async def credential(self, username: str) -> SipCredential | None:
        """Return the secrets, or None for an unknown name. Raises `Unavailable` when that cannot be told now."""
        held = self._held.get(username)
        usable = held.credential if held is not None and self._usable(held) else None
        asked_lately = held is not None and self._age(held) < FRESH_SECONDS
        if usable is not None and (asked_lately or self._clock.monotonic() < self._away_until):
            return usable
        try:
            async with self._database.transaction(None) as conn:
                row = await repository.sip_credential(conn, username)
        except Unavailable:
            self._away_until = self._clock.monotonic() + AWAY_SECONDS
            if usable is None:
                raise
            return usable
        if row is None:
            self._held.pop(username, None)
            return None
        found = SipCredential(row["user"], row["ha1_md5"], row["ha1_sha256"])
        self._held[username] = _Held(self._clock.monotonic(), found, row["expires_at"])
        self._held.move_to_end(username)
        while len(self._held) > self._capacity:
            self._held.popitem(last=False)
        return found

    def _age(self, held: _Held) -> float:
        return self._clock.monotonic() - held.at

    def _usable(self, held: _Held) -> bool:
        expired = held.expires_at is not None and held.expires_at <= self._clock.now()
        return not expired and self._age(held) < STALE_SECONDS
