"""Offers over HTTP, for those who set them up."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.knowledge.offers import conditions, service
from yuelai.knowledge.offers.schemas import (
    FactList,
    NewOffer,
    OfferChange,
    OfferDocument,
    OfferList,
    OfferTrial,
    OfferTrialDocument,
    ReasonList,
)
from yuelai.knowledge.ports import Contacts, contacts
from yuelai.knowledge.samples import samples
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/offers", tags=["offers"])

Db = Annotated[Database, Depends(database)]
Port = Annotated[Contacts, Depends(contacts)]
Writer = Annotated[Principal, Depends(require("offers.write"))]


@router.get("")
async def offers(
    principal: Writer,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> OfferList:
    """All offers, what counts most first, with what came of them in 30 days."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.offers(conn, principal, cursor, limit)
    return OfferList.model_validate({"items": items, "next_cursor": next_cursor})


@router.post("", status_code=201)
async def add_offer(body: NewOffer, principal: Writer, db: Db) -> OfferDocument:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, await service.add(conn, principal, body.model_dump()))


@router.get("/facts")
async def facts(principal: Writer) -> FactList:
    """What rules may ask about."""
    items = [
        {"fact": name, "kind": fact.kind, "ops": list(conditions.OPS[fact.kind])}
        for name, fact in conditions.FACTS.items()
    ]
    return FactList.model_validate({"items": items})


@router.post("/try")
async def try_offer(body: OfferTrial, principal: Writer, port: Port) -> OfferTrialDocument:
    """What a rule comes to for one customer, condition by condition. Nothing is kept."""
    contact = samples(SystemClock().now())[body.sample]
    if body.customer:
        found = await port.customer(principal, body.customer)
        contact = replace(contact, match="one", customer_id=found.ids[0], customer=found)
    return OfferTrialDocument.model_validate(service.tried(body.rule, body.text, body.text_en, contact))


@router.get("/{offer_id}")
async def offer(offer_id: UUID, principal: Writer, db: Db) -> OfferDocument:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, offer_id)


@router.patch("/{offer_id}")
async def change_offer(offer_id: UUID, body: OfferChange, principal: Writer, db: Db) -> OfferDocument:
    """Change what is sent; the next contact sees it. Only `most` and `business` can be set to null."""
    sent = body.sent()
    changes = {name: value for name, value in sent.items() if value is not None or name in ("most", "business")}
    async with db.transaction(principal.tenant_id) as conn:
        await service.change(conn, principal, offer_id, changes)
        return await _shown(conn, principal, offer_id)


@router.delete("/{offer_id}", status_code=204)
async def delete_offer(offer_id: UUID, principal: Writer, db: Db) -> Response:
    """Delete it with its figures; to keep those, switch it off."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, offer_id)
    return Response(status_code=204)


@router.get("/{offer_id}/reasons")
async def reasons(offer_id: UUID, principal: Writer, db: Db) -> ReasonList:
    """Why it was refused or not made in the last 30 days."""
    async with db.transaction(principal.tenant_id) as conn:
        return ReasonList.model_validate({"items": await service.reasons(conn, principal, offer_id)})


async def _shown(conn: Connection, principal: Principal, offer_id: UUID) -> OfferDocument:
    return OfferDocument.model_validate(await service.offer(conn, principal, offer_id))
