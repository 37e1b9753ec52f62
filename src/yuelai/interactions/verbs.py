"""What an agent does with a contact, over HTTP: asked of core, which owns it. Each answers once it has been done."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions.schemas import ChosenCustomer, NewNote, Wrapup
from yuelai.interactions.verb_schemas import Keys, NewConsultation, NewTransfer
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/interactions/{interaction_id}", tags=["interactions"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


async def _ask(client: IpcClient, verb: str, principal: Principal, interaction_id: UUID, **more: Any) -> Response:
    params = {"principal": principal.to_message(), "interaction_id": str(interaction_id), **more}
    await client.request(f"interaction.{verb}", params)
    return Response(status_code=204)


@router.post("/hold", status_code=204)
async def hold(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "hold", principal, interaction_id)


@router.post("/retrieve", status_code=204)
async def retrieve(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "retrieve", principal, interaction_id)


@router.post("/hangup", status_code=204)
async def hang_up(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """End the talk, or decline while it rings. Whoever else speaks with the customer goes on."""
    return await _ask(client, "hangup", principal, interaction_id)


@router.post("/rejoin", status_code=204)
async def rejoin(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Call the agent's seat again for a call that goes on, after a page was reloaded."""
    return await _ask(client, "rejoin", principal, interaction_id)


@router.post("/pause-recording", status_code=204)
async def pause_recording(interaction_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """Keep nothing of either side from now on: a card number is read out. The recording's time runs on."""
    # Written down before core is asked, so that no connection waits for core: it stands, too, if core refuses.
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "recording.paused", f"interaction/{interaction_id}")
    return await _ask(client, "pause_recording", principal, interaction_id)


@router.post("/resume-recording", status_code=204)
async def resume_recording(interaction_id: UUID, principal: AgentAtWork, db: Db, client: Core) -> Response:
    """Keep everything again."""
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "recording.resumed", f"interaction/{interaction_id}")
    return await _ask(client, "resume_recording", principal, interaction_id)


@router.post("/keys", status_code=204)
async def keys(interaction_id: UUID, body: Keys, principal: AgentAtWork, client: Core) -> Response:
    """Press keys towards the customer."""
    return await _ask(client, "keys", principal, interaction_id, digits=body.digits)


@router.post("/transfer", status_code=204)
async def transfer(interaction_id: UUID, body: NewTransfer, principal: AgentAtWork, client: Core) -> Response:
    """Send the customer there and leave. If nobody comes they come back, or wait at the place they had."""
    to = body.to.model_dump(exclude_none=True)
    return await _ask(client, "transfer", principal, interaction_id, to=to, note=body.note)


@router.post("/consult", status_code=204)
async def consult(interaction_id: UUID, body: NewConsultation, principal: AgentAtWork, client: Core) -> Response:
    """Ask somebody while the customer hears music. 409 `agent_not_free` when that colleague cannot be asked now."""
    to = body.to.model_dump(exclude_none=True)
    return await _ask(client, "consult", principal, interaction_id, to=to, note=body.note)


@router.post("/consult/cancel", status_code=204)
async def cancel_consultation(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Let who was asked go, and speak with the customer."""
    return await _ask(client, "consult_cancel", principal, interaction_id)


@router.post("/consult/complete", status_code=204)
async def complete_consultation(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Hand the customer over to who was asked. While it still rings there, they are sent there."""
    return await _ask(client, "consult_complete", principal, interaction_id)


@router.post("/conference", status_code=204)
async def conference(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Customer, agent and who was asked speak together."""
    return await _ask(client, "conference", principal, interaction_id)


@router.post("/alternate", status_code=204)
async def alternate(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Speak with the other one: the customer, or who was asked."""
    return await _ask(client, "alternate", principal, interaction_id)


@router.post("/leave", status_code=204)
async def leave(interaction_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Leave a conference; the others stay."""
    return await _ask(client, "leave", principal, interaction_id)


@router.post("/participants/{participant_id}/drop", status_code=204)
async def drop(interaction_id: UUID, participant_id: UUID, principal: AgentAtWork, client: Core) -> Response:
    """Let one of the participants go. The customer is the participant with the contact's own id."""
    return await _ask(client, "drop", principal, interaction_id, participant_id=str(participant_id))


@router.post("/notes", status_code=204)
async def note(interaction_id: UUID, body: NewNote, principal: AgentAtWork, client: Core) -> Response:
    return await _ask(client, "note", principal, interaction_id, text=body.text)


@router.post("/wrapup", status_code=204)
async def wrap_up(interaction_id: UUID, body: Wrapup, principal: AgentAtWork, client: Core) -> Response:
    """Close one's own wrap-up: the agent is free, and the interaction done when it was the last."""
    return await _ask(client, "wrapup", principal, interaction_id, disposition=body.disposition, note=body.note)


@router.put("/customer", status_code=204)
async def choose_customer(interaction_id: UUID, body: ChosenCustomer, principal: AgentAtWork, client: Core) -> Response:
    """Say who the customer is, among several or a new one."""
    chosen = {"customer_id": str(body.customer_id), "on_behalf": body.on_behalf}
    return await _ask(client, "customer", principal, interaction_id, **chosen)
