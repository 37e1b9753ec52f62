"""How often a customer may be wrong about what can be found out by trying: the numbers of recharge cards.

As with a PIN a guess is counted before anybody looks at it, in the database: neither many at a time nor a restart give
any more. What turns out to be right, or has not been looked at, is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from yuelai.customers.pins import repository
from yuelai.customers.record.claim import look
from yuelai.identity.audit import audit_as
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ids import TenantId

GUESSES = 5
WITHIN = timedelta(minutes=30)

What = Literal["card"]


@dataclass(frozen=True)
class Guess:
    """One that is counted."""

    tenant_id: UUID
    customer_id: UUID
    what: What
    at: datetime


async def begin(
    database: Database, tenant_id: UUID, customer_id: UUID, what: What, *, clock: Clock | None = None
) -> Guess | None:
    """Count a guess that is about to be made; None when there have been five within half an hour: make it not. Raises
    `UnknownCustomer`, `Erased`."""
    now = (clock or SystemClock()).now()
    async with database.transaction(tenant_id) as conn:
        survivor = (await look(conn, tenant_id, customer_id))[0]
        if await repository.guess(conn, tenant_id, survivor, what, now, now - WITHIN, GUESSES):
            return Guess(tenant_id, survivor, what, now)
        await audit_as(conn, TenantId(tenant_id), None, f"customer.{what}_locked", f"customer/{survivor}")
    return None


async def take_back(database: Database, guess: Guess) -> None:
    """It was right, or nobody has looked at it."""
    async with database.transaction(guess.tenant_id) as conn:
        await repository.take_back(conn, guess.customer_id, guess.what, guess.at)
