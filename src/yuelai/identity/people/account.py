"""How people get in: first passwords, desk phones, locks, sessions, second factors. The caller opens the transaction.

All of it is done by somebody else for the person, so all of it asks for the same: that they may change them, that they
have every right the person has, and, but for sessions at their own tenant, that no other tenant has a say.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.identity.audit import audit
from yuelai.identity.credentials import set_phone_password
from yuelai.identity.errors import NoNumber
from yuelai.identity.model import Principal
from yuelai.identity.people import repository, service
from yuelai.identity.people.errors import NoSuchPerson
from yuelai.identity.roles import rights
from yuelai.identity.roles.errors import Outranked
from yuelai.identity.roles.repository import everywhere
from yuelai.identity.sign_in.repository import set_password
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import PersonId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Without the letters and digits that are mistaken for each other when read out: 31^12 of them, 59 bits.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def initial_password() -> str:
    """Return a password that can be told over the telephone, e.g. `k7wd-q2mx-ra9c`."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


async def reset_password(conn: Connection, principal: Principal, id_: UUID, encoded: str) -> None:
    """Set a password that must be changed at once, and end every session of the person."""
    person = await _whose(conn, principal, id_)
    await set_password(conn, person, encoded, SystemClock().now(), must_change=True, remembered=service.REMEMBERED)
    await repository.unlock(conn, person)
    async with everywhere(conn):
        await repository.delete_sessions(conn, person, None)
    await _done(conn, principal, person, "person.password_reset")


async def reset_phone(conn: Connection, principal: Principal, id_: UUID) -> tuple[str, str]:
    """Give the desk phone a new password; return its user and the password. Raises `NoNumber`."""
    person = await _whose(conn, principal, id_)
    found = await repository.for_update(conn, person)
    if found is None or not found["active"]:
        raise NoSuchPerson()
    if found["number"] is None:
        raise NoNumber()
    password = secrets.token_urlsafe(12)
    await set_phone_password(conn, person, found["number"], password)
    await _done(conn, principal, person, "person.phone_reset")
    return found["number"], password


async def unlock(conn: Connection, principal: Principal, id_: UUID) -> None:
    """End a lock-out before its time."""
    person = await _whose(conn, principal, id_)
    await repository.unlock(conn, person)
    await _done(conn, principal, person, "person.unlocked")


async def end_sessions(conn: Connection, principal: Principal, id_: UUID) -> None:
    """End the person's sessions: those at this tenant, and all of them where it decides alone."""
    person = await _whose(conn, principal, id_, sole=False)
    if principal.operator or not await repository.elsewhere(conn, person, principal.tenant_id):
        async with everywhere(conn):
            await repository.delete_sessions(conn, person, None)
    else:
        await repository.delete_sessions(conn, person, principal.tenant_id)
    await _done(conn, principal, person, "person.sessions_ended")


async def delete_second_factor(conn: Connection, principal: Principal, id_: UUID) -> None:
    """Take the second factor off, for somebody who has lost it."""
    person = await _whose(conn, principal, id_)
    if await repository.delete_second_factor(conn, person):
        await _done(conn, principal, person, "person.totp_removed")


async def _whose(conn: Connection, principal: Principal, id_: UUID, *, sole: bool = True) -> PersonId:
    """Raises `NoSuchPerson`, `Outranked`, and `KnownElsewhere` where the tenant has to have the `sole` say."""
    person = PersonId((await service.one(conn, principal, id_, service.WRITE))["id"])
    if sole:
        await service.need_sole(conn, principal, person)
    # A token is not its maker: with a password of theirs it could sign in as them, and do all that it was not given.
    oneself = person == principal.person_id and principal.token_id is None
    if not oneself and await rights.exceeds(conn, principal, person):
        raise Outranked()
    return person


async def _done(conn: Connection, principal: Principal, person: PersonId, action: str) -> None:
    await audit(conn, principal, action, f"person/{person}")
    await service.tell(conn, principal, person)
