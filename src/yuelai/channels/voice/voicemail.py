"""A message is left: a recording of its own, until a key, silence, the longest time or the hang-up ends it.

Nothing of it is kept in the clear: the recording is sealed as all are, and what is played back for the caller to judge
is a copy in memory, which goes with the call.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from yuelai.channels.ports import Owed
from yuelai.channels.voice.asking import choose
from yuelai.channels.voice.dialogue import BYTES_A_SECOND, VoiceDialogue
from yuelai.media.ports import MediaError, SpeechBegan, SpeechEnded, TapFrame
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import RecordingId, new_id

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

LONGEST_SECONDS = 180.0
"""Unless somebody says otherwise."""
SILENCE_SECONDS = 5.0
SHORTEST_SECONDS = 1.0
"""Of speech; what has less is no message."""
ATTEMPTS = 3
TICK_SECONDS = 0.1
KEEPING_SECONDS = 3.0
"""How long a customer waits for the word that their message is safe."""
SAVE, HEAR, AGAIN = "1", "2", "3"


@dataclass(frozen=True)
class Message:
    recording_id: RecordingId
    seconds: float


@dataclass(eq=False)
class _Take:
    recording_id: RecordingId
    began: float
    copy: bytearray = field(default_factory=bytearray)
    speaking_since: float | None = None
    spoken: float = 0.0
    last_heard: float = 0.0
    tap: object = None
    running: bool = True

    def speech(self, now: float) -> float:
        """Return the seconds of speech until now."""
        return self.spoken + (now - self.speaking_since if self.speaking_since is not None else 0.0)

    def quiet(self, now: float) -> float:
        return 0.0 if self.speaking_since is not None else now - self.last_heard


class Voicemail:
    """`take` runs in a task of the call; `close` is the actor's when the call ends, and gives what there is to keep."""

    def __init__(self, call: VoiceCall, longest: float | None = None) -> None:
        """`longest` in seconds."""
        self._call, self._longest = call, longest or LONGEST_SECONDS
        self._take: _Take | None = None
        self._starting: asyncio.Task[RecordingId] | None = None
        """A recording that has been asked for and is not a take yet."""
        self._closed = False
        self._stopping = asyncio.Lock()

    def heard(self, event: SpeechBegan | SpeechEnded) -> None:
        """The caller began or ceased to speak."""
        take, now = self._take, self._now()
        if take is None or not take.running:
            return
        if isinstance(event, SpeechBegan):
            take.speaking_since = now
        else:
            take.spoken += event.seconds
            take.speaking_since, take.last_heard = None, now

    async def take(self, dialogue: VoiceDialogue, words: Sequence[str] = ("leave_message",)) -> bool:
        """Have a message left, `words` being said before; true when there is one, which `close` gives. Raises what the
        dialogue raises, MediaError and refusals of the recordings."""
        await self._call.arrival.answer()
        for _ in range(ATTEMPTS):
            if words:
                await dialogue.say(words)
            dialogue.forget_keys()
            await dialogue.say(["beep"], interruptible=False)
            await self._record(dialogue)
            if self._take is None:
                words = ["message_short", "leave_message"]
            elif await self._wanted(dialogue):
                return True
            else:
                await self._discard()
                words = ["leave_message"]
        return False

    async def close(self) -> Message | None:
        """Nothing more is said: return what was, if it is long enough. Idempotent; also when the caller just went."""
        self._closed = True
        starting, self._starting = self._starting, None
        if starting is not None:
            with contextlib.suppress(MediaError, Refusal, OSError):
                await self._call.services.capture.discard(await starting)
        await self._stop()
        take, self._take = self._take, None
        if take is None:
            return None
        try:
            duration_ms = await self._call.services.capture.stop(take.recording_id)
        except (MediaError, Refusal, OSError) as error:
            log.error("message_lost", error=str(error))
            return None
        return Message(take.recording_id, duration_ms / 1000)

    async def _record(self, dialogue: VoiceDialogue) -> None:
        """Record one take; `_take` is None after it when too little was said."""
        call, media = self._call, self._call.services.media
        await media.adjust(call.customer_media, replace(call.sound_options, speech=True))
        try:
            # Begun in a task of its own: the caller may go meanwhile, and no recording may be left without an owner.
            begun = call.services.capture.start(call.id, call.tenant.id, call.customer_media)
            self._starting = starting = asyncio.ensure_future(begun)
            recording_id = await asyncio.shield(starting)
            if self._closed:
                return
            self._starting = None
            now = self._now()
            self._take = take = _Take(recording_id, now, last_heard=now)
            call.recorder.show.recording(True)
            await self._listen(take)
            while True:
                key = await dialogue.key_within(TICK_SECONDS)
                now = self._now()
                if key == "#" or now - take.began >= self._longest or take.quiet(now) >= SILENCE_SECONDS:
                    break
            await self._stop()
        finally:
            with contextlib.suppress(MediaError):
                await media.adjust(call.customer_media, call.sound_options)

    async def _listen(self, take: _Take) -> None:
        def keep(frame: TapFrame) -> None:
            if take.running and len(take.copy) < self._longest * BYTES_A_SECOND:
                take.copy += frame.pcm

        take.tap = tap = new_id()
        try:
            await self._call.services.media.tap(tap, self._call.customer_media, keep)
        except MediaError as error:
            log.info("message_cannot_be_played_back", error=str(error))

    async def _stop(self) -> None:
        """End the recording; what is too short is thrown away."""
        async with self._stopping:
            take = self._take
            if take is None or not take.running:
                return
            take.running = False
            call, capture = self._call, self._call.services.capture
            long_enough = take.speech(self._now()) >= SHORTEST_SECONDS
            call.recorder.show.recording(False)
            with contextlib.suppress(MediaError):
                await call.services.media.untap(take.tap)  # type: ignore[arg-type]
            try:
                if long_enough:
                    await capture.cut(take.recording_id)
                else:
                    await capture.discard(take.recording_id)
            except (MediaError, Refusal, OSError) as error:
                log.warning("message_cut", error=str(error))
                long_enough = False
            if not long_enough:
                self._take = None

    async def _wanted(self, dialogue: VoiceDialogue) -> bool:
        """Ask what is to become of it; without an answer it is kept."""
        dialogue.forget_keys()
        while True:
            key = await choose(dialogue, ["message_choice"], (SAVE, HEAR, AGAIN))
            if key != HEAR:
                return key != AGAIN
            assert self._take is not None
            await dialogue.say_sound(bytes(self._take.copy))

    async def _discard(self) -> None:
        take, self._take = self._take, None
        if take is not None:
            with contextlib.suppress(MediaError, Refusal, OSError):
                await self._call.services.capture.discard(take.recording_id)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def keep(call: VoiceCall, message: Message, owed: Owed) -> bool:
    """The message is there already, sealed; it now becomes somebody's to hear. False: nobody's."""
    await call.recorder.recorded(message.recording_id, round(message.seconds * 1000))
    data = {"recording_id": str(message.recording_id), "seconds": round(message.seconds, 1)}
    if call.services.callbacks is not None:
        try:
            async with asyncio.timeout(KEEPING_SECONDS):
                kept = await call.services.callbacks.voicemail(owed, message.recording_id, message.seconds)
            data["callback_id"] = str(kept)
        except (Refusal, TimeoutError) as error:
            log.error("message_not_assigned", error=repr(error), recording_id=str(message.recording_id))
    await call.recorder.note("voicemail", "customer", data)
    return "callback_id" in data
