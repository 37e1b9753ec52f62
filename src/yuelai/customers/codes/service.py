"""Making one-time codes, and telling whether one is right.

A code opens once, within five minutes, and a newer one takes its place. As with PINs few guesses are taken, and each is
counted before it is looked at; after the third wrong one neither a code is taken nor a new one made for a while, longer
each time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.codes import repository
from yuelai.customers.pins.service import LOCKED, LONGEST, TRIES, Checked
from yuelai.customers.record.claim import look
from yuelai.identity import passwords
from yuelai.identity.audit import audit_as
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ids import TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

LENGTH = 6
GOOD_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Given:
    """`again`: it was given before under the same key, and nothing is to be sent. `locked`: none is given now."""

    customer_id: UUID
    again: bool = False
    locked: bool = False


def fresh() -> str:
    return f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"


async def hashed(code: str) -> str:
    """Return the hash of a code, made in a thread."""
    return await passwords.hash_password(code)


async def numbers(conn: Connection, tenant_id: UUID, customer_id: UUID) -> list[str]:
    """Return the telephones a code may be sent to, in E.164, the best first: the customer's own by the record, never
    whoever calls. Raises `UnknownCustomer`, `Erased`."""
    return await repository.own_numbers(conn, await look(conn, tenant_id, customer_id))


async def give(conn: Connection, tenant_id: UUID, customer_id: UUID, key: str, hash_: str, now: datetime) -> Given:
    """Let the code of this hash open, and no other. `key` names the wish. Raises `UnknownCustomer`, `Erased`."""
    family = await look(conn, tenant_id, customer_id)
    held = await repository.lock(conn, tenant_id, family[0])
    if held["locked_until"] is not None and held["locked_until"] > now:
        return Given(family[0], locked=True)
    if held["key"] == key:
        return Given(family[0], again=True)
    await repository.put(conn, family[0], key, hash_, now + GOOD_FOR)
    await audit_as(conn, TenantId(tenant_id), None, "customer.code_given", f"customer/{family[0]}")
    return Given(family[0])


async def check(
    database: Database, tenant_id: UUID, customer_id: UUID, code: str, *, clock: Clock | None = None
) -> Checked:
    """Tell whether the code is right. While it is locked nothing is looked at. Raises `UnknownCustomer`, `Erased`."""
    clock = clock or SystemClock()
    async with database.transaction(tenant_id) as conn:
        now = clock.now()
        customer = (await look(conn, tenant_id, customer_id))[0]
        held = await repository.lock(conn, tenant_id, customer)
        if held["locked_until"] is not None and held["locked_until"] > now:
            return Checked(ok=False, locked=True, left=0)
        there = held["hash"] != "" and held["expires_at"] > now
        tries, locks, until = held["tries"] + 1, held["locks"], None
        if there:
            if tries >= TRIES:
                until = now + min(LONGEST, LOCKED * 2 ** min(locks, 16))
                tries, locks = 0, min(locks + 1, 16)
            await repository.count(conn, customer, tries, locks, until)
    # No transaction is open while the hash is computed, and where there is none it takes as long.
    right = await passwords.verify(held["hash"] if there else None, code)
    async with database.transaction(tenant_id) as conn:
        if right:
            right = await repository.use(conn, customer, held["hash"])
        elif until is not None:
            await repository.close(conn, customer, held["hash"])
        outcome = "right" if right else "missing" if not there else "locked" if until else "wrong"
        await audit_as(conn, TenantId(tenant_id), None, f"customer.code_{outcome}", f"customer/{customer}")
    if right:
        return Checked(ok=True, locked=False, left=TRIES)
    if not there:
        return Checked(ok=False, locked=False, left=0)
    return Checked(ok=False, locked=until is not None, left=0 if until is not None else TRIES - tries)
