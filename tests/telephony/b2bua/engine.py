"""A media engine of which only the books are kept: who is open, who hears whom, who hears music."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from yuelai.media.ports import LegGone, LegKind, LegOptions, MediaError, MediaEvent, MediaUnfit, RecordingEnd
from yuelai.platform.ids import LegId, RecordingId


class Books:
    """Implements `MediaEngine`. Every leg is described by a port of its own, from 7000."""

    def __init__(self) -> None:
        self.open: dict[LegId, Callable[[MediaEvent], None]] = {}
        self.kinds: dict[LegId, LegKind] = {}
        self.options: dict[LegId, LegOptions] = {}
        self.beside: dict[LegId, LegId | None] = {}
        self.theirs: dict[LegId, str] = {}
        self.heard: set[tuple[LegId, LegId]] = set()
        self.held: set[LegId] = set()
        self.playing: set[LegId] = set()
        self.keys: list[tuple[LegId, str]] = []
        self.full = False
        self.unfit = "RTP/SAVP 99"
        """Descriptions that hold this cannot be agreed to."""
        self._ports = itertools.count(7000)

    def _need(self, *legs: LegId) -> None:
        for leg in legs:
            if leg not in self.open:
                raise MediaError(f"unknown leg {leg}")

    def hears(self, listener: LegId, speaker: LegId) -> bool:
        """Whoever has not said where it wants sound hears nothing."""
        return (speaker, listener) in self.heard and listener in self.theirs and not {speaker, listener} & self.held

    async def create_leg(
        self,
        leg: LegId,
        kind: LegKind,
        listener: Callable[[MediaEvent], None],
        *,
        offer: str | None = None,
        options: LegOptions | None = None,
        beside: LegId | None = None,
    ) -> str:
        if self.full or leg in self.open:
            raise MediaError("no free port")
        if offer is not None and self.unfit in offer:
            raise MediaUnfit("no common codec")
        if beside is not None:
            self._need(beside)
        self.open[leg], self.kinds[leg] = listener, kind
        self.options[leg], self.beside[leg] = options or LegOptions(), beside
        if offer is not None:
            self.theirs[leg] = offer
        return self._described()

    def _described(self) -> str:
        port = next(self._ports)
        return (
            f"v=0\r\no=- {port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 8\r\n"
        )

    async def adjust(self, leg: LegId, options: LegOptions) -> None:
        self._need(leg)
        self.options[leg] = options

    async def answer(self, leg: LegId, sdp: str) -> None:
        self._need(leg)
        self.theirs[leg] = sdp

    async def reoffer(self, leg: LegId, sdp: str) -> str:
        self._need(leg)
        self.theirs[leg] = sdp
        return (
            f"v=0\r\no=- {leg.int} 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 7 RTP/AVP 0\r\n"
        )

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        self._need(speaker, listener)
        (self.heard.add if gain else self.heard.discard)((speaker, listener))

    async def bridge(self, one: LegId, other: LegId) -> None:
        await self.route(one, other, 1.0)
        await self.route(other, one, 1.0)

    async def unbridge(self, one: LegId, other: LegId) -> None:
        await self.route(one, other, 0.0)
        await self.route(other, one, 0.0)

    async def play(
        self, leg: LegId, play: UUID, files: Sequence[Path], *, loop: bool = False, gain: float = 1.0
    ) -> None:
        self._need(leg)
        self.playing.add(leg)

    async def stop(self, leg: LegId) -> None:
        self._need(leg)
        self.playing.discard(leg)

    async def send_keys(self, leg: LegId, keys: str, *, duration_ms: int = 160, pause_ms: int = 80) -> None:
        self._need(leg)
        self.keys.append((leg, keys))

    async def hold(self, leg: LegId, held: bool) -> None:
        self._need(leg)
        (self.held.add if held else self.held.discard)(leg)

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        raise MediaError("not here")

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        raise MediaError("not here")

    async def close(self, leg: LegId) -> None:
        self.open.pop(leg, None)
        self.held.discard(leg)
        self.playing.discard(leg)
        self.heard = {pair for pair in self.heard if leg not in pair}

    def die(self) -> None:
        """The engine's process is gone."""
        listeners, self.open = self.open, {}
        for leg, listener in listeners.items():
            listener(LegGone(leg))
