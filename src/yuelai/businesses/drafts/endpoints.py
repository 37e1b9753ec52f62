"""Drafts over HTTP: of a contact that one has or had part in, and of no other."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from yuelai.businesses.drafts import service
from yuelai.businesses.drafts.schemas import DraftChange, KeptDraft, KeptDrafts
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.interactions import taking_part
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1", tags=["businesses"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


@router.get("/interactions/{interaction_id}/drafts")
async def drafts(interaction_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> KeptDrafts:
    """All drafts of a contact, those that colleagues began, too."""
    await taking_part.required(db, client, principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return KeptDrafts.model_validate({"items": await service.drafts(conn, principal, interaction_id)})


@router.put("/drafts/{draft_id}")
async def keep(draft_id: UUID, body: DraftChange, principal: AgentAtWork, db: Db, client: Core) -> KeptDraft:
    """Keep a draft; its id is the page's choice. 409 `draft_moved` when it does not stand at `version` any more, with
    `draft` as it stands; 409 `draft_submitted` when it is no draft any more; 404 when it was closed meanwhile."""
    await taking_part.required(db, client, principal, body.interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return KeptDraft.model_validate(await service.keep(conn, principal, draft_id, body.model_dump()))


@router.delete("/drafts/{draft_id}", status_code=204)
async def delete(draft_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """Close a draft without submitting it. To take that back, keep it as a new one."""
    async with db.transaction(principal.tenant_id) as conn:
        contact = await service.contact_of(conn, principal, draft_id)
    await taking_part.required(db, client, principal, contact)
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, draft_id)
    return Response(status_code=204)
