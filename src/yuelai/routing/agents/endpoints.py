"""Agents over HTTP for their leaders: who does what, what they are made to be, what they take on, how time was spent.

A leader's word is written into the audit trail in the transaction that lasts until core has taken it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database
from yuelai.routing.agents import direct, reasons, service
from yuelai.routing.agents.schemas import (
    AgentList,
    BusyReason,
    BusyReasonChange,
    BusyReasonList,
    DirectNumber,
    DirectNumberList,
    Extension,
    Forced,
    NewBusyReason,
    Profile,
    StateLog,
    WantedSeat,
)
from yuelai.routing.errors import SpanUnfit
from yuelai.routing.events import AgentState
from yuelai.routing.schemas import AgentDocument

router = APIRouter(prefix="/api/v1", tags=["agents"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]
Watcher = Annotated[Principal, Depends(require("supervision.view"))]
Leader = Annotated[Principal, Depends(require("agents.control"))]
Reader = Annotated[Principal, Depends(require("queues.read"))]
Writer = Annotated[Principal, Depends(require("queues.write"))]

Number = Annotated[str, Path(pattern="^[0-9]{2,20}$", description="digits, as callers dial it")]

LONGEST = timedelta(days=93)


@router.get("/agents")
async def agents(
    principal: Watcher,
    client: Core,
    state: AgentState | None = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AgentList:
    """The agents of the tenant within reach as they are at this moment, by number."""
    after = paging.decode(cursor, str)[0] if cursor is not None else ""
    params = {"principal": principal.to_message(), "after": after, "limit": limit + 1, "state": state and state.value}
    answer: Any = await client.request("agent.list", params)
    items, next_cursor = paging.page(answer["agents"], limit, lambda agent: (agent["number"],))
    return AgentList.model_validate({"items": items, "next_cursor": next_cursor})


@router.put("/agents/{agent_id}/state")
async def force_state(agent_id: UUID, body: Forced, principal: Leader, db: Db, client: Core) -> AgentDocument:
    """Make an agent ready, busy or offline; during a contact it takes effect afterwards. The agent sees by whom."""
    seat = body.seat.value if body.seat else None
    async with db.transaction(principal.tenant_id) as conn:
        await service.within_reach(conn, principal, "agents.control", agent_id)
    # Nothing is held in the database while core is asked; by whom is in the agent's own journal, too.
    data = {"state": body.state, "reason": body.reason, "seat": seat}
    wanted = {**data, "principal": principal.to_message(), "agent_id": str(agent_id)}
    answer = await client.request("agent.force_state", wanted)
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "agent.state_forced", f"agent/{agent_id}", data)
    return AgentDocument.model_validate(answer)


@router.post("/agents/{agent_id}/sign-out")
async def sign_out(agent_id: UUID, principal: Leader, db: Db, client: Core) -> AgentDocument:
    """End an agent's work: offline, after the contact in hand if there is one."""
    return await force_state(agent_id, Forced(state="offline", reason="forced"), principal, db, client)


@router.post("/interactions/{interaction_id}/wrapup-extend", status_code=204)
async def extend_wrapup(interaction_id: UUID, body: Extension, principal: AgentAtWork, client: Core) -> Response:
    """Let one's own wrap-up last longer, by so much or what its queue still allows."""
    params = {"principal": principal.to_message(), "interaction_id": str(interaction_id), "seconds": body.seconds}
    await client.request("interaction.wrapup_extend", params)
    return Response(status_code=204)


@router.get("/agents/{agent_id}/states")
async def states(
    agent_id: UUID,
    principal: Watcher,
    db: Db,
    since: Annotated[datetime, Query(alias="from")],
    until: Annotated[datetime | None, Query(alias="to")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> StateLog:
    """How the agent's time was spent, every second in one state; sums by state and reason. At most 93 days."""
    now = datetime.now(UTC)
    begin, end = _instant(since), _instant(until) if until is not None else now
    if not begin < end <= begin + LONGEST:
        raise SpanUnfit()
    async with db.transaction(principal.tenant_id) as conn:
        answer = await service.states(
            conn, principal, agent_id, since=begin, until=end, now=now, cursor=cursor, limit=limit
        )
    return StateLog.model_validate(answer)


def _instant(given: datetime) -> datetime:
    return given if given.tzinfo is not None else given.replace(tzinfo=UTC)


@router.get("/agents/{agent_id}/profile")
async def profile(agent_id: UUID, principal: Watcher, db: Db) -> Profile:
    async with db.transaction(principal.tenant_id) as conn:
        return Profile.model_validate(await service.profile(conn, principal, agent_id))


@router.put("/agents/{agent_id}/profile")
async def put_profile(agent_id: UUID, body: Profile, principal: Leader, db: Db) -> Profile:
    """What the agent takes on. It counts within a second; contacts in hand go on."""
    async with db.transaction(principal.tenant_id) as conn:
        return Profile.model_validate(
            await service.put_profile(conn, principal, agent_id, body.model_dump(mode="json"))
        )


@router.get("/busy-reasons")
async def busy_reasons(principal: Reader, db: Db) -> BusyReasonList:
    """Why agents may be busy, in the order to be shown; those that come about by themselves are the last."""
    async with db.transaction(principal.tenant_id) as conn:
        return BusyReasonList.model_validate({"items": await reasons.reasons(conn, principal)})


@router.post("/busy-reasons", status_code=201)
async def add_busy_reason(body: NewBusyReason, principal: Writer, db: Db) -> BusyReason:
    async with db.transaction(principal.tenant_id) as conn:
        return BusyReason.model_validate(await reasons.add_reason(conn, principal, body.model_dump()))


@router.patch("/busy-reasons/{code}")
async def change_busy_reason(code: str, body: BusyReasonChange, principal: Writer, db: Db) -> BusyReason:
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    async with db.transaction(principal.tenant_id) as conn:
        return BusyReason.model_validate(await reasons.change_reason(conn, principal, code, changes))


@router.delete("/busy-reasons/{code}", status_code=204)
async def delete_busy_reason(code: str, principal: Writer, db: Db) -> Response:
    """It can be chosen no more; what was logged with it stays."""
    async with db.transaction(principal.tenant_id) as conn:
        await reasons.delete_reason(conn, principal, code)
    return Response(status_code=204)


@router.get("/direct-numbers")
async def direct_numbers(
    principal: Reader,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DirectNumberList:
    """The numbers outside that lead straight to a seat, in order."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await direct.numbers(conn, principal, cursor=cursor, limit=limit)
    return DirectNumberList.model_validate({"items": [dict(row) for row in items], "next_cursor": next_cursor})


@router.put("/direct-numbers/{number}")
async def put_direct_number(number: Number, body: WantedSeat, principal: Writer, db: Db) -> DirectNumber:
    """Let a number lead to somebody's phone and browser. Core follows within a second."""
    async with db.transaction(principal.tenant_id) as conn:
        return DirectNumber.model_validate(await direct.put(conn, principal, number, body.person_id, body.trunk_id))


@router.delete("/direct-numbers/{number}", status_code=204)
async def delete_direct_number(number: Number, principal: Writer, db: Db) -> Response:
    async with db.transaction(principal.tenant_id) as conn:
        await direct.delete(conn, principal, number)
    return Response(status_code=204)
