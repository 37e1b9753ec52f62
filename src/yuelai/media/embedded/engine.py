"""The engine itself: legs, the matrix, and the tick. All verbs but those that wait for a file are plain calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from yuelai.media.embedded.browser import BrowserTransport
from yuelai.media.embedded.files import Files
from yuelai.media.embedded.jitter import FRAME
from yuelai.media.embedded.leg import Leg, Transport
from yuelai.media.embedded.mixer import Mixer
from yuelai.media.embedded.pacing import PERIOD
from yuelai.media.embedded.plain import PlainTransport
from yuelai.media.embedded.player import Play
from yuelai.media.embedded.recorder import Recorder
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.embedded.sources import Injection, Music
from yuelai.media.embedded.stream import RtpStream
from yuelai.media.ports import (
    Barge,
    Capacity,
    Digit,
    LegKind,
    LegOptions,
    MediaError,
    MediaEvent,
    Quality,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId
from yuelai.wire.g711 import Law, Samples, encode

CONCEALED = (0.7, 0.4, 0.15)
"""How loud the last frame is repeated in place of the first, second and third missing one; then silence."""

_LOOK_AFTER = 50
"""Ticks between two looks at a leg's silence and reports."""

_SILENCE = {law: bytes([law.silence]) * FRAME for law in Law}


def _missing() -> MediaError:
    return MediaError("this engine cannot do it yet")


