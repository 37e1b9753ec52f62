"""Music that many hear at once: one source for each queue and language, and one for who is on hold."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import structlog

from yuelai.media.ports import MediaEngine, MediaError
from yuelai.platform.ids import LegId, new_id

log = structlog.get_logger()

HOLD = "hold"
HOLD_MUSIC = "hold_music"
QUEUE_MUSIC = "queue_music"
IDLE_SECONDS = 120.0
"""How long a source plays on for nobody before it is closed; who comes back sooner hears it where it would be."""


@dataclass(eq=False)
class _Source:
    id: LegId
    listeners: int = 0
    closing: asyncio.TimerHandle | None = None


class SharedMusic:
    """A source is made when somebody first waits there, and goes on from then while anybody listens."""

    def __init__(self, media: MediaEngine, prompt: Callable[[str, str], Path]) -> None:
        self._media, self._prompt = media, prompt
        self._sources: dict[Hashable, _Source] = {}
        self._keys: dict[LegId, Hashable] = {}
        self._making = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._sources)

    async def listen(self, of: Hashable, language: str, name: str) -> LegId:
        """One more listens to the music `name` (a prompt) of a queue, or of `HOLD`: return its source, to be given back
        by `leave`. Raises MediaError."""
        key = (of, language, name)
        async with self._making:
            if key not in self._sources:
                source = LegId(new_id())
                await self._media.music(source, [self._file(name, language)])
                self._sources[key], self._keys[source] = _Source(source), key
            found = self._sources[key]
            found.listeners += 1
            if found.closing is not None:
                found.closing.cancel()
                found.closing = None
            return found.id

    def leave(self, source: LegId) -> None:
        """One listens no longer."""
        found = self._sources.get(self._keys.get(source))
        if found is None:
            return
        found.listeners -= 1
        if found.listeners <= 0 and found.closing is None:
            found.closing = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end, found)

    def _end(self, source: _Source) -> None:
        self._sources.pop(self._keys.pop(source.id))
        task = asyncio.ensure_future(self._close(source.id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self, source: LegId) -> None:
        with contextlib.suppress(MediaError):
            await self._media.close(source)

    def _file(self, name: str, language: str) -> Path:
        try:
            return self._prompt(name, language)
        except ValueError:
            log.error("no_such_music", name=name)
            return self._prompt(QUEUE_MUSIC, language)
