"""What the customer hears while nobody speaks to them: music, and in the queue a word now and then over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from itertools import chain, repeat
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.voice.music import HOLD
from yuelai.channels.voice.services import VoiceServices
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId, new_id

log = structlog.get_logger()

FIRST_WORD = 12.0
"""Seconds of music before the first announcement; many are answered earlier."""

BETWEEN_WORDS = 25.0
"""Seconds of music between an announcement's end and the next one."""

BENEATH = 0.15
"""How loud music is under a voice: -16 dB."""

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Hearing:
    """Belongs to one leg. What it does beside its callers runs in tasks of `spawn`, which end with the call."""

    def __init__(self, services: VoiceServices, leg: LegId, spawn: Spawn) -> None:
        self._services, self._leg, self._spawn = services, leg, spawn
        self._source: LegId | None = None
        self._announcing: asyncio.Task[None] | None = None
        self._playing: tuple[UUID, asyncio.Event] | None = None

    async def wait(self, queue: Hashable, language: str) -> None:
        """The queue's music, from where it just is, with announcements."""
        await self._music(queue, language)
        self._announcing = self._spawn(self._announce(language))

    async def music(self, language: str) -> None:
        """Music on hold."""
        await self._music(HOLD, language)

    async def quiet(self) -> None:
        self._be_silent()
        source, self._source = self._source, None
        if source is not None:
            await self._services.media.route(source, self._leg, 0.0)
        await self._services.media.stop(self._leg)

    def play_ended(self, play: UUID) -> None:
        if self._playing is not None and self._playing[0] == play:
            self._playing[1].set()

    async def _music(self, of: Hashable, language: str) -> None:
        self._be_silent()
        source = await self._services.music.source(of, language)
        if self._source not in (None, source):
            await self.quiet()
        self._source = source
        await self._services.media.route(source, self._leg, 1.0)

    def _be_silent(self) -> None:
        task, self._announcing = self._announcing, None
        if task is not None:
            task.cancel()

    async def _announce(self, language: str) -> None:
        media, source = self._services.media, self._source
        assert source is not None
        pause = FIRST_WORD
        for word in chain(["all_busy"], repeat("still_busy")):
            await asyncio.sleep(pause)
            pause = BETWEEN_WORDS
            play, ended = new_id(), asyncio.Event()
            self._playing = play, ended
            try:
                await media.route(source, self._leg, BENEATH)
                await media.play(self._leg, play, [self._services.prompt(word, language)])
                await ended.wait()
                await media.route(source, self._leg, 1.0)
            except MediaError as error:
                # The leg has gone, or its worker: whoever ends the call hears of it elsewhere.
                log.info("queue_not_announced", error=str(error))
                return
