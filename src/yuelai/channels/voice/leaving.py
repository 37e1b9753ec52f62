"""A message is left in the middle of a flow: taken as every voicemail is, somebody's at once; then the flow goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.channels.ports import Owed
from yuelai.channels.voice import speech
from yuelai.channels.voice.asking import speaking_to
from yuelai.channels.voice.voicemail import Voicemail, keep
from yuelai.interactions.events import SegmentKind
from yuelai.media.ports import MediaError, SpeechBegan, SpeechEnded
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import NoSuchQueue

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()


class Leaving:
    """One message for one queue. `take` is the flow's, `close` also the actor's, when the caller goes meanwhile:
    whichever comes first, the message is kept once."""

    def __init__(self, call: VoiceCall, queue: str, maximum_seconds: int, language: str) -> None:
        self._call, self._queue = call, queue
        self._voicemail = Voicemail(call, maximum_seconds)
        self._dialogue = speaking_to(call, language)
        self._keeping: asyncio.Task[float] | None = None
        self._gone = False

    def key(self, digit: str) -> None:
        self._dialogue.key(digit)

    def play_ended(self, play: UUID) -> None:
        self._dialogue.play_ended(play)

    def heard(self, event: SpeechBegan | SpeechEnded) -> None:
        if event.leg == self._call.customer_media:
            self._voicemail.heard(event)

    def leave(self) -> None:
        """The caller has gone."""
        self._gone = True
        self._dialogue.leave()

    async def take(self) -> float:
        """Have it left after a tone; return the seconds of what somebody will hear, 0 when there is no such thing."""
        call = self._call
        try:
            call.services.routing.queue(self._queue, call.tenant.id)
        except NoSuchQueue:
            log.error("flow_names_no_queue", queue=self._queue)
            return 0.0
        if call.services.callbacks is None:
            return 0.0
        await call.recorder.segment(SegmentKind.MESSAGE)
        try:
            await self._voicemail.take(self._dialogue, words=())
        except call.services.flows.left:
            pass
        except (MediaError, Refusal, speech.Unspeakable, OSError) as error:
            log.warning("message_not_taken", error=str(error))
        finally:
            # Whatever went wrong: no recording is left without an owner.
            seconds = await self.close()
        if not self._gone:
            await call.recorder.segment(SegmentKind.IVR)
        return seconds

    async def close(self) -> float:
        """Nothing more is said; return the seconds that are kept. Idempotent."""
        if self._keeping is None:
            self._keeping = asyncio.ensure_future(self._keep())
        # Whoever waits may be cancelled with the call; what has been said is kept all the same.
        return await asyncio.shield(self._keeping)

    async def _keep(self) -> float:
        message = await self._voicemail.close()
        if message is None:
            return 0.0
        call, card = self._call, self._call.customer_card
        owed = Owed(
            tenant_id=call.tenant.id,
            number=call.arrival.number_to_call or "",
            queue=self._queue,
            since=call.services.clock.now(),
            interaction_id=call.id,
            customer_id=UUID(str(card["id"])) if card else None,
            language=self._dialogue.language,
        )
        return message.seconds if await keep(call, message, owed) else 0.0
