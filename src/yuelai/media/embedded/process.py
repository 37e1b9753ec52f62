"""`yuelai run media`: one media worker, the engine behind its Unix socket.

A connection is a core, or whoever else plays and listens; its legs live no longer than it. Everybody who is connected
is told twice a second how the worker does, which also shows that it lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import os
import signal
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog

from yuelai.media import shares
from yuelai.media.embedded import figures
from yuelai.media.embedded.engine import Engine
from yuelai.media.embedded.gauge import BOUND, Gauge
from yuelai.media.embedded.pacing import keep_time
from yuelai.media.embedded.stream import SLOTS
from yuelai.media.errors import MediaIsFull, MediaIsUnfit, MediaRefused
from yuelai.media.ports import (
    Barge,
    LegKind,
    LegOptions,
    MediaError,
    MediaEvent,
    MediaFull,
    MediaUnfit,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.platform import garbage
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId
from yuelai.platform.ipc import Handler, IpcServer, Peer

log = structlog.get_logger()

STATE_SECONDS = 0.5
TAP_BACKLOG = 256 * 1024
"""Bytes that a reader may leave unread; what comes while it has more is dropped: a gap in the tap's `at_ms`."""


def _leg(params: dict[str, Any], name: str = "leg") -> LegId:
    return LegId(UUID(params[name]))


class _Service:
    """The verbs of the port as requests; see `media.ports` for what they mean."""

    def __init__(self, engine: Engine, gauge: Gauge, name: str) -> None:
        self._engine, self._gauge, self._name = engine, gauge, name
        self._owned: dict[Peer, tuple[set[LegId], list[RecordingId]]] = {}
        self._tapping: dict[UUID, Peer] = {}
        self._kinds: dict[LegId, str] = {}

    def handlers(self) -> dict[str, Handler]:
        verbs = (
            self.create_leg, self.answer, self.reoffer, self.offer, self.adjust, self.close,
            self.quality, self.knows,
            self.route, self.bridge, self.hold, self.mute,
            self.play, self.stop, self.send_keys, self.music, self.injection, self.inject, self.tap, self.untap,
            self.record, self.pause_recording, self.stop_recording,
        )  # fmt: skip
        return {f"media.{verb.__name__}": _refusing(verb) for verb in verbs} | {"health": self.health}

    def connected(self, peer: Peer) -> None:
        self._owned[peer] = set(), []
        peer.on_close.append(functools.partial(self._lost, peer))
        peer.notify("media.state", self.state())

    def _lost(self, peer: Peer) -> None:
        legs, recordings = self._owned.pop(peer)
        if legs:
            log.warning("core_lost", legs=len(legs))
        for tap in [tap for tap, reader in self._tapping.items() if reader is peer]:
            del self._tapping[tap]
            self._engine.untap(tap)
        for leg in legs:
            self._kinds.pop(leg, None)
            try:
                self._engine.close(leg)
            except Exception:
                # The others must go all the same.
                log.exception("leg_not_closed", leg=str(leg))
        self._engine.forget(recordings)

    def state(self) -> dict[str, Any]:
        """Return `media.link.State`."""
        told = self.figures()
        return {name: told[name] for name in ("legs", "relayed", "recordings", "load", "room")}

    def figures(self) -> dict[str, Any]:
        told = self._engine.health()
        gauge = self._gauge
        ours = {"load": round(gauge.load, 3), "room": gauge.room(told["legs"]), "refused": gauge.refused}
        return {"relayed": 0, **told, **ours}

    def beat(self) -> None:
        """Measure what has been used since the last time, and tell everybody how we are."""
        self._gauge.beat(time.monotonic(), time.thread_time(), self._engine.health()["legs"])
        state = self.state()
        for peer in self._owned:
            peer.notify("media.state", state)

    async def create_leg(self, peer: Peer, params: dict[str, Any]) -> str:
        leg, kind = _leg(params), LegKind(params["kind"])
        self._gauge.admit(self._engine.health()["legs"], joins=params["beside"] is not None)
        sdp = self._engine.create_leg(
            leg, kind, functools.partial(_tell, peer), params["offer"], _options(params) or LegOptions()
        )
        self._owned[peer][0].add(leg)
        if not params.get("line"):
            self._kinds[leg] = kind.value
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

    async def knows(self, _: Peer, params: dict[str, Any]) -> bool:
        """Is there this leg, whoever made it?"""
        try:
            self._engine.leg(_leg(params))
        except MediaError:
            return False
        return True

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
        # Those of legs that are gone meanwhile went with them.
        self._tapping = {one: reader for one, reader in self._tapping.items() if self._engine.taps(one)} | {tap: peer}

    async def untap(self, _: Peer, params: dict[str, Any]) -> None:
        tap = UUID(params["tap"])
        self._tapping.pop(tap, None)
        self._engine.untap(tap)

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
        self._sounded(leg)
        await _settled(self._engine.close(leg))

    def _sounded(self, leg: LegId) -> None:
        """Before a party's leg is closed: count and log how it sounded."""
        if (kind := self._kinds.pop(leg, None)) is None:
            return
        with contextlib.suppress(MediaError):
            quality = self._engine.quality(leg)
            if quality.in_packets:
                figures.MOS.labels(kind).observe(quality.mos)
            log.info("leg_sounded", leg=str(leg), kind=kind, **dataclasses.asdict(quality))

    def abandon(self, peer: Peer, params: dict[str, Any]) -> None:
        """Close a leg whose `create_leg` nobody waits for any more. After it: requests run as tasks, in order."""
        leg = _leg(params)

        def close() -> None:
            if peer in self._owned and leg in self._owned[peer][0]:
                self._owned[peer][0].discard(leg)
                self._kinds.pop(leg, None)
                self._engine.close(leg)

        asyncio.get_running_loop().call_soon(close)

    async def health(self, _: Peer, params: dict[str, Any]) -> dict[str, Any]:
        told = self.figures()
        detail = f"{told['legs']} legs, {told['load']:.0%} of the time used, room for {told['room']}"
        return {"parts": {self._name: {"ok": told["load"] < BOUND, "detail": detail}}, **told}


