"""One media worker as core sees it: its socket, what core has over there, and how it is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog

from yuelai.media import shares
from yuelai.media.errors import MediaRefused
from yuelai.media.ports import (
    Barge,
    Digit,
    LegGone,
    LegHeard,
    LegKind,
    LegOptions,
    LegSilent,
    MediaError,
    MediaEvent,
    MediaFull,
    MediaUnfit,
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
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import LegId, RecordingId
from yuelai.platform.ipc import EventHandler, IpcClient, Peer

log = structlog.get_logger()

Listener = Callable[[MediaEvent], None]

Told = Digit | PlayEnded | LegSilent | LegHeard | ToneHeard | SpeechBegan | SpeechEnded | QualityChanged
"""Events that come over the socket; `LegGone` is our own conclusion."""

_EVENTS: tuple[type[Told], ...] = (
    Digit, PlayEnded, LegSilent, LegHeard, ToneHeard, SpeechBegan, SpeechEnded, QualityChanged,
)  # fmt: skip

READ_SECONDS = 70.0
"""For what begins with reading files: half an hour of music takes its time."""

QUIET_SECONDS = 4
"""A worker that has said nothing for so long gets no new calls; it says how it does twice a second."""
HUNG_SECONDS = 15
"""After so long it is given up, with its legs. The supervisor kills it earlier than that, where there is one."""


_KINDS = {MediaRefused.FULL: MediaFull, MediaRefused.UNFIT: MediaUnfit}


class WorkerAway(MediaError):
    """The worker does not answer; another one may."""


@dataclass(frozen=True)
class State:
    """What a worker says of itself twice a second. `room` is legs; `load` the share of its core's time in use."""

    legs: int = 0
    relayed: int = 0
    recordings: int = 0
    load: float = 0.0
    room: int = 0


@dataclass
class _Held:
    """What core knows of a leg over there. It counts as standing once `create_leg` has been answered."""

    listener: Listener
    standing: bool = False
    plays: set[UUID] = field(default_factory=set)
    """Plays whose end has not been told."""


