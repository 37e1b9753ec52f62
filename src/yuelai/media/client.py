"""The MediaEngine port over all media workers of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.media.link import Listener, WorkerAway, WorkerLink, built, path_of
from yuelai.media.ports import (
    Barge,
    Capacity,
    KeyMode,
    LegKind,
    LegOptions,
    MediaError,
    MediaFull,
    Quality,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.media.sources import Injection, Music
from yuelai.media.ways import Ways
from yuelai.platform.config import Settings
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import LegId, RecordingId

log = structlog.get_logger()

REFUSED = Counter("yuelai_media_refused_total", "Legs that were refused because all media workers were full")
LOST = Counter("yuelai_media_workers_lost_total", "Media workers that died or were given up", ["worker"])
LEGS_LOST = Counter("yuelai_media_legs_lost_total", "Legs that went with them")


class EmbeddedMediaEngine:
    """Implements `media.ports.MediaEngine`.

    A leg lives at one worker: that of the leg it is made beside, else the one with the most room. Legs of different
    workers are joined by `ways`; sources are made wherever somebody listens to them. When a worker goes away, the
    listeners of its legs hear `PlayEnded` for what was playing and then `LegGone`, verbs under way there raise
    MediaError, and everybody else stays; new legs are made at the others, and there again as soon as it is back.

    Legs that another process made may be routed to, played to and tapped as well: they are looked for.
    """

    def __init__(self, settings: Settings) -> None:
        self._links = [WorkerLink(settings, number) for number in range(1, settings.media_worker_count + 1)]
        for link in self._links:
            link.on_lost.append(self._lost)
        self._legs: dict[LegId, WorkerLink] = {}
        self._keys: dict[LegId, KeyMode] = {}
        """Of the legs where they are not blocked."""
        self._sources: dict[LegId, Music | Injection] = {}
        self._recordings: dict[RecordingId, WorkerLink] = {}
        self._taps: dict[UUID, WorkerLink] = {}
        self._ways = Ways(settings)

    async def start(self, *, wait: float | None = 10.0) -> None:
        """Connect. Raises `Unavailable` when not all media workers have answered in `wait` seconds."""
        for link in self._links:
            await link.start()
        if wait is not None:
            try:
                async with asyncio.timeout(wait):
                    for link in self._links:
                        await link.connected_now()
            except TimeoutError:
                missing = ", ".join(link.name for link in self._links if not link.usable)
                raise Unavailable(f"no answer from {missing}") from None

    async def disconnect(self) -> None:
        """Let go of the connections; the workers close all our legs and finish their recordings."""
        await asyncio.gather(*(link.disconnect() for link in self._links))

    @property
    def connected(self) -> bool:
        """True while some worker serves."""
        return any(link.usable for link in self._links)

    @property
    def workers(self) -> Sequence[WorkerLink]:
        """How each of them is; not to be spoken to directly."""
        return self._links

    def _lost(self, link: WorkerLink) -> None:
        legs = [leg for leg, at in self._legs.items() if at is link]
        log.error("media_worker_lost", worker=link.name, legs=len(legs))
        LOST.labels(link.name).inc()
        LEGS_LOST.inc(len(legs))
        for leg in legs:
            self._forget(leg)
        self._recordings = {one: at for one, at in self._recordings.items() if at is not link}
        self._taps = {one: at for one, at in self._taps.items() if at is not link}
        self._ways.lost(link)

    def _forget(self, leg: LegId) -> None:
        self._legs.pop(leg, None)
        self._keys.pop(leg, None)

    async def _at(self, leg: LegId) -> WorkerLink:
        """Return where a leg is. Raises MediaError."""
        if link := self._legs.get(leg):
            return link
        if source := self._sources.get(leg):
            return next((link for link in self._links if leg in link), None) or await self._made(source)
        if len(self._links) == 1:
            return self._links[0]
        links = [link for link in self._links if link.usable]
        known = await asyncio.gather(*(link.knows(leg) for link in links), return_exceptions=True)
        for link, yes in zip(links, known, strict=True):
            if yes is True:
                return link
        raise MediaError(f"unknown leg {leg}")

    async def _ask(self, verb: str, leg: LegId, **params: Any) -> Any:
        return await (await self._at(leg)).ask(verb, leg=str(leg), **params)

    # Legs

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
        if beside not in self._legs:
            beside = None  # not there yet, or no more: a new call
        refusal: MediaError | None = None
        for link in self._places(beside):
            self._legs[leg] = link
            try:
                sdp = await link.create_leg(leg, kind, listener, offer=offer, options=options, beside=beside)
            except (MediaFull, WorkerAway) as error:
                self._legs.pop(leg, None)
                refusal = error
            except BaseException:
                self._legs.pop(leg, None)
                raise
            else:
                if options is not None and options.keys is not KeyMode.BLOCK:
                    self._keys[leg] = options.keys
                return sdp
        if refusal is None:
            refusal = WorkerAway("the media engine is being restarted") if not self.connected else _full()
        if isinstance(refusal, MediaFull):
            REFUSED.inc()
        raise refusal

    def _places(self, beside: LegId | None) -> list[WorkerLink]:
        """Return where a new leg may go, the best first. One that joins a leg is not refused for want of room here."""
        usable = self._best()
        if beside is None:
            return [link for link in usable if link.room > 0]
        near = self._legs[beside]
        return [near, *(link for link in usable if link is not near)]

    def _best(self) -> list[WorkerLink]:
        return sorted((link for link in self._links if link.usable), key=lambda link: -link.room)

    async def answer(self, leg: LegId, sdp: str) -> None:
        await self._ask("answer", leg, sdp=sdp)

    async def reoffer(self, leg: LegId, sdp: str) -> str:
        return str(await self._ask("reoffer", leg, sdp=sdp))

    async def offer(self, leg: LegId, options: LegOptions | None = None) -> str:
        offer = str(await self._ask("offer", leg, options=built(options)))
        if options is not None:
            await self._adjusted(leg, options)
        return offer

    async def adjust(self, leg: LegId, options: LegOptions) -> None:
        await self._ask("adjust", leg, options=built(options))
        await self._adjusted(leg, options)

    async def _adjusted(self, leg: LegId, options: LegOptions) -> None:
        self._keys.pop(leg, None)
        if options.keys is not KeyMode.BLOCK:
            self._keys[leg] = options.keys
        await self._ways.adjust(leg, options.keys)

    async def quality(self, leg: LegId) -> Quality:
        return await (await self._at(leg)).quality(leg)

    async def capacity(self) -> Capacity:
        """What they said of themselves within the last second."""
        states = [link.state for link in self._links if link.usable]
        if not states:
            raise WorkerAway("the media engine is being restarted")
        return Capacity(
            workers=len(states),
            legs=sum(state.legs for state in states),
            recordings=sum(state.recordings for state in states),
            load=max(state.load for state in states),
            room=self.room,
        )

    async def health(self) -> dict[str, int]:
        """Return `{workers, legs, recordings}`, asked for now. Raises `Unavailable` when one does not answer."""
        told = await asyncio.gather(*(link.health() for link in self._links))
        return {"workers": len(told), **{name: sum(one[name] for one in told) for name in ("legs", "recordings")}}

    @property
    def room(self) -> int:
        return sum(link.room for link in self._links)

    async def close(self, leg: LegId) -> None:
        """Also when its worker is away or never knew it: then there is nothing left to release."""
        if self._sources.pop(leg, None) is not None:
            for link in self._links:
                await link.close(leg)
            return
        at = self._legs.get(leg)
        self._forget(leg)
        if at is not None:
            try:
                await at.close(leg)
            finally:
                # Also for who does not wait: its lines would stand for ever.
                await self._ways.gone(leg)

    # The matrix

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        target = await self._at(listener)
        if source := self._sources.get(speaker):
            if gain or speaker in target:
                await source.at(target)
                await target.route(speaker, listener, gain)
            return
        home = await self._at(speaker)
        if home is target:
            await home.route(speaker, listener, gain)
        else:
            keys = self._keys.get(speaker, KeyMode.BLOCK)
            await self._ways.route(speaker, home, listener, target, gain, keys)

    async def bridge(self, one: LegId, other: LegId) -> None:
        await self._both_ways(one, other, 1.0)

    async def unbridge(self, one: LegId, other: LegId) -> None:
        await self._both_ways(one, other, 0.0)

    async def _both_ways(self, one: LegId, other: LegId, gain: float) -> None:
        home = self._legs.get(one)
        if home is not None and self._legs.get(other) is home:
            await home.bridge(one, other, gain)
        else:
            await self.route(one, other, gain)
            await self.route(other, one, gain)

    async def hold(self, leg: LegId, held: bool) -> None:
        await self._ask("hold", leg, held=held)

    async def mute(self, leg: LegId, muted: bool) -> None:
        await self._ask("mute", leg, muted=muted)

    # What is played and put in

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
        await (await self._at(leg)).play(leg, play, files, loop=loop, gain=gain, barge=barge)

    async def stop(self, leg: LegId) -> None:
        await self._ask("stop", leg)

    async def send_keys(self, leg: LegId, keys: str, *, duration_ms: int = 160, pause_ms: int = 80) -> None:
        await self._ask("send_keys", leg, keys=keys, duration_ms=duration_ms, pause_ms=pause_ms)

    async def music(self, source: LegId, files: Sequence[Path], *, gain: float = 1.0) -> None:
        await self._make(Music(source, files, gain))

    async def injection(self, source: LegId, *, rate: int = 8000) -> None:
        await self._make(Injection(source, rate))

    async def _make(self, source: Music | Injection) -> None:
        if source.id in self._sources or source.id in self._legs:
            raise MediaError(f"leg {source.id} exists")
        await self._made(source)  # at one of them at once: a file that cannot be read must be refused
        self._sources[source.id] = source

    async def _made(self, source: Music | Injection) -> WorkerLink:
        for link in self._best():
            await source.at(link)
            return link
        raise WorkerAway("the media engine is being restarted")

    async def inject(self, source: LegId, pcm: bytes) -> float:
        injection = self._sources.get(source)
        if not isinstance(injection, Injection):
            raise MediaError(f"unknown source {source}")
        return await injection.put(pcm, self._best())

    async def tap(
        self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], *, side: Side = Side.SAID, rate: int = 8000
    ) -> None:
        link = await self._at(leg)
        await link.tap(tap, leg, sink, side, rate)
        self._taps[tap] = link

    async def untap(self, tap: UUID) -> None:
        if (link := self._taps.pop(tap, None)) is not None:
            await link.untap(tap)

    # Recording

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        link = await self._at(leg)
        await link.ask("record", recording=str(recording), leg=str(leg), file=path_of(file), key=key)
        self._recordings[recording] = link

    async def pause_recording(self, recording: RecordingId, paused: bool) -> None:
        await self._recording(recording).ask("pause_recording", recording=str(recording), paused=paused)

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        link = self._recording(recording)
        try:
            return await link.stop_recording(recording)
        finally:
            self._recordings.pop(recording, None)

    def _recording(self, recording: RecordingId) -> WorkerLink:
        try:
            return self._recordings[recording]
        except KeyError:
            raise MediaError(f"unknown recording {recording}") from None


def _full() -> MediaFull:
    return MediaFull("sound is at its limit")
