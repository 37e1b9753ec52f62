"""The business system over HTTP: TM Forum's APIs and, where allowed, a way to make it slow, failing or silent."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from yuelai.entrypoints.bss.books import RESOURCES, Books

Mode = Literal["ok", "slow", "failing", "hanging"]
MOST = 100
_RATES = "customerBillManagement/v4/appliedCustomerBillingRate"


@dataclass
class Behaviour:
    """`seconds` is how long a slow answer takes; a hanging one comes when the mode changes."""

    mode: Mode = "ok"
    seconds: float = 1.0
    moving: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, mode: Mode, seconds: float) -> None:
        self.mode, self.seconds = mode, seconds
        if mode == "hanging":
            self.moving.clear()
        else:
            self.moving.set()


def application(make: Callable[[], Books], *, control: bool = False) -> Starlette:
    """Make the application. It serves at once; who asks before `make` has returned (some seconds, in a thread) waits.

    `control` is for demos and tests: `PUT /control`, from this machine alone.
    """
    behaviour = Behaviour()
    making: list[asyncio.Task[Books]] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        making.append(asyncio.create_task(asyncio.to_thread(make)))
        yield

    async def resources(request: Request) -> Response:
        refused = await _behave(behaviour)
        if refused is not None:
            return refused
        books = await asyncio.shield(making[0])
        path = request.path_params["path"]
        query = request.query_params
        if path == _RATES:
            found = books.rates(_several(query.get("bill.id", "")))
        elif path in RESOURCES:
            found = books.resources(path, _several(query.get("relatedParty.id") or query.get("payer.id", "")))
        else:
            return JSONResponse({"code": "60", "reason": "Resource not found"}, 404)
        return JSONResponse(found[: _limit(query.get("limit"))], headers={"X-Total-Count": str(len(found))})

    async def told(request: Request) -> Response:
        if request.client is None or not _is_loopback(request.client.host):
            return JSONResponse({"reason": "from this machine only"}, 403)
        if request.method == "PUT":
            try:
                wanted: Any = msgspec.json.decode(await request.body())
                mode, seconds = wanted["mode"], float(wanted.get("seconds", behaviour.seconds))
                if mode not in get_args(Mode) or not 0 <= seconds <= 60:
                    raise ValueError(mode)
            except (ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError):
                return JSONResponse({"reason": f"mode is one of {', '.join(get_args(Mode))}, seconds 0 to 60"}, 400)
            behaviour.change(mode, seconds)
        return JSONResponse({"mode": behaviour.mode, "seconds": behaviour.seconds})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "up"})

    routes = [Route("/tmf-api/{path:path}", resources), Route("/health", health)]
    if control:
        routes.append(Route("/control", told, methods=["GET", "PUT"]))
    return Starlette(routes=routes, lifespan=lifespan)


async def _behave(behaviour: Behaviour) -> Response | None:
    if behaviour.mode == "failing":
        return JSONResponse({"code": "1", "reason": "Internal error"}, 500)
    if behaviour.mode == "slow":
        await asyncio.sleep(behaviour.seconds)
    if behaviour.mode == "hanging":
        await behaviour.moving.wait()
    return None


def _several(value: str) -> list[str]:
    return [one for one in value.split(",") if one][:MOST]


def _limit(value: str | None) -> int:
    with contextlib.suppress(TypeError, ValueError):
        return max(0, min(int(value or MOST), MOST))
    return MOST


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
