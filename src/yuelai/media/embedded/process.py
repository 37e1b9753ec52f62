"""`yuelai run media`: the engine behind its Unix socket. A connection is a core; its legs live no longer than it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog

from yuelai.media.embedded.engine import Engine
from yuelai.media.embedded.pacing import Metronome
from yuelai.media.errors import MediaIsFull, MediaRefused
from yuelai.media.ports import (
    Barge,
    LegKind,
    LegOptions,
    MediaError,
    MediaEvent,
    MediaFull,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId
from yuelai.platform.ipc import Handler, IpcServer, Peer

log = structlog.get_logger()


def _leg(params: dict[str, Any], name: str = "leg") -> LegId:
    return LegId(UUID(params[name]))


class _Service:
    """The verbs of the port as requests; see `media.ports` for what they mean."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._owned: dict[Peer, tuple[set[LegId], list[RecordingId]]] = {}

    def handlers(self) -> dict[str, Handler]:
        verbs = (
            self.create_leg, self.answer, self.reoffer, self.offer, self.adjust, self.close,
            self.quality, self.capacity,
            self.route, self.bridge, self.hold, self.mute,
            self.play, self.stop, self.send_keys, self.music, self.injection, self.inject, self.tap, self.untap,
            self.record, self.pause_recording, self.stop_recording,
        )  # fmt: skip
        return {f"media.{verb.__name__}": _refusing(verb) for verb in verbs} | {"health": self.health}

    def connected(self, peer: Peer) -> None:
        self._owned[peer] = set(), []
        peer.on_close.append(functools.partial(self._lost, peer))

    def _lost(self, peer: Peer) -> None:
        legs, recordings = self._owned.pop(peer)
        if legs:
            log.warning("core_lost", legs=len(legs))
        for leg in legs:
            self._engine.close(leg)
        self._engine.forget(recordings)

    async def create_leg(self, peer: Peer, params: dict[str, Any]) -> str:
        leg = _leg(params)
        sdp = self._engine.create_leg(
            leg,
            LegKind(params["kind"]),
            functools.partial(_tell, peer),
            params["offer"],
            _options(params) or LegOptions(),
            beside=_leg(params, "beside") if params["beside"] else None,
        )
        self._owned[peer][0].add(leg)
        return sdp

    async def answer(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.answer(_leg(params), params["sdp"])

    async def reoffer(self, _: Peer, params: dict[str, Any]) -> str:
        return self._engine.reoffer(_leg(params), params["sdp"])

    async def offer(self, _: Peer, params: dict[str, Any]) -> str:
        return self._engine.offer(_leg(params), _options(params))

    async def adjust(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.adjust(_leg(params), _options(params) or LegOptions())

    async def quality(self, _: Peer, params: dict[str, Any]) -> Any:
        return msgspec.to_builtins(self._engine.quality(_leg(params)))

    async def capacity(self, _: Peer, params: dict[str, Any]) -> Any:
        return msgspec.to_builtins(self._engine.capacity())

    async def route(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.route(_leg(params, "speaker"), _leg(params, "listener"), params["gain"])

    async def bridge(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.bridge(_leg(params, "one"), _leg(params, "other"), params["gain"])

    async def play(self, _: Peer, params: dict[str, Any]) -> None:
        files = [Path(file) for file in params["files"]]
        barge = frozenset(map(Barge, params["barge"]))
        await self._engine.play(
            _leg(params), UUID(params["play"]), files, loop=params["loop"], gain=params["gain"], barge=barge
        )

    async def stop(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.stop(_leg(params))

    async def hold(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.hold(_leg(params), params["held"])

    async def mute(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.mute(_leg(params), params["muted"])

    async def send_keys(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.send_keys(_leg(params), params["keys"], params["duration_ms"], params["pause_ms"])

    async def music(self, peer: Peer, params: dict[str, Any]) -> None:
        source = _leg(params, "source")
        await self._engine.music(source, [Path(file) for file in params["files"]], params["gain"])
        self._owned[peer][0].add(source)

    async def injection(self, peer: Peer, params: dict[str, Any]) -> None:
        source = _leg(params, "source")
        self._engine.injection(source, params["rate"])
        self._owned[peer][0].add(source)

    async def inject(self, _: Peer, params: dict[str, Any]) -> float:
        return self._engine.inject(_leg(params, "source"), params["pcm"])

    async def tap(self, peer: Peer, params: dict[str, Any]) -> None:
        tap = UUID(params["tap"])
        sink = functools.partial(_hand_on, peer)
        self._engine.tap(tap, _leg(params), sink, Side(params["side"]), params["rate"])
        peer.on_close.append(functools.partial(self._engine.untap, tap))

    async def untap(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.untap(UUID(params["tap"]))

    async def record(self, peer: Peer, params: dict[str, Any]) -> None:
        recording = RecordingId(UUID(params["recording"]))
        self._engine.record(recording, _leg(params), Path(params["file"]), params["key"])
        self._owned[peer][1].append(recording)

    async def pause_recording(self, _: Peer, params: dict[str, Any]) -> None:
        self._engine.pause_recording(RecordingId(UUID(params["recording"])), params["paused"])

    async def stop_recording(self, peer: Peer, params: dict[str, Any]) -> dict[str, int]:
        recording = RecordingId(UUID(params["recording"]))
        end = await asyncio.wrap_future(self._engine.stop_recording(recording))
        with contextlib.suppress(ValueError):
            self._owned[peer][1].remove(recording)
        return {"duration_ms": end.duration_ms, "bytes": end.bytes}

    async def close(self, peer: Peer, params: dict[str, Any]) -> None:
        leg = _leg(params)
        self._owned[peer][0].discard(leg)
        await _settled(self._engine.close(leg))

    def abandon(self, peer: Peer, params: dict[str, Any]) -> None:
        """Close a leg whose `create_leg` nobody waits for any more. After it: requests run as tasks, in order."""
        leg = _leg(params)

        def close() -> None:
            if peer in self._owned and leg in self._owned[peer][0]:
                self._owned[peer][0].discard(leg)
                self._engine.close(leg)

        asyncio.get_running_loop().call_soon(close)

    async def health(self, _: Peer, params: dict[str, Any]) -> dict[str, Any]:
        health = self._engine.health()
        detail = f"{health['legs']} legs, {health['load']:.0%} of the time used"
        return {"parts": {"sound": {"ok": health["load"] < 1.0, "detail": detail}}, **health}


def _tell(peer: Peer, event: MediaEvent) -> None:
    peer.notify(f"media.{type(event).__name__}", msgspec.to_builtins(event))


def _hand_on(peer: Peer, frame: TapFrame) -> None:
    peer.notify("media.tapped", {"tap": str(frame.tap), "at_ms": frame.at_ms, "pcm": frame.pcm})


def _options(params: dict[str, Any]) -> LegOptions | None:
    return None if params["options"] is None else msgspec.convert(params["options"], LegOptions)


def _refusing(verb: Handler) -> Handler:
    async def handler(peer: Peer, params: dict[str, Any]) -> Any:
        try:
            return await verb(peer, params)
        except MediaFull as error:
            raise MediaIsFull(str(error)) from None
        except MediaError as error:
            raise MediaRefused(str(error)) from None

    return handler


async def _settled(recordings: list[Future[RecordingEnd]]) -> None:
    """Wait for recordings to be written; how they ended is told to whoever asks for them."""
    await asyncio.gather(*map(asyncio.wrap_future, recordings), return_exceptions=True)


async def _keep_time(engine: Engine, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    metronome, failed_at = Metronome(time.monotonic()), 0.0
    while True:
        due = metronome.due(time.monotonic())
        if due.skip:
            log.warning("media_stalled", ticks=due.skip)
            engine.skip(due.skip)
        for _ in range(due.run):
            try:
                engine.tick()
            except Exception:
                # One leg's trouble must not end all calls; but a log line a tick would help nobody.
                if time.monotonic() - failed_at > 1:
                    failed_at = time.monotonic()
                    log.exception("tick_failed")
        await sleep(max(0.0, metronome.deadline - time.monotonic()))


async def main(settings: Settings) -> None:
    """Serve until SIGTERM, SIGINT or cancellation; recordings under way are finished in order."""
    with contextlib.suppress(OSError):
        os.nice(-5)  # Where allowed: a late screen is noticed by one agent, a late tick by every caller.
    engine = Engine(settings)
    service = _Service(engine)
    events = {"media.abandon": service.abandon}
    server = IpcServer(settings.socket("media"), service.handlers(), events, on_connect=service.connected)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    gc.freeze()
    ticking = asyncio.ensure_future(_keep_time(engine))
    try:
        await stop.wait()
    finally:
        ticking.cancel()
        engine.shut_down()
        await server.close()
