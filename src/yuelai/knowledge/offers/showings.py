"""The one offer of a contact: which, whether now, and what came of it. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.knowledge.model import Contact
from yuelai.knowledge.offers import choosing, moment, repository
from yuelai.knowledge.offers.errors import NoSuchShowing, NotTheMoment
from yuelai.knowledge.scripts.runs import Line
from yuelai.knowledge.scripts.service import filled
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_TOLD = {"refused": "declined"}
"""Words of the trail."""


async def next_offer(conn: Connection, principal: Principal, contact: Contact) -> dict[str, Any]:
    """Return the offer of the contact, or why none is made (`schemas.NextOffer`). What was shown once stays."""
    settled = contact.settled or await repository.settled(conn, principal.tenant_id, contact.id)
    showing = await repository.showing(conn, principal.tenant_id, contact.id)
    nothing = {"offer": None, "why": None, "showing": None, "waiting": False, "settled": settled}
    if showing is not None:
        kept = {name: showing[name] for name in ("id", "shown_at", "result", "reason", "result_at")}
        return {**nothing, "offer": _one(showing, showing["offer_id"], contact), "showing": kept}
    why = moment.held_back(contact, settled)
    if why not in (None, "unsettled", "not_speaking"):
        return {**nothing, "why": why}
    row = await _best(conn, principal, contact)
    if row is None:
        return {**nothing, "why": "nothing_fits"}
    if why is not None:
        return {**nothing, "why": why, "waiting": True}
    return {**nothing, "offer": _one(row, row["id"], contact)}


async def show(
    conn: Connection, principal: Principal, contact: Contact, offer_id: UUID
) -> tuple[dict[str, Any], list[Line]]:
    """Write down that the agent sees the offer. Raises `NotTheMoment` for any other than the one that is due."""
    found = await next_offer(conn, principal, contact)
    if found["offer"] is None or found["offer"]["id"] != offer_id or contact.customer_id is None:
        raise NotTheMoment(why=found["why"])
    if found["showing"] is not None:
        return found, []
    at = contact.now
    shown = await repository.show(
        conn, principal.tenant_id, new_id(), offer_id, contact.id, contact.customer_id, principal.person_id, at
    )
    found = await next_offer(conn, principal, contact)
    return found, [("offer_shown", _named(found["offer"]))] if shown else []


async def result(
    conn: Connection, principal: Principal, contact: Contact, showing_id: UUID, result: str, reason: str
) -> tuple[dict[str, Any], list[Line]]:
    """Write down what came of it; said again, what was said last holds. Raises `NoSuchShowing`."""
    showing = await repository.showing(conn, principal.tenant_id, contact.id)
    if showing is None or showing["id"] != showing_id:
        raise NoSuchShowing()
    lines: list[Line] = []
    if (showing["result"], showing["reason"]) != (result, reason):
        await repository.put_result(conn, showing_id, result, reason, contact.now)
        data: dict[str, str | int] = {**_named(showing), "result": _TOLD.get(result, result)}
        lines.append(("offer_result", {**data, "reason": reason} if reason else data))
    return await next_offer(conn, principal, contact), lines


async def settle(conn: Connection, principal: Principal, contact: Contact) -> dict[str, Any]:
    """The agent says that what the contact is about is settled."""
    await repository.settle(conn, principal.tenant_id, contact.id, principal.person_id, contact.now)
    return await next_offer(conn, principal, contact)


async def _best(conn: Connection, principal: Principal, contact: Contact) -> Mapping[str, Any] | None:
    rows = {row["id"]: dict(row) for row in await repository.active(conn, principal.tenant_id)}
    ids = contact.customer.ids if contact.customer is not None else ()
    before = await repository.shown_to(conn, principal.tenant_id, ids, contact.id)
    shown = [choosing.Shown(row["offer_id"], row["shown_at"], row["result"]) for row in before]
    chosen = choosing.best([choosing.offer_of(row) for row in rows.values()], contact, shown)
    return rows[chosen.id] if chosen is not None else None


def _one(row: Mapping[str, Any], offer_id: UUID, contact: Contact) -> dict[str, Any]:
    named = {name: row[name] for name in ("code", "name", "name_en", "business")}
    return {"id": offer_id, **named, **filled(row["text"], row["text_en"], contact)}


def _named(row: Mapping[str, Any]) -> dict[str, str | int]:
    return {"offer": row["code"], "name": row["name"], "name_en": row["name_en"]}
