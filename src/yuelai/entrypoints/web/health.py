"""`/health` for supervisors and load balancers, `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
from typing import Any

import prometheus_client
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from yuelai.identity.access import public
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient

router = APIRouter(tags=["operations"])

SECONDS = 2.0
"""How long one part may take to answer."""

Parts = dict[str, dict[str, Any]]


@router.get("/health", dependencies=[Depends(public)])
async def health(request: Request) -> JSONResponse:
    """200 when every part serves, 503 otherwise; `parts` says which: `{name: {ok, detail}}`."""
    state = request.app.state
    answers = await asyncio.gather(
        _postgres(state.database), _role("worker", state.worker), _role("media", state.media), _role("core", state.core)
    )
    parts: Parts = {"web": {"ok": True, "detail": ""}}
    for answer in answers:
        parts.update(answer)
    ok = all(part["ok"] for part in parts.values())
    return JSONResponse({"ok": ok, "parts": parts}, 200 if ok else 503, {"Cache-Control": "no-store"})


@router.get("/metrics", dependencies=[Depends(public)])
async def metrics() -> Response:
    return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)


async def _postgres(database: Database) -> Parts:
    try:
        ok = await asyncio.wait_for(database.reachable(), SECONDS)
    except TimeoutError:
        ok = False
    return {"postgres": {"ok": ok, "detail": "" if ok else "does not answer"}}


async def _role(name: str, client: IpcClient) -> Parts:
    """Ask another process; what it says of its own parts comes along."""
    try:
        report = await client.request("health", timeout=SECONDS)
    except Refusal as refusal:
        return {name: {"ok": False, "detail": refusal.detail}}
    parts: Parts = {name: {"ok": True, "detail": ""}}
    parts.update((report or {}).get("parts", {}))
    return parts
