"""Signing in elsewhere: a browser goes to a provider, comes back vouched for, and its page opens a session."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import structlog

from yuelai.identity.audit import audit_as
from yuelai.identity.sign_in import repository
from yuelai.identity.sign_in.errors import NotOneOfUs, ProviderFailed, TicketInvalid
from yuelai.identity.sign_in.oidc import Claims, Going, Oidc
from yuelai.platform.clock import Clock
from yuelai.platform.config import OidcProvider
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

AWAY = timedelta(minutes=10)
"""How long somebody may take at the provider."""
TICKET = timedelta(minutes=1)
"""How long the page may take to open the session; a ticket stands in the address for a moment."""


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Elsewhere:
    def __init__(self, database: Database, oidc: Oidc, clock: Clock) -> None:
        self._database, self.oidc, self._clock = database, oidc, clock

    async def begin(self, code: str, redirect_uri: str) -> Going:
        """Raises `NoSuchProvider`, `ProviderFailed`."""
        going = await self.oidc.begin(code, redirect_uri)
        async with self._database.transaction(None) as conn:
            until = self._clock.now() + AWAY
            await repository.add_login(conn, _hash(going.state), code, going.nonce, going.verifier, redirect_uri, until)
        return going

    async def returned(
        self, code: str, *, state: str, cookie: str, authorization_code: str | None, issuer: str | None
    ) -> str:
        """Return a ticket for whoever came back. `cookie` is the state that this very browser was given.

        Raises `NoSuchProvider`, `TicketInvalid`, `ProviderFailed`, `NotOneOfUs`.
        """
        provider = self.oidc.provider(code)
        # Without the cookie an attacker could have somebody finish the attacker's own login (RFC 6749 §10.12).
        if not state or not hmac.compare_digest(_hash(state), _hash(cookie)):
            raise TicketInvalid()
        async with self._database.transaction(None) as conn:
            login = await repository.take_login(conn, _hash(state), code, self._clock.now())
        if login is None:
            raise TicketInvalid()
        if not authorization_code:
            raise ProviderFailed()
        claims = await self.oidc.finish(
            code, authorization_code, issuer, (login["nonce"], login["verifier"], login["redirect_uri"])
        )
        ticket = secrets.token_urlsafe(32)
        async with self._database.transaction(None) as conn:
            person = await _person(conn, provider, claims)
            if person is not None:
                await repository.add_ticket(conn, _hash(ticket), person, code, self._clock.now() + TICKET)
        if person is None:
            log.info("sign_in_refused", provider=code, reason="not_one_of_us")
            raise NotOneOfUs()
        return ticket

    async def redeem(self, ticket: str) -> tuple[PersonId, TenantId, str]:
        """Return whom a ticket is for, the tenant of their oldest grant and the provider. Raises `TicketInvalid`."""
        async with self._database.transaction(None) as conn:
            row = await repository.take_ticket(conn, _hash(ticket), self._clock.now())
        if row is None or not row["tenants"]:
            raise TicketInvalid()
        return PersonId(row["person_id"]), TenantId(row["tenants"][0]), row["provider"]

    async def note_refusal(self, code: str, reason: str) -> None:
        """Write into the audit trail that somebody came back and was not let in."""
        async with self._database.transaction(None) as conn:
            data = {"reason": reason, "provider": code}
            await audit_as(conn, SAMPLE_TENANT, None, "session.refused", "person", data)


async def _person(conn: Connection, provider: OidcProvider, claims: Claims) -> PersonId | None:
    """Return the one person the claims mean. Nobody is made, and two of one address are nobody."""
    if provider.claim == "email":
        return _only(await repository.known_as(conn, email=claims.email)) if claims.email is not None else None
    if claims.preferred_username is None:
        return None
    return _only(await repository.known_as(conn, username=claims.preferred_username))


def _only(rows: list[asyncpg.Record]) -> PersonId | None:
    return PersonId(rows[0]["id"]) if len(rows) == 1 and rows[0]["tenants"] else None
