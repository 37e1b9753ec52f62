"""The MediaEngine port over the socket of the media process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from yuelai.media.errors import MediaRefused
from yuelai.media.ports import (
    Barge,
    Capacity,
    Digit,
    LegGone,
    LegHeard,
    LegKind,
    LegOptions,
    LegSilent,
    MediaError,
    MediaEvent,
    MediaFull,
    PlayEnded,
    Quality,
    QualityChanged,
    RecordingEnd,
    Side,
    SpeechBegan,
    SpeechEnded,
    TapFrame,
    ToneHeard,
)
from yuelai.platform.config import Settings
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId, RecordingId
from yuelai.platform.ipc import EventHandler, IpcClient, Peer

Listener = Callable[[MediaEvent], None]

Told = Digit | PlayEnded | LegSilent | LegHeard | ToneHeard | SpeechBegan | SpeechEnded | QualityChanged
"""Events that come over the socket; `LegGone` is our own conclusion."""

_EVENTS: tuple[type[Told], ...] = (
    Digit, PlayEnded, LegSilent, LegHeard, ToneHeard, SpeechBegan, SpeechEnded, QualityChanged,
)  # fmt: skip


@dataclass
class _Held:
    """What core knows of a leg over there. It counts as standing once `create_leg` has been answered."""

    listener: Listener
    standing: bool = False
    plays: set[UUID] = field(default_factory=set)
    """Plays whose end has not been told."""


class EmbeddedMediaEngine:
    """Implements `media.ports.MediaEngine`.

    When the media process goes away, every leg's listener hears `PlayEnded` for what was playing and then `LegGone`,
    and verbs under way raise MediaError; new legs can be made as soon as the process is back.
    """

    def __init__(self, settings: Settings) -> None:
        self._ipc = IpcClient(
            settings.socket("media"),
            events={f"media.{e.__name__}": _decode(self, e) for e in _EVENTS} | {"media.tapped": self._tapped},
        )
        self._ipc.on_lost.append(self._lost)
        self._legs: dict[LegId, _Held] = {}
        self._taps: dict[UUID, Callable[[TapFrame], None]] = {}
        self._room = 0

    async def start(self, *, wait: float | None = 10.0) -> None:
        """Connect. Raises `Unavailable` when the media process has not answered in `wait` seconds."""
        await self._ipc.start(wait=wait)

    async def disconnect(self) -> None:
        """Let go of the connection; the process closes all our legs and finishes their recordings."""
        await self._ipc.close()

    @property
    def connected(self) -> bool:
        return self._ipc.connected.is_set()

    async def health(self) -> dict[str, Any]:
        """Return `{parts, legs, recordings, ticks, skipped, load}`; `load` is the share of a tick's 20 ms in use.

        Raises `Unavailable`.
        """
        health: dict[str, Any] = await self._ipc.request("health")
        return health

    async def _ask(self, verb: str, **params: Any) -> Any:
        try:
            return await self._ipc.request(f"media.{verb}", params)
        except Refusal as refusal:
            kind = MediaFull if refusal.code == MediaRefused.FULL else MediaError
            raise kind(refusal.detail) from None

    def _tapped(self, _: Peer, params: dict[str, Any]) -> None:
        tap = UUID(params["tap"])
        if sink := self._taps.get(tap):
            sink(TapFrame(tap, params["at_ms"], params["pcm"]))

    def _lost(self) -> None:
        legs, self._legs = self._legs, {}
        for leg, held in legs.items():
            for play in held.plays:
                held.listener(PlayEnded(leg, play, False))
            if held.standing:
                held.listener(LegGone(leg))

    def hear(self, event: Told) -> None:
        """Pass an event on to its leg's listener."""
        held = self._legs.get(event.leg)
        if held is None:
            return
        if isinstance(event, PlayEnded):
            held.plays.discard(event.play)
        held.listener(event)

    async def create_leg(
        self,
        leg: LegId,
        kind: LegKind,
        listener: Listener,
        *,
        offer: str | None = None,
        options: LegOptions | None = None,
        beside: LegId | None = None,
    ) -> str:
        if leg in self._legs:
            raise MediaError(f"leg {leg} exists")
        held = self._legs[leg] = _Held(listener)
        try:
            sdp: str = await self._ask(
                "create_leg",
                leg=str(leg),
                kind=kind.value,
                offer=offer,
                options=_built(options),
                beside=beside and str(beside),
            )
        except BaseException:
            if self._legs.get(leg) is held:
                del self._legs[leg]
                # We stopped waiting, or it was refused: should it stand over there after all, nobody needs it.
                self._ipc.notify("media.abandon", {"leg": str(leg)})
            raise
        if self._legs.get(leg) is not held:
            raise MediaError("the media engine went away")
        held.standing = True
        return sdp

    async def answer(self, leg: LegId, sdp: str) -> None:
        await self._ask("answer", leg=str(leg), sdp=sdp)

    async def reoffer(self, leg: LegId, sdp: str) -> str:
        answer: str = await self._ask("reoffer", leg=str(leg), sdp=sdp)
        return answer

    async def offer(self, leg: LegId, options: LegOptions | None = None) -> str:
        offer: str = await self._ask("offer", leg=str(leg), options=_built(options))
        return offer

    async def adjust(self, leg: LegId, options: LegOptions) -> None:
        await self._ask("adjust", leg=str(leg), options=_built(options))

    async def quality(self, leg: LegId) -> Quality:
        return msgspec.convert(await self._ask("quality", leg=str(leg)), Quality)

    async def capacity(self) -> Capacity:
        return msgspec.convert(await self._ask("capacity"), Capacity)

    @property
    def room(self) -> int:
        return self._room if self.connected else 0

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        await self._ask("route", speaker=str(speaker), listener=str(listener), gain=gain)

    async def bridge(self, one: LegId, other: LegId) -> None:
        await self._ask("bridge", one=str(one), other=str(other), gain=1.0)

    async def unbridge(self, one: LegId, other: LegId) -> None:
        await self._ask("bridge", one=str(one), other=str(other), gain=0.0)

    async def play(
        self,
        leg: LegId,
        play: UUID,
        files: Sequence[Path],
        *,
        loop: bool = False,
        gain: float = 1.0,
        barge: Collection[Barge] = (),
    ) -> None:
        held = self._legs.get(leg)
        if held is None:
            raise MediaError(f"unknown leg {leg}")
        # Before asking: a very short play may end before we learn that it began.
        held.plays.add(play)
        try:
            paths, by = [_path(file) for file in files], [each.value for each in barge]
            await self._ask("play", leg=str(leg), play=str(play), files=paths, loop=loop, gain=gain, barge=by)
        except BaseException:
            held.plays.discard(play)
            raise

    async def stop(self, leg: LegId) -> None:
        await self._ask("stop", leg=str(leg))

    async def hold(self, leg: LegId, held: bool) -> None:
        await self._ask("hold", leg=str(leg), held=held)

    async def mute(self, leg: LegId, muted: bool) -> None:
        await self._ask("mute", leg=str(leg), muted=muted)

    async def send_keys(self, leg: LegId, keys: str, *, duration_ms: int = 160, pause_ms: int = 80) -> None:
        await self._ask("send_keys", leg=str(leg), keys=keys, duration_ms=duration_ms, pause_ms=pause_ms)

    async def music(self, source: LegId, files: Sequence[Path], *, gain: float = 1.0) -> None:
        await self._ask("music", source=str(source), files=[_path(file) for file in files], gain=gain)
        self._legs[source] = _Held(_nobody, standing=True)

    async def injection(self, source: LegId, *, rate: int = 8000) -> None:
        await self._ask("injection", source=str(source), rate=rate)
        self._legs[source] = _Held(_nobody, standing=True)

    async def inject(self, source: LegId, pcm: bytes) -> float:
        waiting: float = await self._ask("inject", source=str(source), pcm=pcm)
        return waiting

    async def tap(
        self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], *, side: Side = Side.SAID, rate: int = 8000
    ) -> None:
        self._taps[tap] = sink
        try:
            await self._ask("tap", tap=str(tap), leg=str(leg), side=side.value, rate=rate)
        except BaseException:
            self._taps.pop(tap, None)
            raise

    async def untap(self, tap: UUID) -> None:
        if self._taps.pop(tap, None) is not None:
            await self._ask("untap", tap=str(tap))

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        await self._ask("record", recording=str(recording), leg=str(leg), file=_path(file), key=key)

    async def pause_recording(self, recording: RecordingId, paused: bool) -> None:
        await self._ask("pause_recording", recording=str(recording), paused=paused)

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        end = await self._ask("stop_recording", recording=str(recording))
        return RecordingEnd(recording, end["duration_ms"], end["bytes"])

    async def close(self, leg: LegId) -> None:
        """Also when the process is away or never knew the leg: then there is nothing left to release."""
        if leg not in self._legs:
            return
        try:
            await self._ask("close", leg=str(leg))
        except MediaError:
            pass
        finally:
            self._legs.pop(leg, None)


def _nobody(_: MediaEvent) -> None:
    """A source has nothing to tell."""


def _built(options: LegOptions | None) -> Any:
    return None if options is None else msgspec.to_builtins(options)


def _path(file: Path) -> str:
    # The process over there may stand in another folder.
    return str(file.absolute())


def _decode(engine: EmbeddedMediaEngine, kind: type[Told]) -> EventHandler:
    def handler(_: Peer, params: dict[str, Any]) -> None:
        engine.hear(msgspec.convert(params, kind, strict=False))

    return handler
