"""Scripts over HTTP, for agents in a contact. What they do stands on its trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.knowledge.ports import Contacts, contacts
from yuelai.knowledge.scripts import runs
from yuelai.knowledge.scripts.run_schemas import Answered, Ending, NewRun, ScriptRun, Suggestions
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/interactions/{interaction_id}", tags=["scripts"])

Db = Annotated[Database, Depends(database)]
Port = Annotated[Contacts, Depends(contacts)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


@router.get("/scripts")
async def suggestions(
    interaction_id: UUID,
    principal: AgentAtWork,
    db: Db,
    port: Port,
    q: Annotated[str | None, Query(max_length=100, description="part of a name or code")] = None,
) -> Suggestions:
    """What may be followed in this contact, what suits it best first, and what is being followed."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return Suggestions.model_validate(await runs.suggestions(conn, principal, contact, q))


@router.post("/script-runs", status_code=201)
async def start(interaction_id: UUID, body: NewRun, principal: AgentAtWork, db: Db, port: Port) -> ScriptRun:
    """Follow a script from its first step; one that is being followed already goes on."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        run, lines = await runs.start(conn, principal, contact, body.script_id)
    await _note(port, principal, interaction_id, lines)
    return ScriptRun.model_validate(run)


@router.post("/script-runs/{run_id}/steps")
async def answer(
    interaction_id: UUID, run_id: UUID, body: Answered, principal: AgentAtWork, db: Db, port: Port
) -> ScriptRun:
    """Go on with one of the answers. 409 `run_moved_on` when the script stands elsewhere by now."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        run, lines = await runs.answer(conn, principal, contact, run_id, body.step, body.branch)
    await _note(port, principal, interaction_id, lines)
    return ScriptRun.model_validate(run)


@router.post("/script-runs/{run_id}/back")
async def back(interaction_id: UUID, run_id: UUID, principal: AgentAtWork, db: Db, port: Port) -> ScriptRun:
    """Go back to the step before."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        return ScriptRun.model_validate(await runs.back(conn, principal, contact, run_id))


@router.post("/script-runs/{run_id}/finish")
async def finish(
    interaction_id: UUID, run_id: UUID, body: Ending, principal: AgentAtWork, db: Db, port: Port
) -> ScriptRun:
    """Stop following it."""
    contact = await port.contact(principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        run, lines = await runs.finish(conn, principal, contact, run_id, body.outcome)
    await _note(port, principal, interaction_id, lines)
    return ScriptRun.model_validate(run)


async def _note(port: Contacts, principal: Principal, interaction_id: UUID, lines: Sequence[runs.Line]) -> None:
    for kind, data in lines:
        await port.note(principal, interaction_id, kind, data)