class WorkerLink:
    """When the worker goes away, every leg's listener hears `PlayEnded` for what was playing and then `LegGone`, and
    verbs under way raise `WorkerAway`; new legs can be made as soon as it is back.

    `on_lost` is told before the legs are.
    """

    def __init__(self, settings: Settings, number: int) -> None:
        self.number, self.name = number, shares.role(number)
        self._ipc = IpcClient(
            shares.socket(settings, number),
            events={f"media.{e.__name__}": _decode(self, e) for e in _EVENTS}
            | {"media.tapped": self._tapped, "media.state": self._stated},
        )
        self._ipc.on_lost.append(self._lost)
        self._ipc.on_connect.append(self._found)
        self._legs: dict[LegId, _Held] = {}
        self._taps: dict[UUID, Callable[[TapFrame], None]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._silence = 0
        self._since_told = 0
        """Legs made since it last said how many it has room for."""
        self.state = State()
        self.on_lost: list[Callable[[WorkerLink], None]] = []

    async def start(self) -> None:
        """Connect as soon as it is there, and again whenever it comes back."""
        await self._ipc.start(wait=None)
        self._watching = asyncio.create_task(self._watch(), name=f"watching {self.name}")

    async def connected_now(self) -> None:
        """Wait until it is connected and has said how it is."""
        while not self.usable:
            await self._ipc.connected.wait()
            await asyncio.sleep(0.01)

    async def disconnect(self) -> None:
        """Let go of the connection; the process closes all our legs and finishes their recordings."""
        if self._watching is not None:
            self._watching.cancel()
        await self._ipc.close()

    @property
    def connected(self) -> bool:
        return self._ipc.connected.is_set()

    @property
    def usable(self) -> bool:
        """It is there and has said so just now."""
        return self.connected and self._silence < QUIET_SECONDS

    @property
    def room(self) -> int:
        return max(0, self.state.room - self._since_told) if self.usable else 0

    def __contains__(self, leg: LegId) -> bool:
        return leg in self._legs

    async def _watch(self) -> None:
        # Seconds are counted, not measured: while we ourselves stand still, its word waits in our socket.
        while True:
            await asyncio.sleep(1)
            self._silence += 1
            if self._silence == HUNG_SECONDS and self.connected:
                log.error("media_worker_given_up", worker=self.name, seconds=HUNG_SECONDS)
                self._ipc.drop()

    def _found(self) -> None:
        # Not usable until its first word, which comes at once.
        self._silence = QUIET_SECONDS

    def _stated(self, _: Peer, params: dict[str, Any]) -> None:
        self._silence = self._since_told = 0
        self.state = msgspec.convert(params, State)

    async def health(self) -> dict[str, Any]:
        """Raises `Unavailable`."""
        health: dict[str, Any] = await self._ipc.request("health")
        return health

    async def ask(self, verb: str, *, within: float = 5.0, **params: Any) -> Any:
        """Raises MediaError, and of its kinds `MediaFull` and `WorkerAway`."""
        try:
            return await self._ipc.request(f"media.{verb}", params, timeout=within)
        except Unavailable as refusal:
            raise WorkerAway(refusal.detail) from None
        except Refusal as refusal:
            raise _KINDS.get(refusal.code, MediaError)(refusal.detail) from None

    def _tapped(self, _: Peer, params: dict[str, Any]) -> None:
        tap = UUID(params["tap"])
        if sink := self._taps.get(tap):
            try:
                sink(TapFrame(tap, params["at_ms"], params["pcm"]))
            except Exception:
                # Whoever cannot take a piece gets no more: a log line fifty times a second would help nobody.
                del self._taps[tap]
                log.exception("media_tap_failed", tap=str(tap))

    def _lost(self) -> None:
        legs, self._legs = self._legs, {}
        self._taps.clear()
        self.state = State()
        for callback in self.on_lost:
            callback(self)
        for leg, held in legs.items():
            for play in held.plays:
                _tell(held.listener, PlayEnded(leg, play, False))
            if held.standing:
                _tell(held.listener, LegGone(leg))

    def hear(self, event: Told) -> None:
        """Pass an event on to its leg's listener."""
        held = self._legs.get(event.leg)
        if held is None:
            return
        if isinstance(event, PlayEnded):
            held.plays.discard(event.play)
        _tell(held.listener, event)

    async def create_leg(
        self,
        leg: LegId,
        kind: LegKind,
        listener: Listener,
        *,
        offer: str | None = None,
        options: LegOptions | None = None,
        beside: LegId | None = None,
        line: bool = False,
    ) -> str:
        """`line`: it belongs to no party, how it sounds tells nothing."""
        held = self._legs[leg] = _Held(listener)
        self._since_told += 1
        try:
            sdp: str = await self.ask(
                "create_leg",
                leg=str(leg),
                kind=kind.value,
                offer=offer,
                options=built(options),
                beside=beside and str(beside),
                line=line,
            )
        except BaseException:
            if self._legs.get(leg) is held:
                del self._legs[leg]
                # We stopped waiting, or it was refused: should it stand over there after all, nobody needs it.
                self._ipc.notify("media.abandon", {"leg": str(leg)})
            raise
        if self._legs.get(leg) is not held:
            raise WorkerAway("the media engine went away")
        held.standing = True
        return sdp

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
            paths, by = [path_of(file) for file in files], [each.value for each in barge]
            options = {"loop": loop, "gain": gain, "barge": by}
            await self.ask("play", within=READ_SECONDS, leg=str(leg), play=str(play), files=paths, **options)
        except BaseException:
            held.plays.discard(play)
            raise

    async def music(self, source: LegId, files: Sequence[Path], gain: float) -> None:
        paths = [path_of(file) for file in files]
        await self.ask("music", within=READ_SECONDS, source=str(source), files=paths, gain=gain)
        self._legs[source] = _Held(_nobody)

    async def injection(self, source: LegId, rate: int) -> None:
        await self.ask("injection", source=str(source), rate=rate)
        self._legs[source] = _Held(_nobody)

    async def inject(self, source: LegId, pcm: bytes) -> float:
        waiting: float = await self.ask("inject", source=str(source), pcm=pcm)
        return waiting

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        await self.ask("route", speaker=str(speaker), listener=str(listener), gain=gain)

    async def bridge(self, one: LegId, other: LegId, gain: float) -> None:
        await self.ask("bridge", one=str(one), other=str(other), gain=gain)

    async def answer(self, leg: LegId, sdp: str) -> None:
        await self.ask("answer", leg=str(leg), sdp=sdp)

    async def adjust(self, leg: LegId, options: LegOptions) -> None:
        await self.ask("adjust", leg=str(leg), options=built(options))

    async def quality(self, leg: LegId) -> Quality:
        return msgspec.convert(await self.ask("quality", leg=str(leg)), Quality)

    async def tap(self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], side: Side, rate: int) -> None:
        self._taps[tap] = sink
        try:
            await self.ask("tap", tap=str(tap), leg=str(leg), side=side.value, rate=rate)
        except BaseException:
            self._taps.pop(tap, None)
            raise

    async def untap(self, tap: UUID) -> None:
        if self._taps.pop(tap, None) is not None:
            await self.ask("untap", tap=str(tap))

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        end = await self.ask("stop_recording", recording=str(recording))
        return RecordingEnd(recording, end["duration_ms"], end["bytes"])

    async def knows(self, leg: LegId) -> bool:
        """Does it carry this leg, whoever made it?"""
        known: bool = await self.ask("knows", leg=str(leg))
        return known

    async def close(self, leg: LegId) -> None:
        """Also when the process is away or never knew the leg: then there is nothing left to release."""
        if leg not in self._legs:
            return
        try:
            await self.ask("close", leg=str(leg))
        except MediaError:
            pass
        finally:
            self._legs.pop(leg, None)


def _tell(listener: Listener, event: MediaEvent) -> None:
    """One that fails must cost the others neither their word nor the connection that all legs hang on."""
    try:
        listener(event)
    except Exception:
        log.exception("media_listener_failed", told=type(event).__name__)


def _nobody(_: MediaEvent) -> None:
    """A source has nothing to tell."""


def built(options: LegOptions | None) -> Any:
    return None if options is None else msgspec.to_builtins(options)


def path_of(file: Path) -> str:
    # The process over there may stand in another folder.
    return str(file.absolute())


def _decode(link: WorkerLink, kind: type[Told]) -> EventHandler:
    def handler(_: Peer, params: dict[str, Any]) -> None:
        link.hear(msgspec.convert(params, kind, strict=False))

    return handler
