"""Colleagues over HTTP: who there is, how they are at this moment, what they can do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from yuelai.colleagues import people
from yuelai.colleagues.schemas import ColleagueList
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1", tags=["colleagues"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Talker = Annotated[Principal, Depends(require("colleagues.talk"))]


@router.get("/colleagues")
async def colleagues(
    principal: Talker,
    db: Db,
    client: Core,
    q: Annotated[str, Query(max_length=64, description="name, pinyin or its initials, work number")] = "",
    skill: Annotated[str | None, Query(max_length=64, description="code: who can do that")] = None,
    leaders: Annotated[bool, Query(description="leaders only")] = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ColleagueList:
    """Everybody who works for the tenant but who asks, by name. While core is away nobody's state is known."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await people.find(
            conn, principal, q, skill=skill, leaders=leaders, cursor=cursor, limit=limit
        )
    states: Any = {}
    try:
        asked = {"principal": principal.to_message(), "agent_ids": [str(one["id"]) for one in items]}
        states = (await client.request("agent.directory", asked, timeout=2.0))["agents"]
    except Refusal:
        pass  # whom to write to can be chosen without it
    unknown = {"state": None, "reason": "", "since": None}
    shown = [{**one, **unknown, **states.get(str(one["id"]), {})} for one in items]
    return ColleagueList.model_validate({"items": shown, "next_cursor": next_cursor})
