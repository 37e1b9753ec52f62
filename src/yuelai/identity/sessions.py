"""Sign-in sessions: opaque tokens, of which only the hash is kept, so that a stolen database opens no session."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.identity import tokens
from yuelai.identity.audit import audit
from yuelai.identity.errors import NotSignedIn, WrongCredentials
from yuelai.identity.grants import principal_of
from yuelai.identity.model import Principal
from yuelai.identity.sign_in import repository
from yuelai.identity.sign_in.door import Door
from yuelai.identity.sign_in.elsewhere import Elsewhere
from yuelai.identity.sign_in.errors import NoGrantThere
from yuelai.identity.sign_in.oidc import Oidc
from yuelai.identity.sign_in.watching import Watchers
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import NotFound, Unavailable
from yuelai.platform.ids import PersonId, TenantId
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.secrets import Secrets

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How often, at most, it is written when a session was last used."""
REMEMBERED_SECONDS = 120.0
"""How long a session seen before goes on being believed while PostgreSQL is away."""
AWAY_SECONDS = 2.0
"""After a failure, how long PostgreSQL is not asked again for a session that is believed anyway."""
MUST_CHANGE_PASSWORD = "change_password"  # noqa: S105


@dataclass(frozen=True)
class Opened:
    """A new session; the token is told once."""

    token: str
    expires_at: datetime
    principal: Principal


