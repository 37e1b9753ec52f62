"""Taking hold of a customer in order to change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers import repository as cards
from yuelai.customers.errors import Erased, UnknownCustomer
from yuelai.customers.record import repository

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Claimed:
    """A live customer nobody else can change now. `family` is every id they are known under, their own first."""

    id: UUID
    row: Mapping[str, Any]
    family: list[UUID]


async def claim(conn: Connection, tenant_id: UUID, customer_id: UUID) -> Claimed:
    """Lock the customer, or the one they were merged into. Raises `UnknownCustomer`, `Erased`."""
    while True:
        survivor = await repository.survivor(conn, tenant_id, customer_id)
        row = None if survivor is None else await repository.lock(conn, tenant_id, survivor)
        if survivor is None or row is None:
            raise UnknownCustomer()
        # While we waited for the lock they may have been merged into somebody else, or split off.
        if await repository.survivor(conn, tenant_id, customer_id) == survivor:
            break
    if row["erased_at"] is not None:
        raise Erased()
    return Claimed(survivor, dict(row), await cards.family(conn, tenant_id, survivor))


async def look(conn: Connection, tenant_id: UUID, customer_id: UUID) -> list[UUID]:
    """Return every id the customer is known under, their own first, without a lock. Raises as `claim` does."""
    family = await cards.family(conn, tenant_id, customer_id)
    if not family:
        raise UnknownCustomer()
    if await repository.erased(conn, family[0]):
        raise Erased()
    return family
