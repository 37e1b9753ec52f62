"""Who calls, what we know of them, and new ones. The caller opens the transaction, in the tenant's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers import repository
from yuelai.customers.errors import Erased, UnknownCustomer
from yuelai.customers.masking import mask_address
from yuelai.customers.model import Balance, Card, Match
from yuelai.customers.phones import national, normalise
from yuelai.customers.record import creation

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST_CANDIDATES = 20


async def identify(conn: Connection, tenant_id: UUID, ani: str) -> Match:
    """Tell who a caller's number belongs to. Numbers somebody had once, short and hidden ones match nobody."""
    e164 = normalise(ani)
    if e164 is None:
        return Match("new", [])
    found = [_card(row) for row in await repository.cards_by_phone(conn, tenant_id, e164, MOST_CANDIDATES)]
    if not found:
        return Match("new", [])
    return Match("one" if len(found) == 1 else "several", found)


async def card(conn: Connection, tenant_id: UUID, customer_id: UUID) -> Card:
    """Raises `UnknownCustomer`."""
    found = await cards(conn, tenant_id, [customer_id])
    if not found:
        raise UnknownCustomer()
    return found[0]


async def cards(conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> list[Card]:
    """Return the cards of those that exist, in the order given; a merged one answers as the one it was merged into."""
    return [_card(row) for row in await repository.cards(conn, tenant_id, customer_ids)]


async def cards_of(conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> dict[UUID, Card]:
    """Return the cards by the ids they were asked by, for those who keep ids that may have been merged since."""
    return {row["asked"]: _card(row) for row in await repository.cards(conn, tenant_id, customer_ids)}


async def family(conn: Connection, tenant_id: UUID, customer_id: UUID) -> list[UUID]:
    """Return every id under which a customer is known, the surviving one first. Raises `UnknownCustomer`."""
    found = await repository.family(conn, tenant_id, customer_id)
    if not found:
        raise UnknownCustomer()
    return found


async def overview(conn: Connection, tenant_id: UUID, customer_id: UUID) -> dict[str, Any]:
    """Return `{ids, card, accounts, products, bills, orders}`; amounts in minor units, `ids` all that the customer is
    known under. Raises `UnknownCustomer`, `Erased`."""
    document = await repository.overview(conn, tenant_id, customer_id)
    if document is None:
        raise UnknownCustomer()
    if document.pop("erased"):
        raise Erased()
    return {**document, "ids": [UUID(id_) for id_ in document["ids"]], "card": _card(document["card"])}


async def balance(conn: Connection, customer_id: UUID) -> Balance | None:
    """Return what the customer has and the latest bill; None for one without an account."""
    row = await repository.balance(conn, customer_id)
    if row is None:
        return None
    return Balance(row["minor"], row["currency"], row["bill_minor"], row["bill_month"])


async def create(conn: Connection, tenant_id: UUID, *, name: str, phones: Sequence[str], **more: Any) -> Card:
    """Add a customer and return the card; `more` and refusals as in `record.creation`."""
    new = creation.NewCustomer(name, phones=phones, **more)
    return await card(conn, tenant_id, await creation.add(conn, tenant_id, new))


def _card(row: asyncpg.Record | Mapping[str, Any]) -> Card:
    return {
        "id": str(row["id"]),
        "no": row["no"],
        "kind": row["kind"],
        "name": row["name"],
        "gender": row["gender"],
        "birth_year": row["birth_year"],
        "class": row["class"],
        "phones": [national(value) for value in row["phones"]],
        "address_masked": mask_address(row["address"]),
        "manager_number": row["manager_number"],
        "warnings": list(row["warnings"]),
        "tags": list(row["tags"]),
    }