@dataclass(frozen=True)
class Standing:
    """A session of a person's list."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    source: str | None
    user_agent: str | None
    current: bool


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Sessions:
    """Opens, checks and ends sessions. One per web process."""

    def __init__(self, database: Database, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._settings = settings or Settings()
        self.door = Door(database, self._clock, self._settings, lambda: self.secrets)
        self.elsewhere = Elsewhere(database, Oidc(self._settings), self._clock)
        self.watchers = Watchers()
        self._away_until = 0.0
        # By token and the tenant asked for beside it.
        self._seen: OrderedDict[tuple[bytes, TenantId | None], tuple[float, datetime, Principal]] = OrderedDict()

    @cached_property
    def secrets(self) -> Secrets:
        """The keys that second factors are sealed under. Raises `Unavailable`: the key file cannot be used."""
        try:
            return Secrets.load(self._settings)
        except BadKeyFile as error:
            log.error("master_key_unusable", reason=str(error))
            raise Unavailable("the master key cannot be used at the moment") from None

    @property
    def clock(self) -> Clock:
        return self._clock

    async def open(
        self, username: str, password: str, source: str, *, otp: str | None = None, user_agent: str | None = None
    ) -> Opened:
        """Sign in with a password. Raises what `Door.enter` does."""
        person, tenant = await self.door.enter(username, password, otp, source)
        return await self.start(person, tenant, source, user_agent)

    async def start(
        self, person: PersonId, tenant: TenantId, source: str, user_agent: str | None, provider: str | None = None
    ) -> Opened:
        """Begin a session of somebody who has proved who they are, to us or to a `provider`."""
        token = secrets.token_urlsafe(32)
        hashed, now = token_hash(token), self._clock.now()
        async with self._database.transaction(None) as conn:
            await repository.add_session(
                conn,
                hashed,
                person,
                tenant,
                provider=provider,
                source=source,
                user_agent=user_agent[:300] if user_agent else None,
                now=now,
                expires_at=now + LIFETIME,
            )
            found = await self._find(conn, hashed, None)
            if found is None:
                raise WrongCredentials()
            expires_at, principal = found
            data = {"source": source} | ({"provider": provider} if provider else {})
            await audit(conn, principal, "session.opened", f"person/{person}", data)
        return Opened(token, expires_at, principal)

    async def principal(self, token: str, tenant: TenantId | None = None) -> Principal:
        """Return who holds the token, acting at its own tenant or at another one of theirs.

        Raises `NotSignedIn`, and `NoGrantThere` for a tenant that is not theirs. While PostgreSQL is away for a moment
        a session that was good just before stays good, so that agents can end or hold the calls that go on meanwhile.
        """
        key = (token_hash(token), tenant)
        remembered = self._remembered(key)
        if remembered is not None and self._clock.monotonic() < self._away_until:
            return remembered
        try:
            async with self._database.transaction(None) as conn:
                if token.startswith(tokens.PREFIX):
                    found = await tokens.holder(conn, key[0], tenant, self._clock.now())
                else:
                    found = await self._find(conn, key[0], tenant)
        except Unavailable:
            self._away_until = self._clock.monotonic() + AWAY_SECONDS
            if remembered is None:
                raise
            return remembered
        if found is None:
            self._forget(lambda held, _: held == key[0])
            raise NotSignedIn()
        self._remember(key, *found)
        return found[1]

    async def close(self, token: str, principal: Principal) -> None:
        """Sign out; the browser phone's credential goes with it."""
        hashed = token_hash(token)
        self._forget(lambda held, _: held == hashed)
        async with self._database.transaction(None) as conn:
            standing = await repository.delete_session(conn, hashed)
            if standing:
                await audit(conn, principal, "session.closed", f"person/{principal.person_id}")
        self.watchers.person(principal.person_id)

    async def listed(self, token: str, principal: Principal) -> list[Standing]:
        """Return a person's own sessions, that used last first."""
        current = token_hash(token)
        async with self._database.transaction(None) as conn:
            rows = await repository.sessions_of(conn, principal.person_id, self._clock.now())
        return [
            Standing(
                row["id"],
                row["created_at"],
                row["last_seen_at"],
                row["source"],
                row["user_agent"],
                row["token_hash"] == current,
            )
            for row in rows
        ]

    async def end(self, principal: Principal, id_: UUID) -> None:
        """End one of one's own sessions. Raises `NotFound`."""
        async with self._database.transaction(None) as conn:
            hashed = await repository.end_session(conn, principal.person_id, id_)
            if hashed is None:
                raise NotFound()
            await audit(conn, principal, "session.ended", f"session/{id_}")
        self._forget(lambda held, _: held == hashed)
        self.watchers.person(principal.person_id)

    async def switch(self, token: str, principal: Principal, tenant: TenantId) -> Principal:
        """Let the session act at another tenant of the person's. Raises `NoGrantThere`."""
        hashed = token_hash(token)
        async with self._database.transaction(None) as conn:
            if not await repository.can_act_at(conn, principal.person_id, tenant):
                raise NoGrantThere()
            await repository.move_session(conn, hashed, tenant)
            found = await self._find(conn, hashed, None)
            if found is None:
                raise NotSignedIn()
            data = {"from": principal.tenant_id, "to": tenant}
            await audit(conn, found[1], "session.tenant_switched", f"person/{principal.person_id}", data)
        self._forget(lambda held, _: held == hashed)
        self.watchers.person(principal.person_id)
        return found[1]

    async def revoke(self, person: PersonId) -> None:
        """End every session of a person, e.g. when a device is lost."""
        async with self._database.transaction(None) as conn:
            await repository.end_other_sessions(conn, person, None)
        self.changed(person)

    def changed(self, person: PersonId) -> None:
        """What a person may do is not what it was: believe nothing remembered, and have their open pages look again."""
        self._forget(lambda _, principal: principal.person_id == person)
        self.watchers.person(person)

    def all_changed(self) -> None:
        """The same for everybody: a role or a tenant is not what it was."""
        self._seen.clear()
        self.watchers.everybody()

    async def _find(
        self, conn: Connection, hashed: bytes, tenant: TenantId | None
    ) -> tuple[datetime, Principal] | None:
        now = self._clock.now()
        row = await repository.session(conn, hashed, now, self._settings.password_days, tenant)
        if row is None:
            return None
        if not row["grants"] and tenant is not None:
            raise NoGrantThere()
        if not row["grants"] and not await repository.tenants_of(conn, row["id"]):
            # Whoever has lost every grant has nothing to be signed in for.
            return None
        if now - row["last_seen_at"] >= SEEN_EVERY:
            await repository.seen(conn, hashed, now)
        principal = principal_of(row)
        if row["must_change"]:
            principal = replace(principal, must=MUST_CHANGE_PASSWORD)
        return row["expires_at"], principal

    def _remember(self, key: tuple[bytes, TenantId | None], expires_at: datetime, principal: Principal) -> None:
        self._seen[key] = (self._clock.monotonic(), expires_at, principal)
        self._seen.move_to_end(key)
        while len(self._seen) > 10_000:
            self._seen.popitem(last=False)

    def _remembered(self, key: tuple[bytes, TenantId | None]) -> Principal | None:
        seen = self._seen.get(key)
        if seen is None:
            return None
        at, expires_at, principal = seen
        fresh = self._clock.monotonic() - at < REMEMBERED_SECONDS and self._clock.now() < expires_at
        return principal if fresh else None

    def _forget(self, which: Callable[[bytes, Principal], bool]) -> None:
        for key in [key for key, (_, _, principal) in self._seen.items() if which(key[0], principal)]:
            del self._seen[key]
