"""The world of `world`, with prompts that end by themselves after a moment, and all that a queue may offer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.channels.world import Line, Sound, World
from yuelai.channels.ports import Closing, Owed
from yuelai.channels.voice.channel import VoiceChannel
from yuelai.interactions.events import InteractionRecorded, TrailNoted
from yuelai.media.ports import Digit, MediaError, PlayEnded, SpeechBegan, SpeechEnded, TapFrame
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import LegId, new_id
from yuelai.routing.settings import Overflow, Treatment

SILENT = Treatment(first_announce=0, announce_every=0, callback_after=0, comfort=())
"""Nothing is said by itself."""


class Books:
    """Calls that are owed, in memory."""

    def __init__(self) -> None:
        self.owed: list[Owed] = []
        self.messages: list[tuple[Owed, UUID, float]] = []
        self.away = False

    async def book(self, owed: Owed) -> UUID:
        if self.away:
            raise Unavailable("no database")
        self.owed.append(owed)
        return new_id()

    async def voicemail(self, owed: Owed, recording_id: UUID, seconds: float) -> UUID:
        if self.away:
            raise Unavailable("no database")
        self.messages.append((owed, recording_id, seconds))
        return new_id()

    async def served(self, tenant_id: UUID, number: str, *, called: bool = False) -> None:
        pass


class Clocked:
    """`channels.ports.Hours` of one closing, or none."""

    def __init__(self, closing: Closing | None = None) -> None:
        self.closed = closing

    def closing(self, calendar_id: UUID | None, now: datetime) -> Closing | None:
        return self.closed


class Speaking(Sound):
    """Prompts end by themselves after `pace` seconds each, None is never; `said` are their names as they began."""

    def __init__(self) -> None:
        super().__init__()
        self.pace: float | None = 0.002
        self.said: list[str] = []
        self.languages: set[str] = set()
        self.stopped: list[str] = []
        """Prompts that were cut short."""
        self.music_to: set[LegId] = set()
        self._plays: dict[LegId, tuple[UUID, list[str], asyncio.TimerHandle | None]] = {}

    async def play(self, leg: LegId, play: UUID, files: Sequence[Path], **options: Any) -> None:
        if leg not in self.open or "play" in self.deaf:
            raise MediaError("play is not possible")
        self._over(leg, finished=False)
        self.told.append(("play", leg, play, list(files)))
        self.playing.add(leg)
        names = [Path(file).stem for file in files]
        self.said += names
        self.languages |= {Path(file).parent.name for file in files}
        timer = None
        if self.pace is not None:
            timer = asyncio.get_running_loop().call_later(self.pace * len(files), self._over, leg)
        self._plays[leg] = (play, names, timer)

    async def stop(self, leg: LegId) -> None:
        if leg not in self.open or "stop" in self.deaf:
            raise MediaError("stop is not possible")
        self.told.append(("stop", leg))
        if leg not in self.music_to:
            self.playing.discard(leg)  # music is no play
        self._over(leg, finished=False)

    def _note(self, verb: str, leg: LegId, arguments: tuple[Any, ...]) -> None:
        super()._note(verb, leg, arguments)
        if verb == "route":
            (self.music_to.add if arguments[1] else self.music_to.discard)(arguments[0])

    async def tap(self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], **options: Any) -> None:
        self.told.append(("tap", tap, leg, sink))

    async def untap(self, tap: UUID) -> None:
        self.told.append(("untap", tap))

    async def injection(self, source: LegId, *, rate: int = 8000) -> None:
        self.sources.add(source)

    def _over(self, leg: LegId, finished: bool = True) -> None:
        play, names, timer = self._plays.pop(leg, (None, [], None))
        if play is None:
            return
        if timer is not None:
            timer.cancel()
        if not finished:
            self.stopped += names
        listener = self.open.get(leg)
        if listener is not None:
            listener(PlayEnded(leg, play, finished))


class Heard(World):
    """What the customer of the only call hears is in `said`."""

    sound: Speaking

    def __init__(
        self,
        treatment: Treatment = SILENT,
        *overflows: Overflow,
        closing: Closing | None = None,
        relations: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.queue = replace(self.queue, treatment=treatment, overflows=overflows)
        self.queues = [self.queue]
        self.books, self.sound = Books(), Speaking()
        self.channel = VoiceChannel(
            replace(
                self.channel._services,
                media=self.sound,
                callbacks=self.books,
                hours=Clocked(closing),
                relations=relations,
            )
        )

    @property
    def said(self) -> list[str]:
        return self.sound.said

    def press(self, keys: str) -> None:
        """The customer presses keys."""
        call = self.call()
        for key in keys:
            call.post(Digit(call.customer_media, key))

    def speaks(self, on: bool, seconds: float = 1.0) -> None:
        leg = self.call().customer_media
        self.call().post(SpeechBegan(leg) if on else SpeechEnded(leg, seconds))

    async def until(self, true: Callable[[], Any], what: str = "") -> None:
        try:
            async with asyncio.timeout(3):
                while not true():
                    await asyncio.sleep(0.001)
        except TimeoutError:
            raise AssertionError(f"{what or 'it'} never came; said {self.said}, ended {self.end_reasons()}") from None

    async def hears(self, *names: str) -> None:
        """Wait until these have been said, in this order, after one another at some time."""
        wanted = list(names)

        def all_said() -> bool:
            rest = iter(self.said)
            return all(name in rest for name in wanted)

        await self.until(all_said, f"{names}")

    async def over(self) -> None:
        """Wait until the call is over."""
        await self.until(lambda: not self.channel.ids(), "the end")

    async def waits(self, **options: Any) -> Line:
        """A caller is in the queue, no agent being free."""
        await self.begin(ready=False)
        return await self.queued(**options)

    def notes(self, kind: str) -> list[dict[str, Any]]:
        return [dict(fact.data) for fact in self.facts if isinstance(fact, TrailNoted) and fact.kind == kind]

    def recorded(self) -> list[UUID]:
        return [fact.recording_id for fact in self.facts if isinstance(fact, InteractionRecorded)]

    def music_on(self) -> bool:
        """Does the customer hear music, at full loudness?"""
        routes = [told for told in self.sound.told if told[0] == "route" and told[2] == self.call().customer_media]
        return bool(routes) and routes[-1][3] == 1.0
