"""The verbs, as plain calls; those that wait for a file are async. How sound moves is in `path`."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

from yuelai.media.embedded.browser import BrowserTransport
from yuelai.media.embedded.files import Files
from yuelai.media.embedded.leg import Leg, Transport
from yuelai.media.embedded.path import SoundPath
from yuelai.media.embedded.plain import PlainTransport
from yuelai.media.embedded.player import Play, Player
from yuelai.media.embedded.recorder import Recorder
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.embedded.sources import Injection, Music
from yuelai.media.embedded.taps import Tap
from yuelai.media.ports import (
    Barge,
    LegKind,
    LegOptions,
    MediaError,
    MediaEvent,
    PlayEnded,
    Quality,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId


class Engine:
    """Not thread-safe: everything happens on the loop that ticks."""

    def __init__(self, settings: Settings) -> None:
        self._pool = PortPool(settings.bind, *settings.rtp_range)
        self._advertised = settings.advertised_address
        self._files = Files()
        self._path = SoundPath()
        self._taps: dict[UUID, tuple[Leg, Tap]] = {}
        self._recordings: dict[RecordingId, tuple[Leg, Recorder]] = {}
        self._finished: dict[RecordingId, Future[RecordingEnd]] = {}
        # One thread: a disk that hesitates must delay no tick, and chunks stay in order.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recordings")

    def leg(self, id_: LegId) -> Leg:
        """Raises MediaError."""
        try:
            return self._path.legs[id_]
        except KeyError:
            raise MediaError(f"unknown leg {id_}") from None

    def _speaker(self, id_: LegId) -> None:
        """Raises MediaError unless it is a leg or a source."""
        if id_ not in self._path.sources:
            self.leg(id_)

    def _new(self, id_: LegId) -> None:
        if id_ in self._path.legs or id_ in self._path.sources:
            raise MediaError(f"leg {id_} exists")

    # Legs

    def create_leg(
        self,
        id_: LegId,
        kind: LegKind,
        emit: Callable[[MediaEvent], None],
        offer: str | None,
        options: LegOptions | None = None,
    ) -> str:
        self._new(id_)
        options = options or LegOptions()
        transport = self._transport(kind, options, functools.partial(self._path.changed_at, id_))
        try:
            sdp = transport.offer() if offer is None else transport.take_offer(offer)
            slot = self._path.slot()
        except BaseException:
            transport.close()
            raise
        player = Player(lambda play, finished, barge: emit(PlayEnded(id_, play, finished, barge)))
        leg = Leg(id_, slot, transport, emit, options, player)
        try:
            self._path.open(leg, time.monotonic())
        except BaseException:
            self._path.close(leg)
            raise
        return sdp

    def _transport(self, kind: LegKind, options: LegOptions, changed: Callable[[], None]) -> Transport:
        if kind is LegKind.BROWSER:
            return BrowserTransport(self._pool, self._advertised, options, changed, self._path.ports)
        return PlainTransport(self._pool, self._advertised, options, changed)

    def answer(self, id_: LegId, sdp: str) -> None:
        leg = self.leg(id_)
        leg.transport.take_answer(sdp)
        self._path.negotiated(leg, time.monotonic())

    def reoffer(self, id_: LegId, sdp: str) -> str:
        leg = self.leg(id_)
        answer = leg.transport.take_offer(sdp)
        self._path.negotiated(leg, time.monotonic())
        return answer

    def offer(self, id_: LegId, options: LegOptions | None) -> str:
        leg = self.leg(id_)
        if options is not None:
            self.adjust(id_, options)
        return leg.transport.offer(options)

    def adjust(self, id_: LegId, options: LegOptions) -> None:
        leg = self.leg(id_)
        leg.transport.adjust(options)
        self._path.adjust(leg, options)

    def quality(self, id_: LegId) -> Quality:
        return self._path.reports.quality(self.leg(id_), time.monotonic())

    def close(self, id_: LegId) -> list[Future[RecordingEnd]]:
        """Return what its recordings will be once written."""
        if self._path.sources.pop(id_, None) is not None:
            self._path.changed(*self._path.matrix.listeners(id_))
            self._path.matrix.forget(id_)
        leg = self._path.legs.get(id_)
        if leg is None:
            return []
        ended = [recorder.id for recorder in leg.recorders]
        for recording in ended:
            self._finished[recording] = self._finish(recording)
        for tap in leg.taps:
            self._taps.pop(tap.id, None)
        self._path.close(leg)
        leg.player.stop()
        return [self._finished[recording] for recording in ended]

    # The matrix

    def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        self._speaker(speaker)
        self.leg(listener)
        self._path.matrix.set(speaker, listener, gain)
        self._path.changed(speaker, listener)

    def bridge(self, one: LegId, other: LegId, gain: float = 1.0) -> None:
        self.leg(one), self.leg(other)
        self._path.matrix.set(one, other, gain)
        self._path.matrix.set(other, one, gain)
        self._path.changed(one, other)

    def hold(self, id_: LegId, held: bool) -> None:
        self.leg(id_).held = held
        self._path.changed(id_)

    def mute(self, id_: LegId, muted: bool) -> None:
        self.leg(id_).muted = muted
        self._path.changed(id_)

    # What is played and put in

    async def play(
        self,
        id_: LegId,
        play: UUID,
        files: Sequence[Path],
        *,
        loop: bool,
        gain: float,
        barge: frozenset[Barge] = frozenset(),
    ) -> None:
        leg = self.leg(id_)
        turn = leg.player.prepare()
        pieces = await self._files.all(files)
        self.leg(id_)
        leg.player.start(turn, Play(play, pieces, loop=loop, gain=gain, barge=barge))
        self._path.listened(leg)

    def stop(self, id_: LegId) -> None:
        leg = self.leg(id_)
        leg.player.stop()
        self._path.listened(leg)

    def send_keys(self, id_: LegId, keys: str, duration_ms: int, pause_ms: int) -> None:
        """Raises MediaError for what is no key, and for too many."""
        leg = self.leg(id_)
        leg.keysend.queue(keys, duration_ms, pause_ms)
        self._path.changed(id_)

    async def music(self, id_: LegId, files: Sequence[Path], gain: float) -> None:
        self._new(id_)
        music = Music(await self._files.all(files), gain)
        self._new(id_)
        self._path.sources[id_] = music

    def injection(self, id_: LegId, rate: int) -> None:
        self._new(id_)
        self._path.sources[id_] = Injection(rate)

    def inject(self, id_: LegId, pcm: bytes) -> float:
        source = self._path.sources.get(id_)
        if not isinstance(source, Injection):
            raise MediaError(f"nothing can be put into {id_}")
        return source.add(pcm)

    def tap(self, tap: UUID, id_: LegId, sink: Callable[[TapFrame], None], side: Side, rate: int) -> None:
        leg = self.leg(id_)
        if tap in self._taps:
            raise MediaError(f"tap {tap} exists")
        self._taps[tap] = leg, Tap(tap, sink, side, rate)
        leg.taps.append(self._taps[tap][1])
        self._path.changed(id_)

    def taps(self, tap: UUID) -> bool:
        """There is this tap, and its leg."""
        return tap in self._taps

    def untap(self, tap: UUID) -> None:
        found = self._taps.pop(tap, None)
        if found is not None:
            found[0].taps.remove(found[1])
            self._path.changed(found[0].id)

    # Recording

    def record(self, recording: RecordingId, id_: LegId, file: Path, key: bytes) -> None:
        leg = self.leg(id_)
        if recording in self._recordings:
            raise MediaError(f"recording {recording} is under way")
        recorder = Recorder(recording, file, key, self._writer, time.monotonic())
        self._recordings[recording] = leg, recorder
        leg.recorders.append(recorder)
        self._path.recorded(leg)

    def pause_recording(self, recording: RecordingId, paused: bool) -> None:
        if recording not in self._recordings:
            raise MediaError(f"unknown recording {recording}")
        self._recordings[recording][1].pause(paused, time.monotonic())

    def stop_recording(self, recording: RecordingId) -> Future[RecordingEnd]:
        """Also gives, once, the end of a recording that ended because its leg was closed."""
        finished = self._finished.pop(recording, None)
        if finished is not None:
            return finished
        if recording not in self._recordings:
            raise MediaError(f"unknown recording {recording}")
        return self._finish(recording)

    def forget(self, recordings: Sequence[RecordingId]) -> None:
        """Nobody will ask for these any more."""
        for recording in recordings:
            self._finished.pop(recording, None)

    def _finish(self, recording: RecordingId) -> Future[RecordingEnd]:
        leg, recorder = self._recordings.pop(recording)
        leg.recorders.remove(recorder)
        self._path.recorded(leg)
        return recorder.finish(time.monotonic())

    # Time

    @property
    def idle(self) -> bool:
        return not self._path.legs

    def listen(self) -> None:
        """Take in and hand on what has come; to be called some times in each tick."""
        self._path.listen(time.monotonic())

    def tick(self, behind: int = 0) -> None:
        """Move 20 ms of sound; `behind` more ticks are due already."""
        self._path.tick(time.monotonic(), behind)

    def skip(self, ticks: int) -> None:
        """Let time pass without sound, after a stall."""
        self._path.skip(ticks)

    def health(self) -> dict[str, Any]:
        """Return the figures that /metrics shows, and how many legs there are."""
        return {"recordings": len(self._recordings), **self._path.figures()}

    def shut_down(self) -> None:
        """Close everything; recordings get their end mark before this returns."""
        for leg in list(self._path.legs):
            self.close(leg)
        self._writer.shutdown()
        self._files.close()
        self._path.shut_down()
