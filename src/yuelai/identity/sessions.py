"""Sign-in sessions: opaque tokens, of which only the hash is kept, so that a stolen database opens no session."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from yuelai.identity import passwords, repository
from yuelai.identity.audit import audit
from yuelai.identity.errors import NotSignedIn, TooManyAttempts, WrongCredentials
from yuelai.identity.grants import principal_of
from yuelai.identity.model import Principal
from yuelai.identity.throttle import Throttle
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

LIFETIME = timedelta(hours=12)
REMEMBERED_SECONDS = 120.0
"""How long a session seen before goes on being believed while PostgreSQL is away."""
AWAY_SECONDS = 2.0
"""After a failure, how long PostgreSQL is not asked again for a session that is believed anyway."""


@dataclass(frozen=True)
class Opened:
    """A new session; the token is told once."""

    token: str
    expires_at: datetime
    principal: Principal


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


class Sessions:
    """Opens, checks and ends sessions. One per web process: it counts attempts in memory."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._by_username = Throttle(free=5)
        # A whole centre may sit behind one address: its free attempts are many and only failures are charged.
        self._by_source = Throttle(free=50)
        self._away_until = 0.0
        self._seen: OrderedDict[bytes, tuple[float, datetime, Principal]] = OrderedDict()

    async def open(self, username: str, password: str, source: str) -> Opened:
        """Sign in. Raises `WrongCredentials`, and `TooManyAttempts` with the seconds to wait."""
        username = username.strip().lower()
        now = self._clock.monotonic()
        wait = max(self._by_username.wait(username, now), self._by_source.wait(source, now))
        if wait > 0:
            raise TooManyAttempts(wait)
        self._by_username.begin(username, now)
        self._by_source.begin(source, now)
        async with self._database.transaction(None) as conn:
            person = await repository.person_by_username(conn, username)
        # No transaction is held while argon2 works. A person without any grant is refused like an unknown one.
        known = person is not None and bool(person["tenants"])
        right = await passwords.verify(person["password_hash"] if person and known else None, password)
        if person is None or not right:
            log.info("sign_in_refused", source=source)
            raise WrongCredentials()
        self._by_username.forgive(username)
        self._by_source.excuse(source)
        return await self._start(PersonId(person["id"]), TenantId(person["tenants"][0]), source)

    async def _start(self, person: PersonId, tenant: TenantId, source: str) -> Opened:
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        async with self._database.transaction(tenant) as conn:
            await repository.add_session(conn, token_hash(token), person, tenant, source, now + LIFETIME)
            found = await self._find(conn, token_hash(token))
            if found is None:
                raise WrongCredentials()
            expires_at, principal = found
            await audit(conn, principal, "session.opened", f"person/{person}", {"source": source})
        return Opened(token, expires_at, principal)

    async def principal(self, token: str) -> Principal:
        """Return who holds the token. Raises `NotSignedIn`.

        While PostgreSQL is away for a moment a session that was good just before stays good, so that agents can
        end or hold the calls that go on meanwhile.
        """
        hashed = token_hash(token)
        remembered = self._remembered(hashed)
        if remembered is not None and self._clock.monotonic() < self._away_until:
            return remembered
        try:
            async with self._database.transaction(None) as conn:
                found = await self._find(conn, hashed)
        except Unavailable:
            self._away_until = self._clock.monotonic() + AWAY_SECONDS
            if remembered is None:
                raise
            return remembered
        if found is None:
            self._seen.pop(hashed, None)
            raise NotSignedIn()
        self._remember(hashed, *found)
        return found[1]

    async def close(self, token: str, principal: Principal) -> None:
        """Sign out; the browser phone's credential goes with it."""
        hashed = token_hash(token)
        self._seen.pop(hashed, None)
        async with self._database.transaction(principal.tenant_id) as conn:
            if await repository.delete_session(conn, hashed):
                await audit(conn, principal, "session.closed", f"person/{principal.person_id}")

    async def revoke(self, person: PersonId) -> None:
        """End every session of a person, e.g. when their grants change or a device is lost."""
        for hashed in [h for h, (_, _, principal) in self._seen.items() if principal.person_id == person]:
            del self._seen[hashed]
        async with self._database.transaction(None) as conn:
            await repository.delete_sessions_of(conn, person)

    async def _find(self, conn: Connection, hashed: bytes) -> tuple[datetime, Principal] | None:
        row = await repository.session_person(conn, hashed, self._clock.now())
        if row is None:
            return None
        return row["expires_at"], principal_of(row)

    def _remember(self, hashed: bytes, expires_at: datetime, principal: Principal) -> None:
        self._seen[hashed] = (self._clock.monotonic(), expires_at, principal)
        self._seen.move_to_end(hashed)
        while len(self._seen) > 10_000:
            self._seen.popitem(last=False)

    def _remembered(self, hashed: bytes) -> Principal | None:
        seen = self._seen.get(hashed)
        if seen is None:
            return None
        at, expires_at, principal = seen
        fresh = self._clock.monotonic() - at < REMEMBERED_SECONDS and self._clock.now() < expires_at
        return principal if fresh else None
