"""Figures of flows over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from yuelai.flows.schemas import Instant
from yuelai.flows.walks import rates as shares
from yuelai.flows.walks import traffic as figures
from yuelai.flows.walks.schemas import FlowLive, FlowRateList, Traffic
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/flows", tags=["flows"])

USUAL = timedelta(days=7)


Code = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")]
Reader = Annotated[Principal, Depends(require("flows.read"))]
Db = Annotated[Database, Depends(database)]
Since = Annotated[Instant | None, Query(alias="from", description="seven days before `to` without it")]
Until = Annotated[Instant | None, Query(alias="to", description="now without it")]


@router.get("/rates", responses={200: {"content": {"text/csv": {}}}}, response_model=FlowRateList)
async def rates(
    principal: Reader,
    db: Db,
    since: Since = None,
    until: Until = None,
    flow: Annotated[str | None, Query(pattern="^[a-z][a-z0-9_]{0,63}$", description="this one alone")] = None,
    business: Annotated[str | None, Query(pattern="^[a-z][a-z0-9_]{0,31}$", description="this one alone")] = None,
    by: Annotated[list[shares.By], Query(max_length=6, description="what has rows of its own")] = [],  # noqa: B006
    repeated: Annotated[bool, Query(description="count who came again, which takes the longest")] = True,
    format: Annotated[Literal["json", "csv"], Query()] = "json",
) -> Any:
    """How many contacts got what they came for by themselves, at most 400 days together: of flows, or of businesses
    where one of them or all are asked for. 422 `too_much_to_count` when there are too many to be counted at once."""
    end = until or SystemClock().now()
    begin = since or end - USUAL
    async with db.transaction(principal.tenant_id) as conn:
        items = await shares.rates(
            conn, principal, begin, end, flow=flow, business=business, by=frozenset(by), repeated=repeated
        )
    if format == "json":
        return FlowRateList.model_validate({"items": items})
    name = f"self-service-{begin:%Y%m%d}-{end:%Y%m%d}.csv"
    return Response(
        shares.to_csv(items),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/{code}/live")
async def live(code: Code, principal: Reader, client: Annotated[IpcClient, Depends(core)]) -> FlowLive:
    """Where the contacts stand that are in the flow at this moment. 503 while core does not answer."""
    asked = {"principal": principal.to_message(), "code": code}
    return FlowLive.model_validate(await client.request("flow.live", asked, timeout=1.0))


@router.get("/{code}/traffic")
async def traffic(
    code: Code,
    principal: Reader,
    db: Db,
    version: Annotated[int | None, Query(ge=1, lt=2**31, description="all without it")] = None,
    since: Since = None,
    until: Until = None,
) -> Traffic:
    """How contacts went through a flow, at most 93 days together."""
    end = until or SystemClock().now()
    begin = since or end - USUAL
    async with db.transaction(principal.tenant_id) as conn:
        return Traffic.model_validate(await figures.traffic(conn, principal, code, version, begin, end))
