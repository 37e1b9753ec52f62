"""The telephone directory over HTTP, for whoever passes a customer on or asks somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database
from yuelai.routing.agents import directory
from yuelai.routing.events import AgentState
from yuelai.routing.queue_schemas import QueueDocument

router = APIRouter(prefix="/api/v1", tags=["agents"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Reader = Annotated[Principal, Depends(require("queues.read"))]


class ColleagueDocument(BaseModel):
    """`available`: their telephone would ring now. `pinyin` is empty for names without characters."""

    id: UUID
    number: str
    name: str
    pinyin: str
    state: AgentState
    reason: str
    since: datetime | None
    available: bool
    groups: list[str]
    skills: list[str]


class Directory(BaseModel):
    """Queues are on the first page alone, 50 at most."""

    agents: list[ColleagueDocument]
    queues: list[QueueDocument]
    next_cursor: str | None


@router.get("/directory")
async def find(
    principal: Reader,
    db: Db,
    client: Core,
    q: Annotated[str, Query(max_length=64, description="name, pinyin or its initials, work number, queue code")] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Directory:
    """The tenant's colleagues, by work number, and its queues, as they are at this moment; not who asks."""
    async with db.transaction(principal.tenant_id) as conn:
        found, next_cursor = await directory.colleagues(conn, principal, q, cursor=cursor, limit=limit)
    asked = {"principal": principal.to_message(), "agent_ids": [str(one.id) for one in found]}
    states: Any = (await client.request("agent.directory", asked))["agents"]
    queues: Any = []
    if cursor is None:
        live: Any = await client.request("queue.live", {"principal": principal.to_message()})
        queues = directory.queues(q, live["queues"])
    unknown = {"state": AgentState.OFFLINE, "reason": "", "since": None, "available": False}
    agents = [
        {
            "id": one.id,
            "number": one.number,
            "name": one.name,
            "pinyin": one.pinyin,
            "groups": list(one.groups),
            "skills": list(one.skills),
            **states.get(str(one.id), unknown),
        }
        for one in found
    ]
    return Directory.model_validate({"agents": agents, "queues": queues, "next_cursor": next_cursor})
