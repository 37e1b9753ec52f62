"""Callbacks, and calls that agents make, over HTTP."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from yuelai.channels.callback import service
from yuelai.channels.callback.events import Kind
from yuelai.channels.callback.schemas import (
    CallbackChange,
    CallbackDocument,
    CallbackList,
    CallBegun,
    NewCall,
    NewCallback,
)
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions import trail
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1", tags=["callbacks"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Reader = Annotated[Principal, Depends(require("callbacks.read"))]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]
Wanted = Literal["open", "waiting", "offered", "dialling", "done", "failed", "cancelled"]


@router.get("/callbacks")
async def find(
    principal: Reader,
    db: Db,
    state: Annotated[Wanted | None, Query(description="open: all that are not over, by the time they are due")] = None,
    queue: Annotated[str | None, Query(max_length=64, description="code")] = None,
    kind: Kind | None = None,
    mine: Annotated[bool, Query(description="only those that I am to call")] = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> CallbackList:
    """Agents see those of the queues they serve, leaders all."""
    wanted = service.Filter(state, queue, kind, mine)
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.find(conn, principal, wanted, cursor=cursor, limit=limit)
    return CallbackList.model_validate({"items": items, "next_cursor": next_cursor})


@router.post("/callbacks", status_code=201)
async def book(body: NewCallback, principal: Reader, db: Db, client: Core) -> CallbackDocument:
    """Owe a call: now, or at a time agreed upon. Agents book for queues they serve, leaders for all."""
    async with db.transaction(principal.tenant_id) as conn:
        booked = CallbackDocument.model_validate(await service.book(conn, principal, body.model_dump()))
    if body.interaction_id is not None:
        line = {"callback": str(booked.id), "queue": body.queue, "due_at": booked.due_at.isoformat()}
        with contextlib.suppress(Refusal):  # it is over, or not theirs: the callback stands all the same
            await trail.note(client, principal, body.interaction_id, "callback_booked", line)
    return booked


@router.patch("/callbacks/{callback_id}")
async def change(callback_id: UUID, body: CallbackChange, principal: Reader, db: Db) -> CallbackDocument:
    """Put it off, cancel it, give it to another queue, or say that a message was heard."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"version"})
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.change(conn, principal, callback_id, body.version, changes)
    return CallbackDocument.model_validate(found)


@router.post("/calls", status_code=201)
async def call(body: NewCall, principal: AgentAtWork, db: Db, client: Core) -> CallBegun:
    """Call a customer: my phone rings first, then theirs. I must be signed in and without a call."""
    wishes: dict[str, Any] = body.model_dump(mode="json", exclude_none=True)
    begun = CallBegun.model_validate(await client.request("call.make", {"principal": principal.to_message(), **wishes}))
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "call.made", f"interaction/{begun.interaction_id}")
    return begun
