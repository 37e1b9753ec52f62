"""`/ws/sip`: SIP over WebSocket (RFC 7118). Frames go to core and back as they are; core checks the digest."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections import Counter
from typing import Any

import structlog
from fastapi import APIRouter, Depends, WebSocket
from prometheus_client import Counter as PromCounter
from prometheus_client import Gauge

from yuelai.entrypoints.web.corelink import CoreLink
from yuelai.entrypoints.web.limits import Bucket
from yuelai.entrypoints.web.sockets import POLICY, RESTART, TOO_BIG, TRY_LATER, Outbox, close, first_of, same_origin
from yuelai.identity.access import public
from yuelai.platform.errors import Refusal

log = structlog.get_logger()
router = APIRouter()

MAX_MESSAGE = 64 * 1024
MESSAGES_A_SECOND, BURST = 50.0, 200.0
OUTBOX_LIMIT = 1000
SUBPROTOCOL = "sip"
PING, PONG = b"\r\n\r\n", "\r\n"
"""Keep-alive of RFC 5626 §4.4.1, answered here: it asks about this connection, not about core."""

MOST_FLOWS, MOST_OF_ADDRESS = 4000, 500
"""Connections at once, of all and of one address: whoever opens them need not have shown who they are."""
FIRST_SECONDS = 20.0
"""How long a connection may say nothing at first; JsSIP registers at once."""

_flows = Gauge("yuelai_sip_websockets", "Open /ws/sip connections.")
_refused = PromCounter("yuelai_sip_websockets_refused", "Connections to /ws/sip that were turned away.", ["why"])
_open: Counter[str] = Counter()
"""Connections by address."""


@router.websocket("/ws/sip", dependencies=[Depends(public)])
async def sip(websocket: WebSocket) -> None:
    offered = websocket.scope.get("subprotocols", [])
    if SUBPROTOCOL not in offered or not same_origin(websocket):
        await close(websocket, POLICY, "wrong origin or subprotocol")
        return
    host = websocket.client.host if websocket.client else ""
    why = "full" if _open.total() >= MOST_FLOWS else "address" if _open[host] >= MOST_OF_ADDRESS else None
    # Behind a proxy of our own, everybody has its address.
    if why == "full" or (why == "address" and is_public(host)):
        _refused.labels(why).inc()
        await close(websocket, TRY_LATER, "too many connections")
        return
    _open[host] += 1
    try:
        await websocket.accept(SUBPROTOCOL)
        with _flows.track_inprogress():
            await Flow(websocket, websocket.app.state.link).run()
    finally:
        _open[host] -= 1
        if _open[host] <= 0:
            del _open[host]


def is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class Flow:
    """One connection of a browser phone. It ends with core: JsSIP connects and registers anew by itself."""

    def __init__(self, websocket: WebSocket, link: CoreLink) -> None:
        self._websocket, self._link = websocket, link
        self._name = secrets.token_hex(8)
        self._outbox = Outbox(websocket, OUTBOX_LIMIT)
        self._over = asyncio.Event()
        self._code = 1000

    async def run(self) -> None:
        client, name = self._link.client, self._name
        self._link.frames[name] = self._from_core
        self._link.closes[name] = lambda _: self._end(1000)
        lost = self._lost
        client.on_lost.append(lost)
        try:
            peer = self._websocket.client
            # Behind a proxy that speaks TLS for us, the browser came by HTTPS all the same.
            public = self._websocket.app.state.settings.public_url or ""
            secure = self._websocket.url.scheme == "wss" or public.startswith("https:")
            remote = peer.host if peer else ""
            await client.request("sip.open", {"flow": name, "remote": remote, "secure": secure})
            code = await first_of(
                asyncio.ensure_future(self._send()),
                asyncio.ensure_future(self._receive()),
                asyncio.ensure_future(self._wait()),
            )
        except Refusal as refusal:
            log.info("sip_flow_refused", code=refusal.code, detail=refusal.detail)
            code = TRY_LATER
        finally:
            client.on_lost.remove(lost)
            del self._link.frames[name], self._link.closes[name]
            client.notify("sip.close", {"flow": name})
        await close(self._websocket, code)

    def _lost(self) -> None:
        self._end(RESTART)

    def _end(self, code: int) -> None:
        self._code = code
        self._over.set()

    def _from_core(self, params: dict[str, Any]) -> None:
        # JsSIP reads text; a SIP body that is no UTF-8 cannot come from us.
        self._outbox.put(params["data"].decode("utf-8", "replace"))
        if self._outbox.overflowed.is_set():
            self._end(TRY_LATER)

    async def _send(self) -> int:
        await self._outbox.run()
        return 1000

    async def _wait(self) -> int:
        await self._over.wait()
        return self._code

    async def _receive(self) -> int:
        bucket = Bucket(MESSAGES_A_SECOND, BURST, time.monotonic())
        patience: float | None = FIRST_SECONDS
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), patience)
            except TimeoutError:
                _refused.labels("silent").inc()
                return POLICY
            patience = None
            if message["type"] == "websocket.disconnect":
                return 1000
            text = message.get("text")
            data = text.encode() if text is not None else message.get("bytes") or b""
            if len(data) > MAX_MESSAGE:
                return TOO_BIG
            if not bucket.take(time.monotonic()):
                log.warning("sip_flow_too_fast", flow=self._name)
                return POLICY
            if data == PING:
                self._outbox.put(PONG)
            elif data.strip():
                self._link.client.notify("sip.frame", {"flow": self._name, "data": data})
