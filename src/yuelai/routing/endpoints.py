"""Agents' states and queues over HTTP. The realtime state is core's: it is asked there, never read from tables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StringConstraints

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database
from yuelai.routing import repository
from yuelai.routing.errors import NoSuchQueue
from yuelai.routing.events import AgentState, Seat

router = APIRouter(prefix="/api/v1", tags=["routing"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]
QueueReader = Annotated[Principal, Depends(require("queues.read"))]


class WantedState(BaseModel):
    """`reason` says why busy; `seat` None keeps the present one."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["ready", "busy", "offline"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    seat: Seat | None = None


class Registered(BaseModel):
    phone: bool
    browser: bool


class Pending(BaseModel):
    state: AgentState
    reason: str


class Today(BaseModel):
    answered: int
    handle_seconds: float
    average_handle_seconds: float | None


class AgentDocument(BaseModel):
    """`until` is when ringing or wrap-up ends by itself; `pending` is what follows the contact, if asked for.
    `groups` and `site_id` are where the agent works."""

    id: UUID
    number: str
    name: str
    state: AgentState
    reason: str
    since: datetime
    seat: Seat
    registered: Registered
    interaction_id: UUID | None
    until: datetime | None
    pending: Pending | None
    groups: list[UUID]
    site_id: UUID | None
    today: Today


class QueueSettings(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    priority: int
    ring_seconds: int
    wrapup_seconds: int
    strategy: str


class QueueList(BaseModel):
    items: list[QueueSettings]
    next_cursor: None = None


class QueueDocument(BaseModel):
    """`waiting` counts contacts that no agent is being offered, `ready` agents who could take one now."""

    id: UUID
    code: str
    name: str
    waiting: int
    longest_since: datetime | None
    ready: int
    talking: int


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
    """The tenant's queues, the most urgent first."""
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.queues_of(conn, principal.tenant_id)
    return QueueList.model_validate({"items": [dict(row) for row in rows]})


@router.get("/queues/{queue_id}/live")
async def queue_live(queue_id: UUID, principal: QueueReader, client: Core) -> QueueDocument:
    params = {"principal": principal.to_message(), "queue_id": str(queue_id)}
    answer: Any = await client.request("queue.live", params)
    if not answer["queues"]:
        raise NoSuchQueue()
    return QueueDocument.model_validate(answer["queues"][0])
