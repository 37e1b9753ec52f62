"""People: who there is, and the first one of all."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from yuelai.identity import passwords, repository
from yuelai.identity.model import Agent
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_BOOTSTRAP_LOCK = 0x59554C49


async def agents(conn: Connection, tenant: TenantId) -> list[Agent]:
    """Return everybody active who may work as an agent, by number."""
    rows = await repository.people_with_permission(conn, tenant, "agent.work")
    return [Agent(PersonId(row["id"]), tenant, row["number"], row["name"]) for row in rows]


async def bootstrap_admin(database: Database) -> str | None:
    """Make the user `admin` in an installation that has nobody yet and return the password, else None."""
    password = secrets.token_urlsafe(12)
    encoded = await passwords.hash_password(password)
    async with database.transaction(None) as conn:
        # Two processes may start at once; only one of them may tell a password.
        await conn.execute("SELECT pg_advisory_xact_lock($1)", _BOOTSTRAP_LOCK)
        if await repository.anybody(conn):
            return None
        person = PersonId(new_id())
        await repository.add_person(conn, person, "admin", "Administrator", None, encoded)
        # It was on a terminal, and in whatever keeps a terminal's words.
        await repository.require_new_password(conn, person)
        await repository.add_grant(conn, person, SAMPLE_TENANT, "admin")
    return password
