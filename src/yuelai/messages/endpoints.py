"""Messages over HTTP: what was written to the customer of a contact, and what became of it."""

from __future__ import annotations

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.messages import service
from yuelai.messages.ports import Contacts
from yuelai.messages.schemas import SentMessages
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/messages", tags=["messages"])


@router.get("")
async def of_interaction(
    request: Request,
    principal: Annotated[Principal, Depends(require("interactions.read"))],
    db: Annotated[Database, Depends(database)],
    interaction_id: Annotated[UUID, Query()],
) -> SentMessages:
    """The messages of a contact, the oldest first; none for those who may not read its page."""
    seen = cast("Contacts", request.app.state.seen_contacts)
    async with db.transaction(principal.tenant_id) as conn:
        if not await seen(conn, principal, interaction_id):
            return SentMessages(items=[])
        items = await service.of_interaction(conn, principal, interaction_id)
    return SentMessages.model_validate({"items": items})
