"""Somebody waits: the queue's music, a greeting, news of their place, and what they may choose instead of waiting.

The words run beside the actor (`Hearing.speak`), so an agent who is offered the contact, or answers, ends them where
they are. What a caller chooses comes back to the actor as a message, and counts only while they still wait.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.channels.voice import speech
from yuelai.channels.voice.announcing import Announcements
from yuelai.channels.voice.asking import BOOK_KEY, MESSAGE_KEY, ask_number, speaking_to
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.channels.voice.messages import CallbackWanted, MessageWanted
from yuelai.channels.voice.phase import Phase
from yuelai.media.ports import MediaError
from yuelai.platform.ids import new_id
from yuelai.routing.model import Position, Queue

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()


class Treatment:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._queue: Queue | None = None
        self._since: datetime | None = None
        self._before = self._began = 0.0
        """Seconds waited before, and since when on the loop's clock, which nobody sets back."""
        self._plan: Announcements | None = None
        self._greeted: set[str] = set()
        self._dialogue: VoiceDialogue | None = None

    async def begin(self, queue: Queue, since: datetime | None = None) -> None:
        """Wait in this queue from now on, or go on in it having waited `since`. Raises MediaError."""
        call = self._call
        now = call.services.clock.now()
        self._since = since or now
        self._before = (now - self._since).total_seconds()
        self._began = asyncio.get_running_loop().time()
        self._set(queue)
        await call.hearing.wait(queue.id, call.language, queue.treatment.music)
        self._speak()

    def _set(self, queue: Queue) -> None:
        takes = self._call.services.callbacks is not None
        self._queue = queue
        self._plan = Announcements(queue.treatment, self._waited(), callback=takes, message=takes)

    async def moved(self, queue: Queue) -> None:
        """They wait in this queue now, since when they did: it has music and words of its own. Raises MediaError."""
        if self._call.phase is Phase.QUEUED:
            await self.begin(queue, self._since)
        else:
            self._set(queue)

    async def interrupt(self) -> None:
        """An agent is about to be rung: whatever is being said ends, the music goes on."""
        self._dialogue = None
        try:
            await self._call.hearing.hush()
        except MediaError as error:
            log.info("words_not_ended", error=str(error))  # the leg has gone, and `LegGone` is in the mailbox

    def resume(self) -> None:
        """The agent did not answer: wait on, without being greeted once more."""
        if self._plan is not None:
            self._plan.said(self._waited())
            self._speak()

    @property
    def since(self) -> datetime | None:
        """When the wait began."""
        return self._since

    def key(self, digit: str) -> None:
        """A key, at any time: of the number being keyed in, or a choice."""
        call, plan = self._call, self._plan
        if call.phase is not Phase.QUEUED or plan is None:
            return
        if self._dialogue is not None:
            self._dialogue.key(digit)
        elif digit == BOOK_KEY and plan.callback:
            call.hearing.speak(self._ask_number())
        elif digit == MESSAGE_KEY and plan.message:
            call.post(MessageWanted())

    def play_ended(self, play: UUID) -> None:
        if self._dialogue is not None:
            self._dialogue.play_ended(play)

    async def introduce(self, number: str) -> None:
        """An agent has answered: where the queue says so the customer hears their number first. Both are joined
        already, so that nobody who hangs up meanwhile is missed."""
        call, queue = self._call, self._call.waiting.queue
        if queue is None or not queue.treatment.agent_number:
            return
        try:
            words = ["agent_before", *speech.digits(number, call.language), "agent_after"]
            files = [call.services.prompt_of(call.tenant.id, word, call.language) for word in words]
            await call.services.media.play(call.customer_media, new_id(), files)
        except (MediaError, ValueError) as error:
            log.info("agent_not_introduced", error=str(error))

    def tell(self, word: str) -> None:
        """Something has come to nothing: say this prompt, and wait on."""
        self._dialogue = None
        self._call.hearing.speak(self._wait_on(word))

    def _speak(self) -> None:
        self._dialogue = None
        self._call.hearing.speak(self._announce())

    async def _announce(self, first: str = "") -> None:
        queue, plan, call = self._queue, self._plan, self._call
        assert queue is not None
        assert plan is not None
        greeting = queue.treatment.greeting
        if greeting and greeting not in self._greeted:
            self._greeted.add(greeting)
            await self._say([greeting])
        while (due := plan.due()) is not None:
            await asyncio.sleep(max(0.0, due - self._waited()))
            await self._say(plan.words(max(due, self._waited()), self._position(), call.language))
            plan.said(self._waited())

    async def _say(self, words: list[str]) -> None:
        try:
            await self._call.hearing.say(words, self._call.language)
        except MediaError as error:
            # A file that cannot be read, or the leg has gone: whoever ends the call hears of that elsewhere.
            log.info("not_said_while_waiting", words=words, error=str(error))

    async def _wait_on(self, word: str) -> None:
        await self._say([word])
        await self._announce()

    async def _ask_number(self) -> None:
        """Whereto to call back; the place in the queue stays theirs until it is booked, and any agent goes first."""
        call = self._call
        self._dialogue = dialogue = speaking_to(call)
        try:
            await call.hearing.lower()
            number = await ask_number(dialogue, call.arrival.number_to_call)
            if number is not None:
                call.post(CallbackWanted(number))
                return
            await call.hearing.restore()
        except (MediaError, call.services.flows.left) as error:
            log.info("number_not_asked", error=str(error))
            return
        self._dialogue = None
        if self._plan is not None:
            self._plan.said(self._waited())
        await self._announce()

    def _waited(self) -> float:
        return self._before + asyncio.get_running_loop().time() - self._began

    def _position(self) -> Position | None:
        return self._call.services.routing.position(self._call.id)