def _tell(peer: Peer, event: MediaEvent) -> None:
    peer.notify(f"media.{type(event).__name__}", msgspec.to_builtins(event))


def _hand_on(peer: Peer, frame: TapFrame) -> None:
    if peer.backlog > TAP_BACKLOG:
        figures.TAP_DROPPED.inc()
        return
    peer.notify("media.tapped", {"tap": str(frame.tap), "at_ms": frame.at_ms, "pcm": frame.pcm})


def _options(params: dict[str, Any]) -> LegOptions | None:
    return None if params["options"] is None else msgspec.convert(params["options"], LegOptions)


def _refusing(verb: Handler) -> Handler:
    async def handler(peer: Peer, params: dict[str, Any]) -> Any:
        try:
            return await verb(peer, params)
        except MediaFull as error:
            raise MediaIsFull(str(error)) from None
        except MediaUnfit as error:
            raise MediaIsUnfit(str(error)) from None
        except MediaError as error:
            raise MediaRefused(str(error)) from None

    return handler


async def _settled(recordings: list[Future[RecordingEnd]]) -> None:
    """Wait for recordings to be written; how they ended is told to whoever asks for them."""
    await asyncio.gather(*map(asyncio.wrap_future, recordings), return_exceptions=True)


async def _keep_telling(service: _Service) -> None:
    while True:
        await asyncio.sleep(STATE_SECONDS)
        service.beat()


async def main(settings: Settings, worker: int = 1) -> None:
    """Serve until SIGTERM, SIGINT or cancellation; recordings under way are finished in order.

    Raises StartFailed when there is no such worker, or no ports for it.
    """
    low, high = shares.ports(settings, worker)
    with contextlib.suppress(OSError):
        os.nice(-5)  # Where allowed: a late screen is noticed by one agent, a late tick by every caller.
    sys.setswitchinterval(0.001)  # A thread that decodes a file may hold the tick up for so long at most.
    engine = Engine(settings.model_copy(update={"rtp_ports": f"{low}-{high}"}))
    gauge = Gauge(settings.media_legs, min(SLOTS, (high + 1 - low) // 2))
    service = _Service(engine, gauge, shares.role(worker))
    figures.show(service.figures)
    events = {"media.abandon": service.abandon}
    server = IpcServer(shares.socket(settings, worker), service.handlers(), events, on_connect=service.connected)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    garbage.settle(asyncio.get_running_loop())
    tasks = [
        asyncio.ensure_future(keep_time(engine, figures.LATENESS.observe)),
        asyncio.ensure_future(_keep_telling(service)),
    ]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        engine.shut_down()
        await server.close()
