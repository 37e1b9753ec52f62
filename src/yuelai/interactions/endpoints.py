"""Interactions over HTTP. Reading asks PostgreSQL; what changes a call is asked of core, which owns it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions import service
from yuelai.interactions.schemas import ChosenCustomer, Detail, NewNote, SummaryList, Wrapup
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/interactions", tags=["interactions"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Reader = Annotated[Principal, Depends(require("interactions.read"))]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


@router.get("")
async def find(
    principal: Reader,
    db: Db,
    ani: Annotated[str | None, Query(min_length=1, max_length=64, description="in any written form")] = None,
    channel: Annotated[str | None, Query(max_length=32)] = None,
    from_: Annotated[datetime | None, Query(alias="from", description="inclusive; UTC if without zone")] = None,
    to: Annotated[datetime | None, Query(description="exclusive; UTC if without zone")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SummaryList:
    """The newest first. Agents see their own, leaders and quality inspectors those of whom their grants are about."""
    wanted = service.Filter(ani, channel, _utc(from_), _utc(to))
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.find(conn, principal, wanted, cursor=cursor, limit=limit)
    return SummaryList.model_validate({"items": items, "next_cursor": next_cursor})


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@router.get("/{interaction_id}")
async def one(interaction_id: UUID, principal: Reader, db: Db) -> Detail:
    """The service trail of one interaction: its segments, steps, notes, recordings and customer."""
    async with db.transaction(principal.tenant_id) as conn:
        return Detail.model_validate(await service.one(conn, principal, interaction_id))


async def _ask(client: IpcClient, verb: str, principal: Principal, interaction_id: UUID, **more: Any) -> Response:
    params = {"principal": principal.to_message(), "interaction_id": str(interaction_id), **more}
    await client.request(f"interaction.{verb}", params)
    return Response(status_code=204)


@router.post("/{interaction_id}/hold", status_code=204)
async def hold(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "hold", principal, interaction_id)


@router.post("/{interaction_id}/retrieve", status_code=204)
async def retrieve(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "retrieve", principal, interaction_id)


@router.post("/{interaction_id}/hangup", status_code=204)
async def hang_up(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """End the talk, or decline while it rings."""
    return await _ask(client, "hangup", principal, interaction_id)


@router.post("/{interaction_id}/rejoin", status_code=204)
async def rejoin(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Call the agent's seat again for a call that goes on, after a page was reloaded."""
    return await _ask(client, "rejoin", principal, interaction_id)


@router.post("/{interaction_id}/pause-recording", status_code=204)
async def pause_recording(interaction_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """Keep nothing of either side from now on: a card number is read out. The recording's time runs on."""
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "recording.paused", f"interaction/{interaction_id}")
        return await _ask(client, "pause_recording", principal, interaction_id)


@router.post("/{interaction_id}/resume-recording", status_code=204)
async def resume_recording(interaction_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """Keep everything again."""
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "recording.resumed", f"interaction/{interaction_id}")
        return await _ask(client, "resume_recording", principal, interaction_id)


@router.post("/{interaction_id}/notes", status_code=204)
async def note(interaction_id: UUID, body: NewNote, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "note", principal, interaction_id, text=body.text)


@router.post("/{interaction_id}/wrapup", status_code=204)
async def wrap_up(interaction_id: UUID, body: Wrapup, principal: AgentAtWork, client: Core) -> Response:
    """Close the wrap-up: the interaction is done and the agent free."""
    return await _ask(client, "wrapup", principal, interaction_id, disposition=body.disposition, note=body.note)


@router.put("/{interaction_id}/customer", status_code=204)
async def choose_customer(interaction_id: UUID, body: ChosenCustomer, principal: AgentAtWork, client: Core) -> Response:
    """Say who the customer is, among several or a new one."""
    return await _ask(client, "customer", principal, interaction_id, customer_id=str(body.customer_id))
