"""Setting a PIN, and telling whether one is right.

A PIN is short, so what protects it is that few guesses are taken: a guess is counted before it is looked at, in the
database, so neither many at a time nor a restart gives any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from yuelai.customers.errors import WeakPin
from yuelai.customers.pins import repository
from yuelai.customers.record.claim import claim, look
from yuelai.customers.record.history import tell
from yuelai.identity import passwords
from yuelai.identity.audit import audit_as
from yuelai.identity.model import Principal
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ids import TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

TRIES = 3
"""Wrong PINs in a row until no more is taken for a while."""
LOCKED = timedelta(minutes=30)
"""The first time; twice as long each further time, without a right one in between."""
LONGEST = timedelta(hours=24)
LENGTH = 6
_FORM = re.compile(r"[0-9]{6}", re.ASCII)
_ROWS = "01234567890", "09876543210"


@dataclass(frozen=True)
class Checked:
    """`left` is how many more tries there are; 0 also for a customer who has no PIN, and whom no PIN opens: `reason` is
    `none` then."""

    ok: bool
    locked: bool
    left: int
    reason: Literal["none"] | None = None


async def put(conn: Connection, principal: Principal, customer_id: UUID, hash_: str) -> None:
    """Give the customer a PIN, by its hash (`hashed`), and end a lock. Raises `UnknownCustomer`, `Erased`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    await repository.put(conn, principal.tenant_id, held.id, hash_, SystemClock().now())
    await tell(conn, principal, held.id, "pin_set", [])


async def give(conn: Connection, tenant_id: UUID, customer_id: UUID, hash_: str) -> None:
    """Give a PIN to a customer who has none, of a system's own accord; one that is there stays."""
    if await repository.lock(conn, [customer_id]) is None:
        await repository.put(conn, tenant_id, customer_id, hash_, SystemClock().now())


async def hashed(pin: str) -> str:
    """Return the hash of a PIN, made in a thread. Raises `WeakPin`."""
    if not _FORM.fullmatch(pin) or len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        raise WeakPin()
    return await passwords.hash_password(pin)


async def check(
    database: Database, tenant_id: UUID, customer_id: UUID, pin: str, *, clock: Clock | None = None
) -> Checked:
    """Tell whether the PIN is right. While it is locked nothing is looked at. Raises `UnknownCustomer`, `Erased`."""
    clock = clock or SystemClock()
    async with database.transaction(tenant_id) as conn:
        now = clock.now()
        family = await look(conn, tenant_id, customer_id)
        held = await repository.lock(conn, family)
        if held is not None:
            if held["locked_until"] is not None and held["locked_until"] > now:
                return Checked(ok=False, locked=True, left=0)
            tries, locks, until = held["tries"] + 1, held["locks"], None
            if tries >= TRIES:
                until = now + min(LONGEST, LOCKED * 2 ** min(locks, 16))
                tries, locks = 0, min(locks + 1, 16)
            await repository.count(conn, held["customer_id"], tries, locks, until)
    # No transaction is open while the hash is computed. Without one there is none: that it is missing is told anyway.
    right = held is not None and await passwords.verify(held["hash"], pin)
    async with database.transaction(tenant_id) as conn:
        outcome = "right" if right else "missing" if held is None else "locked" if until else "wrong"
        if right and held is not None:
            await repository.forgive(conn, held["customer_id"], held["set_at"])
        await audit_as(conn, TenantId(tenant_id), None, f"customer.pin_{outcome}", f"customer/{family[0]}")
    if right:
        return Checked(ok=True, locked=False, left=TRIES)
    if held is None:
        return Checked(ok=False, locked=False, left=0, reason="none")
    return Checked(ok=False, locked=until is not None, left=0 if until is not None else TRIES - tries)
