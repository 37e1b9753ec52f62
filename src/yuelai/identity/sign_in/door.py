"""The door: a user name, a password and, where somebody has one, a second factor are checked here.

Guessing is slowed down by name and by source (`throttle`), and after so many failures in a row nobody gets in under
that name for a while. A name that nobody has is treated like one that somebody has, lock and all, so that the answers
do not tell which names exist.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from yuelai.identity import passwords
from yuelai.identity.audit import audit_as
from yuelai.identity.errors import TooManyAttempts, WrongCredentials
from yuelai.identity.sign_in import repository, second_factor
from yuelai.identity.sign_in.errors import Locked, NoPassword, OtpRequired, OtpWrong
from yuelai.identity.throttle import Throttle
from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId
from yuelai.platform.secrets import Secrets

if TYPE_CHECKING:
    from yuelai.identity.model import Principal

log = structlog.get_logger()


class Door:
    """One per web process: it counts attempts in memory, and those of known people in the database, too."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, secrets: Callable[[], Secrets]) -> None:
        self._database, self._clock, self._secrets = database, clock, secrets
        self._most, self._lock = settings.lock_failures, timedelta(minutes=settings.lock_minutes)
        self._by_username = Throttle(free=5)
        # A whole centre may sit behind one address: its free attempts are many and only failures are charged.
        self._by_source = Throttle(free=50)
        self._strangers = _Strangers(self._most, self._lock)

    async def enter(self, username: str, password: str, otp: str | None, source: str) -> tuple[PersonId, TenantId]:
        """Return who it is, and the tenant of their oldest grant.

        Raises `TooManyAttempts` and `Locked` with the seconds to wait, `WrongCredentials`, `OtpRequired`, `OtpWrong`.
        """
        username = username.strip().lower()
        self._attempt(username, source)
        async with self._database.transaction(None) as conn:
            found = await repository.who_signs_in(conn, username)
        # A person without any grant is refused like an unknown one.
        if found is None or not found["tenants"]:
            await self._stranger(username, password, source)
            raise WrongCredentials()
        person, tenant = PersonId(found["id"]), TenantId(found["tenants"][0])
        await self._unless_locked(person, tenant, found["locked_until"])
        # No transaction is held while argon2 works.
        if not await passwords.verify(found["password_hash"], password):
            await self._failed(person, tenant, "password", source)
            raise WrongCredentials()
        if found["second_factor"]:
            if not otp:
                # Half of the way is no failure, but does not forgive those before it either.
                self._by_username.excuse(username)
                self._by_source.excuse(source)
                raise OtpRequired()
            if not await self._second_factor(person, tenant, otp):
                await self._failed(person, tenant, "second_factor", source)
                raise OtpWrong()
        await self._succeeded(username, person, source)
        return person, tenant

    async def confirm(self, principal: Principal, password: str, source: str) -> None:
        """Ask somebody who is signed in for their password again; counted like signing in.

        Raises `WrongCredentials`, `TooManyAttempts`, `Locked`; `NoPassword` for those who sign in elsewhere.
        """
        self._attempt(principal.username, source)
        async with self._database.transaction(None) as conn:
            found = await repository.password_of(conn, principal.person_id)
        if found is None or found["password_hash"] is None:
            raise NoPassword()
        await self._unless_locked(principal.person_id, principal.tenant_id, found["locked_until"])
        if not await passwords.verify(found["password_hash"], password):
            await self._failed(principal.person_id, principal.tenant_id, "password", source)
            raise WrongCredentials()
        await self._succeeded(principal.username, principal.person_id, source)

    def limit(self, source: str) -> None:
        """Count an attempt at something else that anybody may try. Raises `TooManyAttempts`."""
        now = self._clock.monotonic()
        wait = self._by_source.wait(source, now)
        if wait > 0:
            raise TooManyAttempts(wait)
        self._by_source.begin(source, now)

    def excuse(self, source: str) -> None:
        """It was in order: take the attempt back."""
        self._by_source.excuse(source)

    def _attempt(self, username: str, source: str) -> None:
        now = self._clock.monotonic()
        wait = max(self._by_username.wait(username, now), self._by_source.wait(source, now))
        if wait > 0:
            raise TooManyAttempts(wait)
        self._by_username.begin(username, now)
        self._by_source.begin(source, now)

    async def _unless_locked(self, person: PersonId, tenant: TenantId, until: datetime | None) -> None:
        left = (until - self._clock.now()).total_seconds() if until is not None else 0
        if left > 0:
            await self._note(tenant, person, "session.refused", {"reason": "locked"})
            raise Locked(left)

    async def _stranger(self, username: str, password: str, source: str) -> None:
        left = self._strangers.locked(username, self._clock.now())
        reason = "locked" if left > 0 else "unknown_name"
        if left <= 0:
            await passwords.verify(None, password)
            self._strangers.count(username, self._clock.now())
        log.info("sign_in_refused", source=source, reason=reason)
        # The name stays out of it: it may well be a password typed into the wrong field.
        await self._note(SAMPLE_TENANT, None, "session.refused", {"reason": reason})
        if left > 0:
            raise Locked(left)

    async def _second_factor(self, person: PersonId, tenant: TenantId, otp: str) -> bool:
        async with self._database.transaction(None) as conn:
            how = await second_factor.take(conn, self._secrets(), person, otp, self._clock.now())
            if how == second_factor.RECOVERY:
                await audit_as(conn, tenant, person, "totp.recovery_code_used", f"person/{person}")
        return how is not None

    async def _failed(self, person: PersonId, tenant: TenantId, reason: str, source: str) -> None:
        log.info("sign_in_refused", source=source, reason=reason)
        async with self._database.transaction(None) as conn:
            until = await repository.count_failure(conn, person, self._most, self._clock.now(), self._lock)
            await audit_as(conn, tenant, person, "session.refused", f"person/{person}", {"reason": reason})
            if until is not None:
                data = {"until": until, "failures": self._most}
                await audit_as(conn, tenant, person, "person.locked", f"person/{person}", data)

    async def _succeeded(self, username: str, person: PersonId, source: str) -> None:
        self._by_username.forgive(username)
        self._by_source.excuse(source)
        async with self._database.transaction(None) as conn:
            await repository.forgive(conn, person)

    async def _note(self, tenant: TenantId, person: PersonId | None, action: str, data: dict[str, Any]) -> None:
        async with self._database.transaction(None) as conn:
            await audit_as(conn, tenant, person, action, f"person/{person}" if person else "person", data)


class _Strangers:
    """Failures and locks of names that nobody has, in the manner of those of people; the oldest go first."""

    def __init__(self, most: int, lock: timedelta, capacity: int = 20_000) -> None:
        self._most, self._lock, self._capacity = most, lock, capacity
        self._held: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def locked(self, username: str, now: datetime) -> float:
        until = self._held.get(username, (0, None))[1]
        return (until - now).total_seconds() if until is not None else 0.0

    def count(self, username: str, now: datetime) -> None:
        failures = self._held.pop(username, (0, None))[0] + 1
        self._held[username] = (0, now + self._lock) if failures >= self._most else (failures, None)
        while len(self._held) > self._capacity:
            self._held.popitem(last=False)
