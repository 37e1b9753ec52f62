"""What the web sockets share: whose page may open one, and sending to somebody who may be slow."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

from fastapi import WebSocket, WebSocketDisconnect

NORMAL, GOING_AWAY, POLICY, TOO_BIG, RESTART, TRY_LATER = 1000, 1001, 1008, 1009, 1012, 1013
"""Close codes (RFC 6455 §7.4.1 and the IANA registry)."""
NOT_SIGNED_IN = 4401
"""Close code of ours: reconnecting is useless before signing in again."""


def same_origin(websocket: WebSocket) -> bool:
    """Tell whether the page that opens the socket is one of ours (RFC 6455 §10.2); programs send no Origin."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == websocket.headers.get("host", "").lower()


class Outbox:
    """Sends texts one after the other; refuses to hold more than `limit` of them for somebody who does not read."""

    def __init__(self, websocket: WebSocket, limit: int) -> None:
        self._websocket = websocket
        self._queue: asyncio.Queue[str] = asyncio.Queue(limit)
        self.overflowed = asyncio.Event()

    def put(self, text: str) -> None:
        try:
            self._queue.put_nowait(text)
        except asyncio.QueueFull:
            self.overflowed.set()

    async def run(self) -> None:
        """Send until the other side is gone."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await self._websocket.send_text(await self._queue.get())


async def close(websocket: WebSocket, code: int, reason: str = "") -> None:
    """Close, without waiting long for somebody who does not read."""
    with contextlib.suppress(RuntimeError, TimeoutError, WebSocketDisconnect):
        await asyncio.wait_for(websocket.close(code, reason), 3)


async def first_of(*tasks: asyncio.Task[int]) -> int:
    """Return the result of the task that ends first, a close code; the others are cancelled and awaited."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
