"""Sound between two media workers: where a listener is over there, the speaker is brought to it by a line.

A *line* is a pair of plain legs, one at each worker, that send to each other over this machine's own loopback. A *way*
is one speaker brought to one other worker, for all who listen to it there; when the two who speak with each other use
one line both ways, nobody mixes at either end. A line is closed with its last way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

from prometheus_client import Gauge

from yuelai.media.link import WorkerAway, WorkerLink
from yuelai.media.ports import KeyMode, LegKind, LegOptions, MediaError, MediaEvent, Srtp
from yuelai.platform.config import WILDCARDS, Settings
from yuelai.platform.ids import LegId, new_id

CODECS = ("L16", "PCMA")
"""What lines speak: as it is, or with one more coding where the engine knows no other."""

LINES = Gauge("yuelai_media_lines", "Pairs of legs that carry sound from one media worker to another")

_PLACE = re.compile(r"^(c=|a=rtcp:\d+ )IN IP[46] [^\s/]+", re.MULTILINE)


@dataclass(eq=False)
class _Line:
    ends: dict[WorkerLink, LegId]
    speakers: dict[WorkerLink, LegId] = field(default_factory=dict)
    """Who speaks into the end at this worker."""
    spent: set[WorkerLink] = field(default_factory=set)
    """Where somebody has begun to; nobody else ever does, whom they had not asked for would hear them."""


@dataclass(eq=False)
class _Way:
    home: WorkerLink
    target: WorkerLink
    line: _Line | None = None
    listeners: set[LegId] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Ways:
    """Who is brought where. A leg is named with the worker it is at; the two always differ."""

    def __init__(self, settings: Settings) -> None:
        bind = settings.bind
        address = {"0.0.0.0": "127.0.0.1", "::": "::1"}[bind] if bind in WILDCARDS else bind  # noqa: S104 - compared
        self._place = f"IN IP{6 if ':' in address else 4} {address}"
        self._ways: dict[tuple[LegId, WorkerLink], _Way] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return how many lines stand."""
        return len({id(way.line) for way in self._ways.values() if way.line is not None})

    async def route(
        self, speaker: LegId, home: WorkerLink, listener: LegId, target: WorkerLink, gain: float, keys: KeyMode
    ) -> None:
        """Set one cell of the matrix; `keys` is how those of `speaker` travel. Raises MediaError."""
        key = speaker, target
        while True:
            way = self._ways.get(key)
            if way is None:
                if not gain:
                    return
                way = self._ways[key] = _Way(home, target)
            async with way.lock:
                if self._ways.get(key) is way:
                    await self._set(key, way, listener, gain, keys)
                    return

    async def _set(self, key: tuple[LegId, WorkerLink], way: _Way, listener: LegId, gain: float, keys: KeyMode) -> None:
        if not gain:
            if listener in way.listeners and way.line is not None:
                await way.target.route(way.line.ends[way.target], listener, 0.0)
                way.listeners.discard(listener)
                if not way.listeners:
                    await self._end(key, way)
            return
        try:
            if way.line is None:
                way.line = await self._line(key[0], way, listener, keys)
            await way.target.route(way.line.ends[way.target], listener, gain)
            if self._ways.get(key) is not way:
                raise WorkerAway("the media worker at the other end went away")
            way.listeners.add(listener)
        except BaseException:
            if not way.listeners:
                await self._end(key, way)
            raise

    async def _line(self, speaker: LegId, way: _Way, listener: LegId, keys: KeyMode) -> _Line:
        back = self._ways.get((listener, way.home))
        if back is not None and back.line is not None and way.home not in back.line.spent:
            line = back.line
            line.speakers[way.home] = speaker
            line.spent.add(way.home)
        else:
            line = await self._make(speaker, way, listener, keys)
        try:
            await way.home.route(speaker, line.ends[way.home], 1.0)
        except BaseException:
            await self._let_go(way, line)
            raise
        return line

    async def _make(self, speaker: LegId, way: _Way, listener: LegId, keys: KeyMode) -> _Line:
        near, far = LegId(new_id()), LegId(new_id())
        options = _options(keys)
        line = _Line({way.home: near, way.target: far}, {way.home: speaker}, {way.home})
        try:
            offer = await way.home.create_leg(near, LegKind.PLAIN, _nobody, options=options, beside=speaker, line=True)
            answer = await way.target.create_leg(
                far, LegKind.PLAIN, _nobody, offer=self._here(offer), options=options, beside=listener, line=True
            )
            await way.home.answer(near, self._here(answer))
        except BaseException:
            await self._hang_up(line)
            raise
        LINES.inc()
        return line

    def _here(self, sdp: str) -> str:
        """The address we tell others may not be reachable from here, e.g. behind an address translator."""
        return _PLACE.sub(lambda found: found[1] + self._place, sdp)

    async def adjust(self, speaker: LegId, keys: KeyMode) -> None:
        """Keys pressed at this leg travel so from now on. Raises MediaError."""
        for (leg, worker), way in list(self._ways.items()):
            if leg == speaker and way.line is not None:
                await worker.adjust(way.line.ends[worker], _options(keys))

    async def gone(self, leg: LegId) -> None:
        """A leg is closed: who was brought somewhere for its sake is so no more."""
        for key, way in list(self._ways.items()):
            if key[0] == leg or leg in way.listeners:
                async with way.lock:
                    way.listeners.discard(leg)
                    if self._ways.get(key) is way and (key[0] == leg or not way.listeners):
                        await self._end(key, way)

    def lost(self, worker: WorkerLink) -> None:
        """A worker died: nothing leads there any more, and what others have open for it is closed."""
        for key, way in list(self._ways.items()):
            if worker in (way.home, way.target):
                del self._ways[key]
                if way.line is not None and way.line.speakers:
                    way.line.speakers.clear()
                    LINES.dec()
                    task = asyncio.ensure_future(self._hang_up(way.line))
                    self._closing.add(task)
                    task.add_done_callback(self._closing.discard)

    async def _end(self, key: tuple[LegId, WorkerLink], way: _Way) -> None:
        if self._ways.get(key) is way:
            del self._ways[key]
        if way.line is not None:
            await self._let_go(way, way.line)

    async def _let_go(self, way: _Way, line: _Line) -> None:
        """The speaker uses the line no more; the other one may still."""
        speaker = line.speakers.pop(way.home, None)
        if speaker is None:
            return
        if line.speakers:
            with contextlib.suppress(MediaError):  # it may be closed already
                await way.home.route(speaker, line.ends[way.home], 0.0)
        else:
            LINES.dec()
            await self._hang_up(line)

    async def _hang_up(self, line: _Line) -> None:
        for worker, end in line.ends.items():
            await worker.close(end)


def _options(keys: KeyMode) -> LegOptions:
    return LegOptions(codecs=CODECS, srtp=Srtp.OFF, keys=keys)


def _nobody(_: MediaEvent) -> None:
    """What a line's leg has to tell is told by the speaker's."""
