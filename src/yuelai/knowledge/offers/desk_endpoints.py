"""The offer of a contact over HTTP, for its agents. What is shown and what came of it stand on the trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.knowledge.offers import showings
from yuelai.knowledge.offers.schemas import NewShowing, NextOffer, OfferResult
from yuelai.knowledge.ports import Contacts, contacts
from yuelai.knowledge.scripts.runs import Line
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/interactions/{interaction_id}/offer", tags=["offers"])

Db = Annotated[Database, Depends(database)]
Port = Annotated[Contacts, Depends(contacts)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


@router.get("")
async def next_offer(interaction_id: UUID, principal: AgentAtWork, db: Db, port: Port) -> NextOffer:
    """The one thing to offer in this contact now, or why there is none. Asking shows nothing to nobody yet."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return NextOffer.model_validate(await showings.next_offer(conn, principal, contact))


@router.post("/settled")
async def settled(interaction_id: UUID, principal: AgentAtWork, db: Db, port: Port) -> NextOffer:
    """Say that what the contact is about is settled: only then anything is offered."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return NextOffer.model_validate(await showings.settle(conn, principal, contact))


@router.post("/showings", status_code=201)
async def show(interaction_id: UUID, body: NewShowing, principal: AgentAtWork, db: Db, port: Port) -> NextOffer:
    """The agent sees the offer: from now on it is the one of this contact, and counts. 409 `not_the_moment`."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        found, lines = await showings.show(conn, principal, contact, body.offer_id)
    await _note(port, principal, interaction_id, lines)
    return NextOffer.model_validate(found)


@router.post("/{showing_id}/result")
async def result(
    interaction_id: UUID, showing_id: UUID, body: OfferResult, principal: AgentAtWork, db: Db, port: Port
) -> NextOffer:
    """What came of it."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        found, lines = await showings.result(conn, principal, contact, showing_id, body.result, body.reason)
    await _note(port, principal, interaction_id, lines)
    return NextOffer.model_validate(found)


async def _note(port: Contacts, principal: Principal, interaction_id: UUID, lines: Sequence[Line]) -> None:
    for kind, data in lines:
        await port.note(principal, interaction_id, kind, data)
