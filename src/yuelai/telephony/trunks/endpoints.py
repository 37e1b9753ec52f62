"""Trunks and routes over HTTP. Core follows within a second; how trunks stand are live documents `trunk/{id}`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database, settings
from yuelai.telephony.trunks import repository, service
from yuelai.telephony.trunks.schemas import (
    Explanation,
    NewRoute,
    NewTrunk,
    Route,
    RouteChange,
    RouteList,
    TestCallResult,
    Trunk,
    TrunkChange,
    TrunkList,
    WantedNumber,
)

router = APIRouter(prefix="/api/v1", tags=["trunks"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Config = Annotated[Settings, Depends(settings)]
Reader = Annotated[Principal, Depends(require("telephony.read"))]
Writer = Annotated[Principal, Depends(require("telephony.write"))]

TEST_CALL_SECONDS = 60.0
"""A test call ends by itself long before."""


@router.get("/trunks")
async def trunks(principal: Reader, db: Db) -> TrunkList:
    """All of them, by code."""
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.trunks(conn, principal.tenant_id)
    return TrunkList.model_validate({"items": [service.shown(dict(row)) for row in rows]})


@router.post("/trunks", status_code=201)
async def add_trunk(body: NewTrunk, principal: Writer, db: Db, where: Config) -> Trunk:
    async with db.transaction(principal.tenant_id) as conn:
        return Trunk.model_validate(await service.add_trunk(conn, where, principal, body))


@router.get("/trunks/{trunk_id}")
async def trunk(trunk_id: UUID, principal: Reader, db: Db) -> Trunk:
    async with db.transaction(principal.tenant_id) as conn:
        return Trunk.model_validate(await service.trunk(conn, principal.tenant_id, trunk_id))


@router.patch("/trunks/{trunk_id}")
async def change_trunk(trunk_id: UUID, body: TrunkChange, principal: Writer, db: Db, where: Config) -> Trunk:
    """Change what is sent; calls that stand go on as they are."""
    async with db.transaction(principal.tenant_id) as conn:
        return Trunk.model_validate(await service.change_trunk(conn, where, principal, trunk_id, body.sent()))


@router.delete("/trunks/{trunk_id}", status_code=204)
async def delete_trunk(trunk_id: UUID, principal: Writer, db: Db) -> None:
    """Calls that stand go on."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete_trunk(conn, principal, trunk_id)


@router.post("/trunks/{trunk_id}/test-call")
async def test_call(trunk_id: UUID, body: WantedNumber, principal: Writer, db: Db, centre: Core) -> TestCallResult:
    """Really call the number through this trunk, play a moment of silence when somebody answers, and hang up."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.trunk(conn, principal.tenant_id, trunk_id)
        await audit(conn, principal, "trunk.test_call", f"trunk/{trunk_id}", {"number": body.number})
    params = {"principal": principal.to_message(), "trunk_id": str(trunk_id), "number": body.number}
    answer: Any = await centre.request("trunk.test_call", params, timeout=TEST_CALL_SECONDS)
    return TestCallResult.model_validate(answer)


@router.get("/call-routes")
async def routes(principal: Reader, db: Db) -> RouteList:
    """All of them, by prefix."""
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.routes(conn, principal.tenant_id)
    return RouteList.model_validate({"items": [service.plain_route(dict(row)) for row in rows]})


@router.post("/call-routes", status_code=201)
async def add_route(body: NewRoute, principal: Writer, db: Db) -> Route:
    async with db.transaction(principal.tenant_id) as conn:
        return Route.model_validate(await service.add_route(conn, principal, body.model_dump()))


@router.post("/call-routes/explain")
async def explain(body: WantedNumber, principal: Reader, centre: Core) -> Explanation:
    """Say by which trunks a number would be called at this moment, in which order, and why."""
    params = {"principal": principal.to_message(), "number": body.number}
    answer: Any = await centre.request("trunk.explain", params)
    return Explanation.model_validate(answer)


@router.patch("/call-routes/{route_id}")
async def change_route(route_id: UUID, body: RouteChange, principal: Writer, db: Db) -> Route:
    """Change what is sent; `trunks` is the whole list."""
    plain = body.model_dump()
    async with db.transaction(principal.tenant_id) as conn:
        changes = {name: plain[name] for name in body.model_fields_set}
        return Route.model_validate(await service.change_route(conn, principal, route_id, changes))


@router.delete("/call-routes/{route_id}", status_code=204)
async def delete_route(route_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete_route(conn, principal, route_id)
