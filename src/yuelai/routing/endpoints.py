"""Agents' states and queues over HTTP. The realtime state is core's: it is asked there, never read from tables."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database
from yuelai.routing import prompts, service
from yuelai.routing.errors import NoSuchQueue
from yuelai.routing.queue_schemas import (
    MemberList,
    Membership,
    NewQueue,
    PromptList,
    QueueChange,
    QueueDocument,
    QueueList,
    QueueSettings,
)
from yuelai.routing.schemas import AgentDocument, WantedState
from yuelai.sounds import service as sounds

router = APIRouter(prefix="/api/v1", tags=["routing"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]
QueueReader = Annotated[Principal, Depends(require("queues.read"))]
QueueWriter = Annotated[Principal, Depends(require("queues.write"))]


@router.get("/agents/me/state")
async def my_state(principal: AgentAtWork, client: Core) -> AgentDocument:
    answer: Any = await client.request("agent.get_state", {"principal": principal.to_message()})
    return AgentDocument.model_validate(answer)


@router.put("/agents/me/state")
async def set_my_state(body: WantedState, principal: AgentAtWork, client: Core) -> AgentDocument:
    """Become ready, busy or offline. During a contact the wish is kept as `pending`; in wrap-up, ready ends it."""
    params = {
        "principal": principal.to_message(),
        "state": body.state,
        "reason": body.reason,
        "seat": body.seat.value if body.seat else None,
    }
    return AgentDocument.model_validate(await client.request("agent.set_state", params))


@router.get("/queues")
async def queues(principal: QueueReader, db: Db) -> QueueList:
    """The tenant's queues, the most urgent first, closed ones last."""
    async with db.transaction(principal.tenant_id) as conn:
        return QueueList.model_validate({"items": await service.queues(conn, principal)})


@router.post("/queues", status_code=201)
async def add_queue(body: NewQueue, principal: QueueWriter, db: Db) -> QueueSettings:
    """A new queue; agents become its members one by one. Contacts can wait in it within a second."""
    async with db.transaction(principal.tenant_id) as conn:
        return QueueSettings.model_validate(await service.add_queue(conn, principal, body.model_dump()))


@router.patch("/queues/{queue_id}")
async def change_queue(queue_id: UUID, body: QueueChange, principal: QueueWriter, db: Db) -> QueueSettings:
    """Change settings, close the queue or open it again; what stands goes on."""
    async with db.transaction(principal.tenant_id) as conn:
        return QueueSettings.model_validate(await service.change_queue(conn, principal, queue_id, body.changes()))


@router.get("/queues/{queue_id}/live")
async def queue_live(queue_id: UUID, principal: QueueReader, client: Core) -> QueueDocument:
    params = {"principal": principal.to_message(), "queue_id": str(queue_id)}
    answer: Any = await client.request("queue.live", params)
    if not answer["queues"]:
        raise NoSuchQueue()
    return QueueDocument.model_validate(answer["queues"][0])


@router.get("/queues/{queue_id}/members")
async def members(
    queue_id: UUID,
    principal: QueueReader,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> MemberList:
    """Who serves the queue, in the order of names."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.members(conn, principal, queue_id, cursor=cursor, limit=limit)
    return MemberList.model_validate({"items": items, "next_cursor": next_cursor})


@router.put("/queues/{queue_id}/members/{person_id}", status_code=204)
async def put_member(queue_id: UUID, person_id: UUID, body: Membership, principal: QueueWriter, db: Db) -> Response:
    """Make somebody of this tenant a member, or change their level or their place in the fixed order."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_member(conn, principal, queue_id, person_id, body.level, body.position)
    return Response(status_code=204)


@router.delete("/queues/{queue_id}/members/{person_id}", status_code=204)
async def delete_member(queue_id: UUID, person_id: UUID, principal: QueueWriter, db: Db) -> Response:
    """Somebody serves the queue no more; a contact in hand is finished first."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete_member(conn, principal, queue_id, person_id)
    return Response(status_code=204)


@router.get("/queues/prompts")
async def prompt_list(principal: QueueReader, db: Db) -> PromptList:
    """What can be played to those who wait: sentences with their words, and music."""
    async with db.transaction(principal.tenant_id) as conn:
        said = await sounds.texts(conn, principal.tenant_id)
    sentences = [{"name": name, "kind": "sentence", "text": text} for name, text in said.items()]
    tunes = [{"name": name, "kind": "music", "text": {}} for name in prompts.music()]
    return PromptList.model_validate({"items": [*tunes, *sentences]})
