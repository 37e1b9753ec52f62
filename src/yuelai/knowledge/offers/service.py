"""Offers as editors set them up. The caller opens the transaction, in the tenant's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.knowledge import words
from yuelai.knowledge.model import Contact
from yuelai.knowledge.offers import conditions, moment, repository
from yuelai.knowledge.offers.errors import NoSuchOffer, OfferCodeTaken, TooManyOffers, UnknownPlaces
from yuelai.knowledge.scripts.service import filled
from yuelai.platform import paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST = 200


async def offers(
    conn: Connection, principal: Principal, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of them, what counts most first. Raises `BadCursor`."""
    after = paging.decode(cursor, int, UUID) if cursor is not None else None
    rows = await repository.page(conn, principal.tenant_id, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (-row["priority"], row["id"]))
    return [dict(item) for item in items], next_cursor


async def offer(conn: Connection, principal: Principal, offer_id: UUID) -> dict[str, Any]:
    """Raises `NoSuchOffer`."""
    row = await repository.one(conn, principal.tenant_id, offer_id)
    if row is None:
        raise NoSuchOffer()
    return dict(row)


async def add(conn: Connection, principal: Principal, fields: Mapping[str, Any]) -> UUID:
    """Raises `OfferCodeTaken`, `UnknownPlaces`, `TooManyOffers`."""
    _places(fields)
    if await repository.count(conn, principal.tenant_id) >= MOST:
        raise TooManyOffers()
    offer_id = new_id()
    now = SystemClock().now()
    if not await repository.add(conn, principal.tenant_id, offer_id, fields, principal.person_id, now):
        raise OfferCodeTaken(offer=fields["code"])
    await audit(conn, principal, "offer.created", f"offer/{offer_id}", {"code": fields["code"]})
    return offer_id


async def change(conn: Connection, principal: Principal, offer_id: UUID, changes: Mapping[str, Any]) -> None:
    """Raises `NoSuchOffer`, `UnknownPlaces`."""
    before = await offer(conn, principal, offer_id)
    _places(changes)
    different = {name: value for name, value in changes.items() if before[name] != value}
    if different:
        await repository.change(conn, offer_id, different, principal.person_id, SystemClock().now())
        await audit(conn, principal, "offer.changed", f"offer/{offer_id}", {"fields": sorted(different)})


async def delete(conn: Connection, principal: Principal, offer_id: UUID) -> None:
    """Delete it with its figures. Raises `NoSuchOffer`."""
    row = await offer(conn, principal, offer_id)
    await repository.delete(conn, principal.tenant_id, offer_id)
    await audit(conn, principal, "offer.deleted", f"offer/{offer_id}", {"code": row["code"]})


async def reasons(conn: Connection, principal: Principal, offer_id: UUID) -> list[dict[str, Any]]:
    """Raises `NoSuchOffer`."""
    await offer(conn, principal, offer_id)
    return [dict(row) for row in await repository.reasons(conn, offer_id)]


def tried(rule: Mapping[str, Any], text: str, text_en: str, contact: Contact) -> dict[str, Any]:
    """Return what a rule and a text come to in a contact whose matter is settled."""
    found = conditions.found(rule, contact)
    return {
        "holds": conditions.holds(rule, contact),
        "found": [
            {"fact": one.fact, "op": one.op, "value": one.value, "known": one.is_, "holds": one.holds} for one in found
        ],
        "held_back": moment.held_back(contact, settled=True),
        "unknown": sorted({*words.unknown(text), *words.unknown(text_en)}),
        **filled(text, text_en, contact),
    }


def _places(fields: Mapping[str, Any]) -> None:
    unknown = sorted({*words.unknown(fields.get("text") or ""), *words.unknown(fields.get("text_en") or "")})
    if unknown:
        raise UnknownPlaces(places=unknown)
