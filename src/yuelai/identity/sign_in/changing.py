"""Changing one's own password."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from yuelai.identity import passwords
from yuelai.identity.audit import audit
from yuelai.identity.errors import WeakPassword
from yuelai.identity.model import Principal
from yuelai.identity.sign_in import policy, repository
from yuelai.identity.sign_in.errors import NoPassword
from yuelai.platform.db import Database
from yuelai.platform.ids import PersonId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def change_own(database: Database, principal: Principal, new: str, now: datetime, kept: bytes) -> None:
    """Change one's password; every session but that of the token hash `kept` ends. The old one was confirmed before.

    Raises `WeakPassword` with a `reason`: those of `policy.check_new`, or used_before.
    """
    person = principal.person_id
    async with database.transaction(None) as conn:
        found = await repository.password_of(conn, person)
        former = await repository.former_passwords(conn, person, policy.REMEMBERED)
    if found is None or found["password_hash"] is None:
        raise NoPassword()
    about = [found["username"], found["name"], found["number"] or "", (found["email"] or "").partition("@")[0]]
    await asyncio.to_thread(policy.check_new, new, about)
    # One that was set before there was a history counts as the latest.
    for encoded in list(dict.fromkeys([found["password_hash"], *former]))[: policy.REMEMBERED]:
        if await passwords.verify(encoded, new):
            raise WeakPassword(reason="used_before", remembered=policy.REMEMBERED)
    encoded = await passwords.hash_password(new)
    async with database.transaction(None) as conn:
        await _put(conn, person, found["password_hash"], former, encoded, now)
        await repository.end_other_sessions(conn, person, kept)
        await audit(conn, principal, "password.changed", f"person/{person}")


async def _put(
    conn: Connection, person: PersonId, present: str, former: list[str], encoded: str, now: datetime
) -> None:
    if present not in former:
        await repository.remember(conn, person, present)
    await repository.set_password(conn, person, encoded, now, must_change=False, remembered=policy.REMEMBERED)
