"""What the customer hears while nobody speaks to them: music, and words over it that anything else cuts short."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.voice.music import HOLD, HOLD_MUSIC
from yuelai.channels.voice.services import VoiceServices
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId, new_id

log = structlog.get_logger()

BENEATH = 0.15
"""How loud music is under a voice: -16 dB."""

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Hearing:
    """Belongs to one leg. What is spoken over the music runs in a task of `spawn` (`speak`) that `hush`, `music` and
    `quiet` end wherever it is: nobody who answers waits for a sentence to be over."""

    def __init__(
        self,
        services: VoiceServices,
        leg: LegId,
        spawn: Spawn,
        prompt: Callable[[str, str], Path] | None = None,
    ) -> None:
        """`prompt` finds the words; the shipped ones if unset."""
        self._services, self._leg, self._spawn = services, leg, spawn
        self._prompt = prompt or services.prompt
        self._source: LegId | None = None
        self._speaker: asyncio.Task[None] | None = None
        self._playing: tuple[UUID, asyncio.Event] | None = None
        self._beneath = False
        """Is the music turned down, for words that play or may?"""

    async def wait(self, queue: Hashable, language: str, music: str) -> None:
        """The queue's music, from where it just is. Raises MediaError."""
        await self._music(queue, language, music)

    async def music(self, language: str) -> None:
        """Music on hold. Raises MediaError."""
        await self._music(HOLD, language, HOLD_MUSIC)

    async def quiet(self) -> None:
        """Nothing at all. Raises MediaError."""
        self._silence()
        self._beneath = False
        source, self._source = self._source, None
        if source is not None:
            self._services.music.leave(source)
            await self._services.media.route(source, self._leg, 0.0)
        await self._services.media.stop(self._leg)

    def speak(self, words: Coroutine[Any, Any, None]) -> None:
        """Have somebody speak over the music, by `say` or `lower`; whoever did is cut short."""
        self._silence()
        self._speaker = self._spawn(words)

    async def hush(self) -> None:
        """Whoever speaks is cut short, and the music as loud as before."""
        self._silence()
        if self._beneath:
            await self._services.media.stop(self._leg)
            await self.restore()

    async def say(self, names: Sequence[str], language: str) -> None:
        """Say these prompts over the music, to their end; such as have no recording are left out. Raises MediaError."""
        if not (files := self._files(names, language)):
            return
        play, ended = new_id(), asyncio.Event()
        self._playing = play, ended
        await self.lower()
        try:
            await self._services.media.play(self._leg, play, files)
        except MediaError:
            await self.restore()
            raise
        await ended.wait()
        await self.restore()

    async def lower(self) -> None:
        """Turn the music down."""
        self._beneath = True
        if self._source is not None:
            await self._services.media.route(self._source, self._leg, BENEATH)

    async def restore(self) -> None:
        """Turn the music up again."""
        if self._source is not None:
            await self._services.media.route(self._source, self._leg, 1.0)
        self._beneath = False

    def play_ended(self, play: UUID) -> None:
        if self._playing is not None and self._playing[0] == play:
            self._playing[1].set()

    def close(self) -> None:
        """The leg is no more."""
        self._silence()
        source, self._source = self._source, None
        if source is not None:
            self._services.music.leave(source)

    async def _music(self, of: Hashable, language: str, name: str) -> None:
        await self.hush()
        source = await self._services.music.listen(of, language, name)
        if self._source is not None:
            if self._source != source:
                await self._services.media.route(self._source, self._leg, 0.0)
            self._services.music.leave(self._source)
        self._source = source
        await self._services.media.route(source, self._leg, 1.0)

    def _silence(self) -> None:
        task, self._speaker = self._speaker, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def _files(self, names: Sequence[str], language: str) -> list[Path]:
        found = []
        for name in names:
            try:
                found.append(self._prompt(name, language))
            except ValueError:
                log.error("no_such_prompt", name=name, language=language)
        return found
