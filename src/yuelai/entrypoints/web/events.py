"""`/ws/events`: a snapshot of what the person may see, then numbered changes, and the time every ten seconds.

Whoever was cut off says how far they had followed and is sent only what they missed, while core still knows it. While
core is away the page is told so; when core is back it gets a fresh snapshot on the same socket. Whoever reads too
slowly is dropped with 1013. What somebody may do can change while they watch: the session is looked at again with every
heartbeat, when the page asks for it and when a person was changed, and then the subscription is made anew.
"""

from __future__ import annotations

import asyncio
import contextlib
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
CHECK_SECONDS = 0.2
"""A page that asks again and again for its session to be looked at is heard this seldom."""
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
        token, since = await asyncio.wait_for(_hello(websocket), FIRST_MESSAGE_SECONDS)
        principal = await sessions.principal(token)
    except WebSocketDisconnect:
        return
    except Unavailable:
        await close(websocket, TRY_LATER, "try again")
        return
    except (NotSignedIn, TimeoutError, msgspec.DecodeError):
        await close(websocket, NOT_SIGNED_IN, "not signed in")
        return
    if principal.must:
        await close(websocket, POLICY, principal.must)
        return
    with _viewers.track_inprogress():
        await Viewer(websocket, websocket.app.state.link, sessions, token, principal, since).run()


async def _hello(websocket: WebSocket) -> tuple[str, dict[str, Any] | None]:
    """Return the token and the mark to go on from; a mark nobody can read means a fresh snapshot."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    hello = _decoder.decode(message.get("text") or message.get("bytes") or b"")
    token, since = hello.get("token"), hello.get("resume")
    if not isinstance(token, str):
        raise NotSignedIn()
    match since:
        case {"epoch": str(epoch), "seq": int(seq)} if len(epoch) <= 64 and 0 <= seq < 2**53:
            return token, {"epoch": epoch, "seq": seq}
    return token, None


class Viewer:
    def __init__(
        self,
        websocket: WebSocket,
        link: CoreLink,
        sessions: Sessions,
        token: str,
        principal: Principal,
        since: dict[str, Any] | None = None,
    ) -> None:
        self._websocket, self._link, self._sessions = websocket, link, sessions
        self._token, self._principal = token, principal
        self._outbox = Outbox(websocket, OUTBOX_LIMIT)
        self._last_words: list[asyncio.Task[None]] = []
        self._core_up = True
        self._since = since
        """How far the page has followed: `{epoch, seq}`."""
        self._number = 0
        self._doubted, self._renewed = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Serve until the page goes away, reads too slowly or is no longer signed in."""
        unwatch = self._sessions.watchers.add(self._principal.person_id, self._doubted.set)
        try:
            code = await first_of(
                asyncio.ensure_future(self._send()),
                asyncio.ensure_future(self._listen()),
                asyncio.ensure_future(self._too_slow()),
                asyncio.ensure_future(self._beat()),
                asyncio.ensure_future(self._check()),
                asyncio.ensure_future(self._follow()),
            )
        finally:
            unwatch()
        await close(self._websocket, code)
        await asyncio.gather(*self._last_words)

    def _put(self, message: dict[str, Any]) -> None:
        self._outbox.put(_encoder.encode(message).decode())

    async def _send(self) -> int:
        await self._outbox.run()
        return 1000

    async def _listen(self) -> int:
        # Whatever the page says after its first message means: look at my session again (it has switched tenants).
        while (await self._websocket.receive())["type"] != "websocket.disconnect":
            self._doubted.set()
        return 1000

    async def _too_slow(self) -> int:
        await self._outbox.overflowed.wait()
        log.info("live_viewer_dropped", person_id=str(self._principal.person_id))
        return TRY_LATER

    async def _beat(self) -> int:
        while True:
            self._put({"type": "time", "now": _now()})
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._doubted.set()

    async def _check(self) -> int:
        """Look at the session again whenever there is reason to; other rights mean another subscription."""
        while True:
            await self._doubted.wait()
            self._doubted.clear()
            try:
                principal = await self._sessions.principal(self._token)
            except NotSignedIn:
                return NOT_SIGNED_IN
            except Unavailable:
                continue
            if principal.must:
                return POLICY
            if principal != self._principal:
                self._principal = principal
                self._renewed.set()
            await asyncio.sleep(CHECK_SECONDS)

    async def _follow(self) -> int:
        client = self._link.client
        while True:
            if not client.connected.is_set():
                self._core_is(False)
                await client.connected.wait()
            over = asyncio.Event()
            self._renewed = over  # other rights end a subscription as the loss of core does
            client.on_lost.append(over.set)
            sub = secrets.token_hex(8)
            try:
                await self._subscribe(sub)
                await over.wait()
            except Unavailable:
                self._core_is(False)
                await asyncio.sleep(0.2)
            except Refusal as refusal:
                log.warning("live_subscription_refused", code=refusal.code, detail=refusal.detail)
                return RESTART
            finally:
                client.on_lost.remove(over.set)
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
        """Send what is missing and then, in order, whatever changed since, even what overtook it."""
        early: list[dict[str, Any]] = []
        self._link.changes[sub] = early.append
        params = {"principal": self._principal.to_message(), "sub": sub, "resume": self._since}
        start = await self._link.client.request("live.subscribe", params)
        self._core_is(True)
        epoch, self._number = start["epoch"], 0
        self._since = {"epoch": epoch, "seq": start["seq"]}
        kind, documents = ("resumed", "changes") if start["resumed"] else ("snapshot", "docs")
        self._put({"type": kind, **self._since, "now": start["now"], documents: start["docs"]})

        def change(params: dict[str, Any]) -> None:
            self._number += 1
            if params["n"] != self._number:
                # A gap would leave the page wrong for good: better a fresh start.
                log.error("live_change_out_of_order", n=params["n"])
                self._outbox.overflowed.set()
                return
            self._since = {"epoch": epoch, "seq": params["seq"]}
            self._put({"type": "change", **{name: params[name] for name in ("n", "seq", "key", "value")}})

        for params in early:
            change(params)
        self._link.changes[sub] = change
