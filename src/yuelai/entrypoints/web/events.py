"""`/ws/events`: a snapshot of what the person may see, then numbered changes, and the time every ten seconds.

While core is away the page is told so; when core is back it gets a fresh snapshot on the same socket. Whoever reads
too slowly is dropped with 1013 and comes back for a fresh snapshot, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from prometheus_client import Gauge

from yuelai.entrypoints.web.corelink import CoreLink
from yuelai.entrypoints.web.sockets import (
    NOT_SIGNED_IN,
    POLICY,
    RESTART,
    TRY_LATER,
    Outbox,
    close,
    first_of,
    same_origin,
)
from yuelai.identity.access import public
from yuelai.identity.errors import NotSignedIn
from yuelai.identity.model import Principal
from yuelai.identity.sessions import Sessions
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import Refusal, Unavailable

log = structlog.get_logger()
router = APIRouter()

FIRST_MESSAGE_SECONDS = 5.0
HEARTBEAT_SECONDS = 10.0
OUTBOX_LIMIT = 2000

_viewers = Gauge("yuelai_live_viewers", "Open /ws/events connections.")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])


def _now() -> str:
    return SystemClock().now().isoformat().replace("+00:00", "Z")


@router.websocket("/ws/events", dependencies=[Depends(public)])
async def events(websocket: WebSocket) -> None:
    if not same_origin(websocket):
        await close(websocket, POLICY, "wrong origin")
        return
    await websocket.accept()
    sessions: Sessions = websocket.app.state.sessions
    try:
        token = await asyncio.wait_for(_token(websocket), FIRST_MESSAGE_SECONDS)
        principal = await sessions.principal(token)
    except WebSocketDisconnect:
        return
    except Unavailable:
        await close(websocket, TRY_LATER, "try again")
        return
    except (NotSignedIn, TimeoutError, msgspec.DecodeError):
        await close(websocket, NOT_SIGNED_IN, "not signed in")
        return
    with _viewers.track_inprogress():
        await Viewer(websocket, websocket.app.state.link, sessions, token, principal).run()


async def _token(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    token = _decoder.decode(message.get("text") or message.get("bytes") or b"").get("token")
    if not isinstance(token, str):
        raise NotSignedIn()
    return token


class Viewer:
    def __init__(
        self, websocket: WebSocket, link: CoreLink, sessions: Sessions, token: str, principal: Principal
    ) -> None:
        self._websocket, self._link, self._sessions = websocket, link, sessions
        self._token, self._principal = token, principal
        self._outbox = Outbox(websocket, OUTBOX_LIMIT)
        self._last_words: list[asyncio.Task[None]] = []
        self._core_up = True

    async def run(self) -> None:
        """Serve until the page goes away, reads too slowly or is no longer signed in."""
        code = await first_of(
            asyncio.ensure_future(self._send()),
            asyncio.ensure_future(self._listen()),
            asyncio.ensure_future(self._too_slow()),
            asyncio.ensure_future(self._beat()),
            asyncio.ensure_future(self._follow()),
        )
        await close(self._websocket, code)
        await asyncio.gather(*self._last_words)

    def _put(self, message: dict[str, Any]) -> None:
        self._outbox.put(_encoder.encode(message).decode())

    async def _send(self) -> int:
        await self._outbox.run()
        return 1000

    async def _listen(self) -> int:
        # Nothing is expected from the page; reading is how its going away is noticed.
        while (await self._websocket.receive())["type"] != "websocket.disconnect":
            pass
        return 1000

    async def _too_slow(self) -> int:
        await self._outbox.overflowed.wait()
        log.info("live_viewer_dropped", person_id=str(self._principal.person_id))
        return TRY_LATER

    async def _beat(self) -> int:
        while True:
            self._put({"type": "time", "now": _now()})
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._sessions.principal(self._token)
            except NotSignedIn:
                return NOT_SIGNED_IN
            except Unavailable:
                pass

    async def _follow(self) -> int:
        client = self._link.client
        while True:
            if not client.connected.is_set():
                self._core_is(False)
                await client.connected.wait()
            lost = asyncio.Event()
            client.on_lost.append(lost.set)
            sub = secrets.token_hex(8)
            try:
                await self._subscribe(sub)
                await lost.wait()
            except Unavailable:
                self._core_is(False)
                await asyncio.sleep(0.2)
            except Refusal as refusal:
                log.warning("live_subscription_refused", code=refusal.code, detail=refusal.detail)
                return RESTART
            finally:
                client.on_lost.remove(lost.set)
                self._link.changes.pop(sub, None)
                self._last_words.append(asyncio.ensure_future(self._unsubscribe(sub)))

    def _core_is(self, up: bool) -> None:
        """Tell the page once of each change: what it shows is old until the snapshot that follows `up`."""
        if up != self._core_up:
            self._core_up = up
            self._put({"type": "core", "up": up})

    async def _unsubscribe(self, sub: str) -> None:
        with contextlib.suppress(Refusal):
            await self._link.client.request("live.unsubscribe", {"sub": sub})

    async def _subscribe(self, sub: str) -> None:
        """Send the snapshot and then, in order, whatever changed since, even what overtook the snapshot."""
        early: list[dict[str, Any]] = []
        self._link.changes[sub] = early.append
        snapshot = await self._link.client.request(
            "live.subscribe", {"principal": self._principal.to_message(), "sub": sub}
        )
        self._core_is(True)
        self._put({"type": "snapshot", "seq": snapshot["seq"], "now": snapshot["now"], "docs": snapshot["docs"]})
        numbers = itertools.count(snapshot["seq"] + 1)

        def change(params: dict[str, Any]) -> None:
            if params["seq"] != next(numbers):
                # A gap would leave the page wrong for good: better a fresh start.
                log.error("live_change_out_of_order", seq=params["seq"])
                self._outbox.overflowed.set()
                return
            self._put({"type": "change", "seq": params["seq"], "key": params["key"], "value": params["value"]})

        for params in early:
            change(params)
        self._link.changes[sub] = change