class Engine:
    """Not thread-safe: everything happens on the loop that ticks."""

    def __init__(self, settings: Settings) -> None:
        self._pool = PortPool(settings.bind, *settings.rtp_range)
        self._advertised = settings.advertised_address
        self._files = Files()
        self._legs: dict[LegId, Leg] = {}
        self._sources: dict[LegId, Music | Injection] = {}
        self._rows: list[Leg] = []
        self._cells: dict[tuple[LegId, LegId], float] = {}
        self._recordings: dict[RecordingId, tuple[Leg, Recorder]] = {}
        self._finished: dict[RecordingId, Future[RecordingEnd]] = {}
        # One thread: a disk that hesitates must delay no tick, and chunks stay in order.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._mixer, self._stale = Mixer([], []), False
        self._last: Samples = np.zeros((0, FRAME), np.int16)
        self._ticks = self._skipped = 0
        self._load = 0.0

    def leg(self, id_: LegId) -> Leg:
        """Raises MediaError."""
        try:
            return self._legs[id_]
        except KeyError:
            raise MediaError(f"unknown leg {id_}") from None

    def _new(self, id_: LegId) -> None:
        if id_ in self._legs or id_ in self._sources:
            raise MediaError(f"leg {id_} exists")

    # Legs

    def create_leg(
        self,
        id_: LegId,
        kind: LegKind,
        emit: Callable[[MediaEvent], None],
        offer: str | None,
        options: LegOptions | None = None,
        *,
        beside: LegId | None = None,
    ) -> str:
        self._new(id_)

        def pressed(key: str) -> None:
            emit(Digit(id_, key))
            if id_ in self._legs:
                self._legs[id_].player.barge(Barge.KEY)

        stream = RtpStream(pressed)
        transport: Transport
        if kind is LegKind.BROWSER:
            transport = BrowserTransport(self._pool, self._advertised, stream)
        else:
            transport = PlainTransport(self._pool, self._advertised, stream)
        try:
            sdp = transport.offer() if offer is None else transport.take_offer(offer)
        except BaseException:
            transport.close()
            raise
        leg = self._legs[id_] = Leg(id_, stream, transport, emit)
        leg.negotiated(time.monotonic())
        self._stale = True
        return sdp

    def answer(self, id_: LegId, sdp: str) -> None:
        leg = self.leg(id_)
        leg.transport.take_answer(sdp)
        leg.negotiated(time.monotonic())
        self._stale = True

    def reoffer(self, id_: LegId, sdp: str) -> str:
        leg = self.leg(id_)
        answer = leg.transport.take_offer(sdp)
        leg.negotiated(time.monotonic())
        self._stale = True
        return answer

    def close(self, id_: LegId) -> list[Future[RecordingEnd]]:
        """Return what its recordings will be once written."""
        leg, source = self._legs.pop(id_, None), self._sources.pop(id_, None)
        if leg is not None or source is not None:
            self._cells = {cell: gain for cell, gain in self._cells.items() if id_ not in cell}
            self._stale = True
        if leg is None:
            return []
        leg.transport.close()
        leg.player.stop()
        ended = [recorder.id for recorder in leg.recorders]
        for recording in ended:
            self._finished[recording] = self._finish(recording)
        return [self._finished[recording] for recording in ended]

    # The matrix

    def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        self.leg(listener)
        if speaker not in self._sources:
            self.leg(speaker)
        if gain:
            self._cells[speaker, listener] = gain
        else:
            self._cells.pop((speaker, listener), None)
        self._stale = True

    def bridge(self, one: LegId, other: LegId, gain: float = 1.0) -> None:
        self.route(one, other, gain)
        self.route(other, one, gain)

    def hold(self, id_: LegId, held: bool) -> None:
        self.leg(id_).held = held
        self._stale = True

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
        if self.leg(id_) is leg:
            leg.player.start(turn, Play(play, pieces, loop=loop, gain=gain, barge=barge))

    def mute(self, id_: LegId, muted: bool) -> None:
        raise _missing()

    def offer(self, id_: LegId, options: LegOptions | None) -> str:
        raise _missing()

    def adjust(self, id_: LegId, options: LegOptions) -> None:
        raise _missing()

    def quality(self, id_: LegId) -> Quality:
        raise _missing()

    def capacity(self) -> Capacity:
        raise _missing()

    def send_keys(self, id_: LegId, keys: str, duration_ms: int, pause_ms: int) -> None:
        raise _missing()

    async def music(self, id_: LegId, files: Sequence[Path], gain: float) -> None:
        self._new(id_)
        music = Music(await self._files.all(files), gain)
        self._new(id_)
        self._sources[id_], self._stale = music, True

    def injection(self, id_: LegId, rate: int) -> None:
        self._new(id_)
        self._sources[id_], self._stale = Injection(rate), True

    def inject(self, id_: LegId, pcm: bytes) -> float:
        source = self._sources.get(id_)
        if not isinstance(source, Injection):
            raise MediaError(f"no sound can be put into {id_}")
        return source.add(pcm)

    def tap(self, tap: UUID, id_: LegId, sink: Callable[[TapFrame], None], side: Side, rate: int) -> None:
        raise _missing()

    def untap(self, tap: UUID) -> None:
        raise _missing()

    def stop(self, id_: LegId) -> None:
        self.leg(id_).player.stop()

    # Recording

    def record(self, recording: RecordingId, id_: LegId, file: Path, key: bytes) -> None:
        leg = self.leg(id_)
        if recording in self._recordings:
            raise MediaError(f"recording {recording} is under way")
        recorder = Recorder(recording, file, key, self._writer, time.monotonic())
        leg.recorders.append(recorder)
        self._recordings[recording] = leg, recorder

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
        return recorder.finish(time.monotonic())

    # Time

    def tick(self) -> None:
        """Move 20 ms of sound."""
        now = time.monotonic()
        self._ticks += 1
        if self._stale:
            self._plan()
        rows = self._rows
        for leg in rows:
            leg.transport.drain(now)
        frames, said = self._listen(rows)
        heard = self._mixer.mix(self._with_sources(said, now))
        ended = []
        for leg in rows:
            if (play := leg.player.play) is not None:
                play.mix_into(heard[leg.row])
                if play.ended:
                    ended.append(leg)
        out = self._mixer.encode(heard).tobytes()
        for leg in rows:
            codes = out[leg.row * FRAME : (leg.row + 1) * FRAME]
            leg.send(codes)
            if leg.recorders:
                frame = frames[leg.row] if leg.lost == 0 else encode(said[leg.row], leg.stream.law)
                for recorder in leg.recorders:
                    recorder.add(frame, codes, leg.stream.law)
            if (self._ticks + leg.row) % _LOOK_AFTER == 0:
                leg.look_after(now)
        for leg in ended:
            leg.player.over()
        self._load += ((time.monotonic() - now) / PERIOD - self._load) / 50

    def skip(self, ticks: int) -> None:
        """Let time pass without sound, after a stall: timestamps and recordings stay as long as the call."""
        self._skipped += ticks
        for leg in self._legs.values():
            leg.stream.pass_time(ticks)
            if leg.player.play is not None:
                leg.player.play.skip(ticks)
            for recorder in leg.recorders:
                recorder.add_silence(ticks)

    def _plan(self) -> None:
        self._stale = False
        rows = list(self._legs.values())
        last = np.zeros((len(rows), FRAME), np.int16)
        for row, leg in enumerate(rows):
            if leg.row >= 0:
                last[row] = self._last[leg.row]
            leg.row = row
        self._rows, self._last = rows, last
        legs = self._legs
        beneath = {source: len(rows) + row for row, source in enumerate(self._sources)}
        self._mixer = Mixer(
            [leg.stream.law for leg in rows],
            [
                (beneath[speaker] if speaker in beneath else legs[speaker].row, legs[listener].row, gain)
                for (speaker, listener), gain in self._cells.items()
                if speaker in beneath or (not legs[speaker].held and not legs[listener].held)
            ],
        )

    def _with_sources(self, said: Samples, now: float) -> Samples:
        """Add a row for each source below those of the legs."""
        if not self._sources:
            return said
        frames = [each.frame(now) if isinstance(each, Music) else each.frame() for each in self._sources.values()]
        return np.concatenate([said, np.array(frames)])

    def _listen(self, rows: list[Leg]) -> tuple[list[bytes], Samples]:
        """Take a frame of every leg; return the codes and int16 (rows, FRAME), with missing frames concealed."""
        frames, missing = [], []
        for leg in rows:
            silence = _SILENCE[leg.stream.law]
            frame = leg.stream.jitter.read(silence[0])
            if frame is None:
                leg.lost += 1
                missing.append(leg)
                frames.append(silence)
            else:
                leg.lost = 0
                frames.append(frame)
        said = self._mixer.decode(b"".join(frames))
        last = said.copy() if missing else said
        for leg in missing:
            if leg.lost <= len(CONCEALED):
                # Always from the last frame that came: `_last` keeps it until another does.
                last[leg.row] = self._last[leg.row]
                said[leg.row] = last[leg.row] * CONCEALED[leg.lost - 1]
            else:
                said[leg.row] = 0
        self._last = last
        return frames, said

    def health(self) -> dict[str, Any]:
        """`load` is the share of the last second's ticks that was used; at 1.0 sound begins to break."""
        return {
            "legs": len(self._legs),
            "recordings": len(self._recordings),
            "ticks": self._ticks,
            "skipped": self._skipped,
            "load": round(self._load, 3),
        }

    def shut_down(self) -> None:
        """Close everything; recordings get their end mark before this returns."""
        for leg in list(self._legs):
            self.close(leg)
        self._writer.shutdown()
        self._files.close()
