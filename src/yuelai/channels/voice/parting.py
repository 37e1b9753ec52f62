"""The customer leaves the queue without having spoken to an agent: by the queue's settings, or by a choice of theirs.

They are told why, in the words for it, and may leave a message or a number. Routing has no say in them any more. What
is said and asked runs in a task of the call; whatever ends it (`Parted`, a hang-up, a failure), `close` keeps what was
left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.channels.ports import Closing, Owed
from yuelai.channels.voice import speech
from yuelai.channels.voice.asking import BOOK_KEY, ask_number, choose, speaking_to
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.channels.voice.excuses import excuse
from yuelai.channels.voice.messages import CallbackWanted, Parted
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.voicemail import Voicemail, keep
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.media.ports import MediaError, SpeechBegan, SpeechEnded
from yuelai.platform.errors import Refusal
from yuelai.routing.events import Diverted
from yuelai.routing.settings import OverflowTo, OverflowWhen

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

BOOKING_SECONDS = 3.0
"""How long a customer waits for the word that their number is safe."""


class Parting:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._voicemail = Voicemail(call)
        self._dialogue: VoiceDialogue | None = None
        self._reason = EndReason.ABANDONED
        """What it is when the customer hangs up now."""
        self._sent_outside = False

    @property
    def reason(self) -> EndReason:
        if self._reason is EndReason.ABANDONED and self._call.recorder.interaction.answered_at is not None:
            return EndReason.CUSTOMER_HUNG_UP
        return self._reason

    def came_to(self, reason: EndReason) -> EndReason:
        """What the customer has been promised stands, whatever the call ended of."""
        return self._reason if self._reason in (EndReason.CALLBACK_BOOKED, EndReason.MESSAGE_LEFT) else reason

    # --- how it begins, all in the actor ----------------------------------------------------------------------------

    async def diverted(self, signal: Diverted) -> None:
        """Routing has let the contact go: its queue sends it elsewhere."""
        call = self._call
        if call.phase is not Phase.QUEUED:
            return
        await call.recorder.note("queue", "system", {"diverted": signal.to, "why": signal.why})
        to = OverflowTo(signal.to)
        if to is OverflowTo.NUMBER and signal.target and not self._sent_outside:
            self._sent_outside = True
            await call.treatment.interrupt()
            await call.transferring.outside(signal.target)
            return
        now = call.services.clock.now()
        words = excuse(signal.why, self._closing(), now, call.language)
        takes = call.services.callbacks is not None
        # Who has waited long for a number that does not answer either may at least leave a message.
        in_vain = to is OverflowTo.NUMBER and signal.why == OverflowWhen.WAIT
        if (to is OverflowTo.VOICEMAIL or in_vain) and takes:
            await self._part(lambda talk: self._message(talk, words), SegmentKind.MESSAGE)
        elif to is OverflowTo.CALLBACK and takes:
            await self._part(lambda talk: self._number(talk, words))
        else:
            said = [signal.target] if to is OverflowTo.MESSAGE and signal.target else words
            await self._part(lambda talk: self._told(talk, said))

    async def leave_message(self) -> None:
        """The customer would rather leave a message than wait."""
        call = self._call
        if call.phase is not Phase.QUEUED:
            return
        await call.recorder.note("voicemail", "customer", {"chosen": True})
        await self._part(lambda talk: self._message(talk, []), SegmentKind.MESSAGE)
        await call.services.routing.left(call.id)

    async def book(self, wanted: CallbackWanted) -> None:
        """The customer would rather be called back: they leave the queue once it is certain that somebody will."""
        call = self._call
        if call.phase is not Phase.QUEUED:
            return
        if not await self._booked(wanted.number):
            call.treatment.tell("not_available")
            return
        self._reason = EndReason.CALLBACK_BOOKED
        await self._part(lambda talk: self._say_booked(talk), reason=EndReason.CALLBACK_BOOKED)
        await call.services.routing.left(call.id)

    # --- what goes on -----------------------------------------------------------------------------------------------

    def key(self, digit: str) -> None:
        if self._dialogue is not None:
            self._dialogue.key(digit)

    def play_ended(self, play: UUID) -> None:
        if self._dialogue is not None:
            self._dialogue.play_ended(play)

    def heard(self, event: SpeechBegan | SpeechEnded) -> None:
        if event.leg == self._call.customer_media:
            self._voicemail.heard(event)

    async def ended(self, parted: Parted) -> None:
        """All has been said."""
        if self._call.phase is Phase.PARTING:
            self._reason = parted.reason
            await self.close()
            await self._call.end(self._reason)

    async def close(self) -> None:
        """The call is about to end, for whatever reason: keep the message, if there is one, and set `reason`."""
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is None:
            return
        dialogue.leave()
        message = await self._voicemail.close()
        if message is not None:
            self._reason = EndReason.MESSAGE_LEFT
            await keep(self._call, message, self._owed(self._call.arrival.number_to_call or ""))

    async def _part(
        self,
        script: Callable[[VoiceDialogue], Awaitable[EndReason]],
        kind: SegmentKind = SegmentKind.IVR,
        reason: EndReason = EndReason.ABANDONED,
    ) -> None:
        call = self._call
        call.phase, self._reason = Phase.PARTING, reason
        self._dialogue = dialogue = speaking_to(call)
        await call.hearing.quiet()
        await call.recorder.segment(kind, queue_id=call.waiting.queue_id)
        call.spawn(self._run(script, dialogue))

    async def _run(self, script: Callable[[VoiceDialogue], Awaitable[EndReason]], dialogue: VoiceDialogue) -> None:
        call = self._call
        try:
            reason = await script(dialogue)
        except call.services.flows.left:
            return
        except (MediaError, Refusal, speech.Unspeakable, OSError) as error:
            log.warning("parting_cut", error=str(error))
            reason = self._reason if self._reason is not EndReason.ABANDONED else EndReason.FAILED
        call.post(Parted(reason))

    # --- scripts, beside the actor ----------------------------------------------------------------------------------

    async def _told(self, dialogue: VoiceDialogue, words: list[str]) -> EndReason:
        self._reason = EndReason.TURNED_AWAY
        await dialogue.say([*words, "goodbye"], interruptible=False)
        return EndReason.TURNED_AWAY

    async def _message(self, dialogue: VoiceDialogue, words: list[str]) -> EndReason:
        if words:
            await dialogue.say(words)
        if not await self._voicemail.take(dialogue):
            await dialogue.say(["goodbye"])
            return EndReason.TURNED_AWAY
        await dialogue.say(["message_saved", "goodbye"])
        return EndReason.MESSAGE_LEFT

    async def _number(self, dialogue: VoiceDialogue, words: list[str]) -> EndReason:
        self._reason = EndReason.TURNED_AWAY
        if await choose(dialogue, [*words, "callback_instead"], (BOOK_KEY,)) == BOOK_KEY:
            number = await ask_number(dialogue, self._call.arrival.number_to_call)
            if number is not None and await self._booked(number):
                return await self._say_booked(dialogue)
            if number is not None:
                await dialogue.say(["not_available"])
        await dialogue.say(["goodbye"])
        return EndReason.TURNED_AWAY

    async def _say_booked(self, dialogue: VoiceDialogue) -> EndReason:
        self._reason = EndReason.CALLBACK_BOOKED
        await dialogue.say(["callback_booked"])
        return EndReason.CALLBACK_BOOKED

    # --- what is kept -----------------------------------------------------------------------------------------------

    async def _booked(self, number: str) -> bool:
        call, callbacks = self._call, self._call.services.callbacks
        assert callbacks is not None
        try:
            async with asyncio.timeout(BOOKING_SECONDS):
                callback_id = await callbacks.book(self._owed(number))
        except (Refusal, TimeoutError) as error:
            log.warning("callback_not_booked", error=repr(error))
            return False
        await call.recorder.note("callback", "customer", {"callback_id": str(callback_id)})
        return True

    def _owed(self, number: str) -> Owed:
        call, queue, card = self._call, self._call.waiting.queue, self._call.customer_card
        assert queue is not None
        return Owed(
            tenant_id=call.tenant.id,
            number=number,
            queue=queue.code,
            since=call.treatment.since or call.services.clock.now(),
            interaction_id=call.id,
            customer_id=UUID(str(card["id"])) if card else None,
            language=call.language,
        )

    def _closing(self) -> Closing | None:
        call, queue, hours = self._call, self._call.waiting.queue, self._call.services.hours
        return hours.closing(queue.calendar_id, call.services.clock.now()) if hours and queue else None
