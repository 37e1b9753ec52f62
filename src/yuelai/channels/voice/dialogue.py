"""A flow's dialogue, spoken: prompts to the caller's leg, keys from it, and words where somebody understands them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from yuelai.media.asr import Recogniser
from yuelai.media.asr.listening import Listening
from yuelai.media.ports import Barge, MediaEngine, MediaError
from yuelai.platform.ids import LegId, new_id

NO_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({})

BYTES_A_SECOND = 16_000
"""Of sound in memory: 16-bit samples at 8 kHz."""
PIECE_SECONDS = 20.0
"""How much of it is put in at once when it is played; the engine takes a minute."""

PATIENCE = 5.0
"""Seconds more for who speaks when the time for an answer is over, and for the recogniser."""


@dataclass(frozen=True)
class Keys:
    """Keys pressed; the shape of `flows.ports.Collected`."""

    digits: str
    terminated: bool = False
    spoken: str = ""
    terminator: str = ""


@dataclass(frozen=True)
class Recorded:
    """A message was left, or none; the shape of `flows.ports.Recorded`."""

    seconds: float


async def no_step(node: str, kind: str, data: Mapping[str, Any]) -> None:
    """For dialogues that belong to no flow."""
    raise NotImplementedError("there is no flow here")


class VoiceDialogue:
    """Satisfies `flows.ports.Dialogue`. `left` is the exception its verbs raise once the caller has gone."""

    def __init__(
        self,
        media: MediaEngine,
        leg: LegId,
        files: Callable[[Sequence[Any], str], Awaitable[list[Path]]],
        on_step: Callable[[str, str, Mapping[str, Any]], Awaitable[None]],
        left: type[Exception],
        language: str,
        *,
        before_keys: Callable[[], Awaitable[None]] | None = None,
        on_consent: Callable[[bool], Awaitable[None]] | None = None,
        on_record: Callable[[str, int], Awaitable[float]] | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        """`before_keys` is awaited before keys are asked for: a call that is not answered yet must be by then.
        `on_record` takes a message for a queue, of so many seconds at most, and returns how long it is, also when the
        caller has gone meanwhile."""
        self._on_record = on_record
        self._left_speaking = False
        """The caller has gone by hanging up after what they had to say."""
        self._recogniser = recogniser
        self._before_keys, self._on_consent = before_keys, on_consent
        self._media, self._leg, self._files, self._on_step, self._left = media, leg, files, on_step, left
        self._language = language
        self.is_served = False
        """The caller has got what they came for: who hangs up now has not given up."""
        self._keys: deque[str] = deque()
        self._pressed = asyncio.Event()
        self._playing: tuple[UUID, asyncio.Event] | None = None
        self._finished = False
        """What was played last came to its end."""
        self._gone = asyncio.Event()

    @property
    def language(self) -> str:
        return self._language

    async def set_language(self, language: str) -> None:
        self._language = language

    async def consented(self, given: bool) -> None:
        if self._on_consent is not None:
            await self._on_consent(given)

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        self._check()
        # What cut the words before it short answers nothing that is asked after it.
        self.forget_keys()
        seconds = await self._on_record(queue, maximum_seconds) if self._on_record is not None else 0.0
        self._left_speaking = seconds > 0 and self._gone.is_set()
        if not self._left_speaking:
            self._check()
        return Recorded(seconds)

    async def served(self, so_far: bool = True) -> None:
        if not self._left_speaking:
            self._check()
        self.is_served = so_far

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        await self._on_step(node, kind, data)

    def key(self, digit: str) -> None:
        """A key was pressed."""
        self._keys.append(digit)
        self._pressed.set()

    def play_ended(self, play: UUID, finished: bool = True) -> None:
        """`finished` is false for what was cut short."""
        if self._playing is not None and self._playing[0] == play:
            self._finished = finished
            self._playing[1].set()

    def forget_keys(self) -> None:
        """Whatever was pressed until now counts for nothing."""
        self._keys.clear()
        self._pressed.clear()

    async def key_within(self, seconds: float) -> str:
        """Wait for a key, `seconds` at most; return it, or nothing. Nothing is said."""
        self._check()
        if not await self.pressed(seconds):
            return ""
        pressed = self._keys.popleft()
        self._settle()
        return pressed

    async def pressed(self, seconds: float) -> bool:
        """Wait for a key, `seconds` at most, and leave it for the next `collect`."""
        if not self._keys:
            self._pressed.clear()
            await self._wait(seconds, self._pressed)
        return bool(self._keys)

    def leave(self) -> None:
        """The caller has gone: whatever waits, and every later verb, raises `left`."""
        self._gone.set()

    async def say(self, utterances: Sequence[Any], *, interruptible: bool = True, by_speech: bool = False) -> bool:
        """With `by_speech` a word of the caller's cuts it short as a key does."""
        self._check()
        if interruptible and self._keys:
            return False  # typed ahead by somebody who knows what comes
        ended = await self._start(
            utterances, (Barge.KEY, *((Barge.SPEECH,) if by_speech else ())) if interruptible else ()
        )
        if interruptible:
            await self._wait(None, ended, self._pressed)
        else:
            await self._wait(None, ended)
        if ended.is_set():
            return self._finished
        await self._media.stop(self._leg)
        return False

    async def say_files(self, files: Sequence[Path]) -> None:
        """Say what there are recordings of, to its end."""
        self._check()
        await self._wait(None, await self._play(files, ()))

    async def say_sound(self, sound: bytes) -> None:
        """Play 16-bit samples at 8 kHz to their end or until a key, which is kept for the next `collect`."""
        self._check()
        source = LegId(new_id())
        await self._media.injection(source)
        try:
            await self._media.route(source, self._leg, 1.0)
            size = int(PIECE_SECONDS * BYTES_A_SECOND)
            for start in range(0, len(sound), size):
                piece = sound[start : start + size]
                await self._media.inject(source, piece)
                if await self.pressed(len(piece) / BYTES_A_SECOND):
                    break
        finally:
            with contextlib.suppress(MediaError):
                await self._media.close(source)

    async def collect(
        self,
        utterances: Sequence[Any],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] = NO_WORDS,
    ) -> Keys:
        """Keys always count; `words` where there is a recogniser."""
        if self._before_keys is not None:
            await self._before_keys()
        if self._recogniser is None or not words or self._keys:
            await self._ask(utterances, first_timeout, None)
        else:
            self._check()
            async with Listening(self._media, self._leg, self._recogniser, words, self._language) as listening:
                await self._ask(utterances, first_timeout, listening)
            if listening.understood.is_set() and not self._keys:
                await self._media.stop(self._leg)
                return Keys(listening.key, spoken=listening.text)
        if not self._keys:
            return Keys("")
        await self._media.stop(self._leg)
        return await self._take(maximum, next_timeout, terminators)

    async def _ask(self, utterances: Sequence[Any], seconds: float, listening: Listening | None) -> None:
        """Say it and wait for a key, or for words that are understood."""
        answered = (self._pressed, listening.understood) if listening is not None else (self._pressed,)
        if not self._keys and utterances:
            barge = (Barge.KEY, Barge.SPEECH) if listening is not None else (Barge.KEY,)
            ended = await self._start(utterances, barge)
            await self._wait(None, ended, *answered)
        if self._keys:
            return
        if not await self._wait(seconds, *answered) and listening is not None:
            waited = 0.0
            while listening.busy and waited < PATIENCE and not await self._wait(0.25, *answered):
                waited += 0.25

    async def _take(self, maximum: int, next_timeout: float, terminators: str) -> Keys:
        digits = ""
        while True:
            while self._keys:
                digit = self._keys.popleft()
                if digit in terminators:
                    self._settle()
                    return Keys(digits, terminated=True, terminator=digit)
                digits += digit
                if len(digits) >= maximum:
                    self._settle()
                    return Keys(digits)
            self._pressed.clear()
            if not await self._wait(next_timeout, self._pressed):
                return Keys(digits)

    def _settle(self) -> None:
        if not self._keys:
            self._pressed.clear()

    async def _start(self, utterances: Sequence[Any], barge: Sequence[Barge]) -> asyncio.Event:
        """The engine ends it by itself when the caller breaks in: no sound is left over while the key travels here."""
        return await self._play(await self._files(utterances, self._language), barge)

    async def _play(self, files: Sequence[Path], barge: Sequence[Barge]) -> asyncio.Event:
        self._check()
        play, ended = new_id(), asyncio.Event()
        self._playing, self._finished = (play, ended), False
        await self._media.play(self._leg, play, files, barge=barge)
        return ended

    def _check(self) -> None:
        if self._gone.is_set():
            raise self._left

    async def _wait(self, timeout: float | None, *events: asyncio.Event) -> bool:
        """Wait for one of the events; false when time ran out. Raises `left` when the caller goes."""
        tasks = [asyncio.ensure_future(event.wait()) for event in (*events, self._gone)]
        try:
            done, _ = await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        self._check()
        return bool(done)
