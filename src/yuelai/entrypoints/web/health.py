"""`/health` for supervisors and load balancers, `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from yuelai.identity.access import public
from yuelai.platform import metrics
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
    parts = await all_parts(request)
    ok = all(part["ok"] for part in parts.values())
    return JSONResponse({"ok": ok, "parts": parts}, 200 if ok else 503, {"Cache-Control": "no-store"})


async def all_parts(request: Request) -> Parts:
    """Ask every process how it and its parts are."""
    state = request.app.state
    roles = {"worker": state.worker, **state.media, "core": state.core}
    answers = await asyncio.gather(_postgres(state.database), *(_role(name, client) for name, client in roles.items()))
    parts: Parts = {"web": {"ok": True, "detail": ""}}
    for answer in answers:
        for name, part in answer.items():
            # Core also says how it finds media: a trouble that one of them knows of is not hidden by the other.
            if name not in parts or parts[name]["ok"]:
                parts[name] = part
    return parts


@router.get("/metrics", dependencies=[Depends(public)])
async def metrics_page(request: Request) -> Response:
    """Figures of all processes for Prometheus; those of a process that does not answer are left out."""
    state = request.app.state
    others = {"core": state.core, **state.media, "worker": state.worker}
    answers = await asyncio.gather(*(_metrics(client) for client in others.values()))
    pages = {"web": metrics.exposition()} | {
        name: page for name, page in zip(others, answers, strict=True) if page is not None
    }
    return Response(metrics.gather(pages), media_type=metrics.CONTENT_TYPE)


async def _metrics(client: IpcClient) -> str | None:
    try:
        page = await client.request("metrics", timeout=SECONDS)
    except Refusal:
        return None
    return page if isinstance(page, str) else None


async def _postgres(database: Database) -> Parts:
    try:
        trouble = await asyncio.wait_for(database.trouble(), SECONDS)
    except TimeoutError:
        trouble = "does not answer"
    return {"postgres": {"ok": trouble is None, "detail": trouble or ""}}


async def _role(name: str, client: IpcClient) -> Parts:
    """Ask another process; what it says of its own parts comes along."""
    try:
        report = await client.request("health", timeout=SECONDS)
    except Refusal as refusal:
        return {name: {"ok": False, "detail": refusal.detail}}
    parts: Parts = {name: {"ok": True, "detail": ""}}
    parts.update((report or {}).get("parts", {}))
    return parts
