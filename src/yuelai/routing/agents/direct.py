"""Numbers outside that lead straight to somebody's seat, past all queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import Conflict, NotFound
from yuelai.routing.agents import service, tables
from yuelai.routing.events import DirectNumberChanged

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class NoSuchDirectNumber(NotFound):
    """No such number leads to a seat of this tenant."""

    code = "no_such_direct_number"


class DirectNumberTaken(Conflict):
    """This number belongs to another tenant, or is an access number."""

    code = "number_taken"


class DirectNumbers:
    """As core knows them: `seats` has the seat of each number, and the only trunk it counts for, if it is one."""

    def __init__(self, seats: Mapping[str, tuple[str, UUID | None]] | None = None) -> None:
        self._seats = dict(seats or {})

    async def load(self, conn: Connection) -> None:
        """Take over the numbers as PostgreSQL has them now."""
        rows = await tables.all_direct_numbers(conn)
        self._seats = {row["number"]: (row["seat"], row["trunk_id"]) for row in rows}

    def seat(self, number: str, trunk_id: UUID | None) -> str | None:
        """Return the seat that a number leads to which was called by this trunk."""
        seat, only = self._seats.get(number.removeprefix("+"), (None, None))
        return seat if only in (None, trunk_id) else None


async def numbers(
    conn: Connection, principal: Principal, *, cursor: str | None, limit: int
) -> tuple[list[asyncpg.Record], str | None]:
    """Raises `BadCursor`."""
    (after,) = paging.decode(cursor, str) if cursor is not None else ("",)
    rows = await tables.direct_numbers_of(conn, principal.tenant_id, after, limit + 1)
    return paging.page(rows, limit, lambda row: (row["number"],))


async def put(
    conn: Connection, principal: Principal, number: str, person_id: UUID, trunk_id: UUID | None
) -> dict[str, Any]:
    """Raises `NoSuchAgent`, `NoSuchTrunk`, `DirectNumberTaken`."""
    await service.within_reach(conn, principal, "queues.write", person_id)
    if trunk_id is not None and not await tables.has_trunk(conn, trunk_id):
        raise NoSuchTrunk()
    if not await tables.put_direct_number(conn, principal.tenant_id, number, person_id, trunk_id):
        raise DirectNumberTaken(number=number)
    data = {"person_id": str(person_id), "trunk_id": str(trunk_id) if trunk_id else None}
    await _tell(conn, principal, "direct_number.put", number, data)
    (row,) = await tables.direct_numbers_of(conn, principal.tenant_id, "", 1, number)
    return dict(row)


async def delete(conn: Connection, principal: Principal, number: str) -> None:
    """Raises `NoSuchDirectNumber`."""
    if not await tables.delete_direct_number(conn, principal.tenant_id, number):
        raise NoSuchDirectNumber()
    await _tell(conn, principal, "direct_number.deleted", number, {})


async def _tell(conn: Connection, principal: Principal, action: str, number: str, data: dict[str, Any]) -> None:
    await audit(conn, principal, action, f"direct_number/{number}", data)
    now = SystemClock().now()
    await outbox.put(conn, DirectNumberChanged(at=now, tenant_id=principal.tenant_id, number=number))


class NoSuchTrunk(NotFound):
    """There is no such trunk."""

    code = "no_such_trunk"
