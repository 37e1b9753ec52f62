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


class _Moved(Exception):
    """Merged into somebody else, or split off, while we waited for the lock."""


async def claim(conn: Connection, tenant_id: UUID, customer_id: UUID) -> Claimed:
    """Lock the customer, or the one they were merged into. Raises `UnknownCustomer`, `Erased`."""
    while True:
        try:
            async with conn.transaction():
                row = await _lock_survivor(conn, tenant_id, customer_id)
                break
        except _Moved:
            # The savepoint has let go of the lock: who holds one row and waits for another may wait in a circle.
            continue
    if row["erased_at"] is not None:
        raise Erased()
    return Claimed(row["id"], row, await cards.family(conn, tenant_id, row["id"]))


async def _lock_survivor(conn: Connection, tenant_id: UUID, customer_id: UUID) -> dict[str, Any]:
    survivor = await repository.survivor(conn, tenant_id, customer_id)
    row = None if survivor is None else await repository.lock(conn, tenant_id, survivor)
    if row is None:
        raise UnknownCustomer()
    if await repository.survivor(conn, tenant_id, customer_id) != survivor:
        raise _Moved
    return dict(row)


async def look(conn: Connection, tenant_id: UUID, customer_id: UUID) -> list[UUID]:
    """Return every id the customer is known under, their own first, without a lock. Raises as `claim` does."""
    family = await cards.family(conn, tenant_id, customer_id)
    if not family:
        raise UnknownCustomer()
    if await repository.erased(conn, family[0]):
        raise Erased()
    return family
