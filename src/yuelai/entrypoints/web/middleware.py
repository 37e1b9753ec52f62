"""What surrounds every request: its id, rate limit by address, security headers, measurements. Plain ASGI."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yuelai.entrypoints.web.limits import Buckets
from yuelai.entrypoints.web.problems import problem_response, too_large
from yuelai.platform import tracing
from yuelai.platform.context import RequestContext, begin_request
from yuelai.platform.ids import new_id

REQUESTS_A_SECOND = 300.0
BURST = 1500.0
"""By address and generous: a whole centre may sit behind one. It stops loops and floods, not busy people."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
        "media-src 'self' blob:; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_requests = Counter("yuelai_http_requests", "Requests answered.", ["method", "route", "status"])
_seconds = Histogram(
    "yuelai_http_request_seconds",
    "Time until the answer was complete.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Gives every request an id, the caller's own `X-Request-Id` where it is sound, and answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        id_ = given if _REQUEST_ID.fullmatch(given) else str(new_id())
        client = scope.get("client")
        begin_request(RequestContext(id_, client[0] if client else None))

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = id_
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=id_):
            await self._app(scope, receive, with_id)


class RateLimit:
    def __init__(self, app: ASGIApp, rate: float = REQUESTS_A_SECOND, burst: float = BURST) -> None:
        self._app, self._buckets = app, Buckets(rate, burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            if not self._buckets.take(client[0] if client else "", time.monotonic()):
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1013})
                    return
                document = {
                    "type": "urn:yuelai:problem:too_many_requests",
                    "title": "Too many requests from this address.",
                    "status": 429,
                    "code": "too_many_requests",
                    "detail": "Too many requests from this address; slow down.",
                    "retry_after": 1,
                }
                await problem_response(document)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses request bodies of more than `longest` bytes, announced or not; `others` are `{(method, path): bytes}`, a
    path that ends with `/` standing for all below it."""

    def __init__(self, app: ASGIApp, longest: int, others: Mapping[tuple[str, str], int] | None = None) -> None:
        self._app, self._longest, self._others = app, longest, others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        longest = self._bound(scope["method"], scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > longest:
            await problem_response(too_large())(scope, receive, send)
            return
        taken = 0

        async def count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > longest:
                # Raised where the endpoint reads its body, hence answered like any other refusal.
                raise HTTPException(413)
            return message

        await self._app(scope, count, send)

    def _bound(self, method: str, path: str) -> int:
        below = "/".join([*path.split("/")[:4], ""])
        return self._others.get((method, path)) or self._others.get((method, below)) or self._longest


class Measure:
    """Counts and traces by the route's template, never by the path: paths hold ids and are without end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {name: value for name, value in Headers(scope=scope).items() if name in ("traceparent", "tracestate")}
        try:
            with tracing.span(scope["method"], "server", parent=headers) as span:
                await self._app(scope, receive, note)
                if span is not None:
                    template = getattr(scope.get("route"), "path", "none")
                    span.update_name(f"{scope['method']} {template}")
                    span.set_attributes({"http.route": template, "http.response.status_code": status})
        finally:
            template = getattr(scope.get("route"), "path", "none")
            _requests.labels(scope["method"], template, status).inc()
            _seconds.labels(scope["method"], template).observe(time.monotonic() - began)
