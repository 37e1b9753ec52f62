"""Music that many hear at once: one source for each queue, and one for who is on hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from pathlib import Path

from yuelai.media.ports import MediaEngine
from yuelai.platform.ids import LegId, new_id

HOLD = "hold"


class SharedMusic:
    """A source is made when somebody first waits there, and goes on from then whoever listens."""

    def __init__(self, media: MediaEngine, prompt: Callable[[str, str], Path]) -> None:
        self._media, self._prompt = media, prompt
        self._sources: dict[Hashable, LegId] = {}
        self._making = asyncio.Lock()

    async def source(self, of: Hashable, language: str) -> LegId:
        """Return the source of a queue's music, or of `HOLD`. Raises MediaError."""
        async with self._making:
            if of not in self._sources:
                source = LegId(new_id())
                name = "hold_music" if of == HOLD else "queue_music"
                await self._media.music(source, [self._prompt(name, language)])
                self._sources[of] = source
            return self._sources[of]
