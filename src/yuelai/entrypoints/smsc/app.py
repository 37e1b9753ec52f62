"""What the message centre shows over HTTP: its messages, and its mode."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from yuelai.entrypoints.smsc.server import MODES, Behaviour, Centre


def application(centre: Centre, port: int) -> Starlette:
    """Serve SMPP on `port` of this machine for as long as the application lives.

    `GET /messages?to=` are the newest messages, `PUT /mode` with `{mode, seconds?, receipt_seconds?, seed?}` makes it
    behave; both for this machine alone.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        server = await asyncio.start_server(centre.serve, "127.0.0.1", port)
        centre.start()
        try:
            yield
        finally:
            server.close()
            await centre.close()

    async def messages(request: Request) -> Response:
        if not _from_here(request):
            return JSONResponse({"reason": "from this machine only"}, 403)
        return JSONResponse({"items": centre.messages(request.query_params.get("to", ""))})

    async def mode(request: Request) -> Response:
        if not _from_here(request):
            return JSONResponse({"reason": "from this machine only"}, 403)
        if request.method == "PUT":
            try:
                centre.change(_behaviour(msgspec.json.decode(await request.body()), centre.behaviour))
            except (ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError):
                return JSONResponse({"reason": f"mode is one of {', '.join(MODES)}, seconds 0 to 60"}, 400)
        now = centre.behaviour
        return JSONResponse({"mode": now.mode, "seconds": now.seconds, "receipt_seconds": now.receipt_seconds})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "up"})

    return Starlette(
        routes=[
            Route("/messages", messages),
            Route("/mode", mode, methods=["GET", "PUT"]),
            Route("/health", health),
        ],
        lifespan=lifespan,
    )


def _behaviour(wanted: Any, before: Behaviour) -> Behaviour:
    seconds = float(wanted.get("seconds", before.seconds))
    receipt_seconds = float(wanted.get("receipt_seconds", before.receipt_seconds))
    if wanted["mode"] not in MODES or not (0 <= seconds <= 60 and 0 <= receipt_seconds <= 60):
        raise ValueError(wanted)
    return Behaviour(wanted["mode"], seconds, receipt_seconds, int(wanted.get("seed", before.seed)))


def _from_here(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
