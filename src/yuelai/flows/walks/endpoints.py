"""Figures of flows over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from yuelai.flows.schemas import Instant
from yuelai.flows.walks import traffic as figures
from yuelai.flows.walks.schemas import Traffic
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/flows", tags=["flows"])

USUAL = timedelta(days=7)


@router.get("/{code}/traffic")
async def traffic(
    code: Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")],
    principal: Annotated[Principal, Depends(require("flows.read"))],
    db: Annotated[Database, Depends(database)],
    version: Annotated[int | None, Query(ge=1, lt=2**31, description="all without it")] = None,
    since: Annotated[Instant | None, Query(alias="from", description="seven days before `to` without it")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="now without it")] = None,
) -> Traffic:
    """How contacts went through a flow, at most 93 days together."""
    end = until or SystemClock().now()
    begin = since or end - USUAL
    async with db.transaction(principal.tenant_id) as conn:
        return Traffic.model_validate(await figures.traffic(conn, principal, code, version, begin, end))
