"""Who changed which field of a customer, and when. Values of personal fields are kept masked: nobody can
read there what the record itself hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.events import CustomerChanged
from yuelai.customers.masking import mask_name, mask_text
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

HIDDEN = "****"
_PLAIN = frozenset({"kind", "gender", "class", "manager_id", "site_id", "since", "tags"})
"""Fields that tell a clerk nothing about a person which the list does not show anyway."""


@dataclass(frozen=True)
class Change:
    """One field; `old` and `new` are already fit to be shown."""

    field: str
    old: Any = None
    new: Any = None


def change(field: str, old: Any, new: Any) -> Change:
    """Return the line of a changed field, its values masked as the field demands."""
    return Change(field, _fit(field, old), _fit(field, new))


def _fit(field: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if field in _PLAIN:
        return str(value) if isinstance(value, UUID | date) else value
    if field == "name":
        return mask_name(value)
    if isinstance(value, list | tuple):
        return [_fit(field, each) for each in value]
    return mask_text(value) if isinstance(value, str) else HIDDEN


async def write(
    conn: Connection, tenant: UUID, customer: UUID, person: UUID | None, action: str, changes: Sequence[Change]
) -> None:
    """Write one line of the history. `person` is none for what an import or another system brought."""
    await conn.execute(
        "INSERT INTO customer_changes (id, tenant_id, customer_id, person_id, action, changes) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        tenant,
        customer,
        person,
        action,
        [asdict(each) for each in changes],
    )


async def tell(conn: Connection, principal: Principal, customer: UUID, action: str, changes: Sequence[Change]) -> None:
    """Write what a person has done to a customer: history, audit (field names only) and `customer.changed`."""
    await write(conn, principal.tenant_id, customer, principal.person_id, action, changes)
    fields = {"fields": [each.field for each in changes]} if changes else {}
    await audit(conn, principal, f"customer.{action}", f"customer/{customer}", fields)
    at = SystemClock().now()
    await outbox.put(conn, CustomerChanged(at=at, tenant_id=principal.tenant_id, customer_id=customer))


async def read(
    conn: Connection, tenant: UUID, family: Sequence[UUID], *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return `{at, person, action, changes}`, newest first, of all that the customer is known under."""
    before = paging.decode(cursor, UUID)[0] if cursor else UUID(int=2**128 - 1)
    rows: list[asyncpg.Record] = await conn.fetch(
        """
        SELECT h.id, h.at, h.action, h.changes, p.id AS person_id, p.number, p.name
        FROM customer_changes h LEFT JOIN people p ON p.id = h.person_id
        WHERE h.tenant_id = $1 AND h.customer_id = ANY($2) AND h.id < $3 ORDER BY h.id DESC LIMIT $4
        """,
        tenant,
        family,
        before,
        limit + 1,
    )
    page, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return [
        {
            "at": row["at"],
            "action": row["action"],
            "changes": row["changes"],
            "person": {"id": row["person_id"], "number": row["number"], "name": row["name"]}
            if row["person_id"]
            else None,
        }
        for row in page
    ], next_cursor
