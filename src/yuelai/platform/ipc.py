"""Messages between the processes of one machine: msgpack frames on a Unix socket, requests both ways and events.

A frame is a 4-byte big-endian length and a msgpack map: `{"t": "req", "id": n, "m": method, "p": params}` (with the
trace it belongs to as `"c"`, if there is one),
(and the epoch of the owner it is meant for as `"o"`, once `{"t": "epoch", "o": epoch}` has told it),
`{"t": "res", "id": n, "r": result}`, `{"t": "err", "id": n, "e": problem}`, `{"t": "evt", "m": name, "p": params}`.
Values are msgpack's own types, so UUIDs and instants travel as strings and bytes stay bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from yuelai.platform import metrics, tracing
from yuelai.platform.errors import Refusal, RemoteRefusal, Unavailable

log = structlog.get_logger()

MAX_FRAME = 16 * 1024 * 1024
Handler = Callable[["Peer", dict[str, Any]], Awaitable[Any]]
EventHandler = Callable[["Peer", dict[str, Any]], None]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[str, Any])


def sendable(value: Any) -> bool:
    """Whether a value can be put into a frame: text that is none, or a number beyond 64 bits, cannot."""
    try:
        _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True


class Peer:
    """One end of a connection. `handlers` answer the other end's requests, `events` hear its events (in order)."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        handlers: Mapping[str, Handler],
        events: Mapping[str, EventHandler],
    ) -> None:
        self._reader, self._writer = reader, writer
        self._handlers, self._events = handlers, events
        self.epoch: int | None = None
        """That of the other end, as it told; it goes with every request (`platform.ownership`)."""
        self.fence: Callable[[int | None], None] = lambda epoch: None
        """Refuses requests that are meant for another epoch than ours."""
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.closed = asyncio.Event()
        self.on_close: list[Callable[[], None]] = []

    async def request(self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = 5.0) -> Any:
        """Return the other end's answer. Raises its `Refusal` as `RemoteRefusal`, `Unavailable` on silence or loss."""
        if self.closed.is_set():
            raise Unavailable("the other process is not connected")
        number = next(self._ids)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            with tracing.span(f"ask {method}", "client"):
                request = {"t": "req", "id": number, "m": method, "p": params or {}}
                if self.epoch is not None:
                    request["o"] = self.epoch
                self._send({**request, "c": context} if (context := tracing.carried()) else request)
                return await asyncio.wait_for(future, timeout)
        except TimeoutError:
            raise Unavailable(f"no answer to {method} within {timeout} s") from None
        finally:
            self._waiting.pop(number, None)

    @property
    def backlog(self) -> int:
        """How many bytes the other end has yet to take."""
        return self._writer.transport.get_write_buffer_size()

    def notify(self, event: str, params: dict[str, Any] | None = None) -> None:
        """Send an event; lost without a word when the connection is gone."""
        if not self.closed.is_set():
            self._send({"t": "evt", "m": event, "p": params or {}})

    def _send(self, message: dict[str, Any]) -> None:
        frame = _encoder.encode(message)
        self._writer.write(len(frame).to_bytes(4, "big") + frame)

    async def serve(self) -> None:
        """Read until the connection ends; then fail what still waits."""
        try:
            while True:
                length = int.from_bytes(await self._reader.readexactly(4), "big")
                if length > MAX_FRAME:
                    raise ConnectionError("frame too long")
                self._take(_decoder.decode(await self._reader.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionError, OSError, msgspec.DecodeError):
            pass
        finally:
            self.close()

    def close(self) -> None:
        if self.closed.is_set():
            return
        self.closed.set()
        self._writer.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Unavailable("the other process went away"))
        for task in self._tasks:
            task.cancel()
        for callback in self.on_close:
            callback()

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["t"]
        if kind == "req":
            task = asyncio.ensure_future(self._answer(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif kind == "epoch":
            self.epoch = message["o"]
        elif kind == "evt":
            handler = self._events.get(message["m"])
            if handler is not None:
                handler(self, message["p"])
        else:
            future = self._waiting.get(message["id"])
            if future is not None and not future.done():
                if kind == "res":
                    future.set_result(message["r"])
                else:
                    future.set_exception(RemoteRefusal(message["e"]))

    def tell_epoch(self, epoch: int) -> None:
        """The other end's requests are to carry it from now on."""
        self._send({"t": "epoch", "o": epoch})

    async def _answer(self, message: dict[str, Any]) -> None:
        number, method, params = message["id"], message["m"], message["p"]
        try:
            self.fence(message.get("o"))
            handler = self._handlers.get(method)
            if handler is None:
                raise Refusal(f"no such method: {method}")
            with tracing.span(f"answer {method}", "server", parent=message.get("c")):
                result = await handler(self, params)
            if not self.closed.is_set():
                self._send({"t": "res", "id": number, "r": result})
        except Refusal as refusal:
            self._send({"t": "err", "id": number, "e": refusal.problem()})
        except Exception:
            log.exception("ipc_handler_failed", method=method)
            problem = {"status": 500, "code": "internal", "detail": "an internal error occurred; it has been logged"}
            self._send({"t": "err", "id": number, "e": problem})


async def _metrics(peer: Peer, params: dict[str, Any]) -> Any:
    return metrics.exposition()


class IpcServer:
    """Listens on a Unix socket readable by this user only. Every process answers `metrics`, for `/metrics`."""

    def __init__(
        self,
        path: Path,
        handlers: Mapping[str, Handler],
        events: Mapping[str, EventHandler] | None = None,
        on_connect: Callable[[Peer], None] | None = None,
    ) -> None:
        self._path, self._events, self._on_connect = path, events or {}, on_connect
        self._handlers: Mapping[str, Handler] = {"metrics": _metrics, **handlers}
        self._server: asyncio.Server | None = None
        self.peers: set[Peer] = set()

    async def start(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        old = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._accept, str(self._path))
        finally:
            os.umask(old)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer, self._handlers, self._events)
        self.peers.add(peer)
        try:
            if self._on_connect is not None:
                self._on_connect(peer)
            await peer.serve()
        except asyncio.CancelledError:
            # The process ends. Python 3.11's streams would log a cancelled connection as an exception nobody awaited.
            peer.close()
        finally:
            self.peers.discard(peer)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for peer in list(self.peers):
            peer.close()


class IpcClient:
    """A connection that comes back by itself; requests made while it is away are refused as `Unavailable`."""

    def __init__(
        self,
        path: Path,
        handlers: Mapping[str, Handler] | None = None,
        events: Mapping[str, EventHandler] | None = None,
    ) -> None:
        self._path, self._handlers, self._events = path, handlers or {}, events or {}
        self._peer: Peer | None = None
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.on_connect: list[Callable[[], None]] = []
        self.on_lost: list[Callable[[], None]] = []

    async def start(self, *, wait: float | None = 10.0) -> None:
        """Connect; with `wait`, raise `Unavailable` if the other process has not answered in that many seconds."""
        self._task = asyncio.ensure_future(self._run())
        if wait is not None:
            try:
                await asyncio.wait_for(self.connected.wait(), wait)
            except TimeoutError:
                raise Unavailable(f"nothing listens on {self._path.name}") from None

    async def _run(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._path))
            except OSError:
                await asyncio.sleep(0.1)
                continue
            self._peer = Peer(reader, writer, self._handlers, self._events)
            self.connected.set()
            for callback in self.on_connect:
                callback()
            await self._peer.serve()
            self.connected.clear()
            self._peer = None
            for callback in self.on_lost:
                callback()

    async def request(self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = 5.0) -> Any:
        if self._peer is None:
            raise Unavailable(f"{self._path.stem} is not running at the moment; it is being restarted")
        return await self._peer.request(method, params, timeout=timeout)

    def notify(self, event: str, params: dict[str, Any] | None = None) -> None:
        if self._peer is not None:
            self._peer.notify(event, params)

    def drop(self) -> None:
        """Give up the connection that stands, as if the other process had gone; another one is made."""
        if self._peer is not None:
            self._peer.close()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._peer is not None:
            self._peer.close()
