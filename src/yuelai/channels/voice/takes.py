"""A prompt is recorded at the seat of whoever asks for it: rung, told when to speak, heard again, kept.

Such a call is no contact: nothing of it is recorded but the take, which is a copy in memory until it is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.channels.voice.asking import choose
from yuelai.channels.voice.dialogue import BYTES_A_SECOND, VoiceDialogue, no_step
from yuelai.media.ports import Digit, LegGone, LegKind, LegOptions, MediaEngine, MediaError, PlayEnded, TapFrame
from yuelai.platform.clock import Clock
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId, TenantId, new_id
from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import Answered, Ended, InfoDigit, Leg, Registration, Reoffered

log = structlog.get_logger()

RINGS_SECONDS = 30.0
LONGEST_SECONDS = 300.0
ATTEMPTS = 5
KEY_SECONDS = 0.16
"""Cut off the end, where the ending key may be heard."""
TOLD_SECONDS = 600.0
"""How long one can ask how a take has ended."""
KEEP, HEAR, AGAIN = "1", "2", "3"


class Unfit(Exception):
    """What was said cannot be a prompt; says why, by the `reason` of `sounds.errors.SoundUnfit`."""


class Left(Exception):
    """They have hung up."""


class Dials(Protocol):
    """`telephony.ports.Telephony`, as far as it is needed here."""

    def registrations(self, user: str) -> Sequence[Registration]: ...

    async def dial(
        self,
        user: str,
        *,
        browser: bool,
        sdp: str,
        caller: str,
        caller_name: str,
        listener: Callable[[Any], None],
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
    ) -> Leg: ...


@dataclass(eq=False)
class Take:
    """`state` is ringing, recording, kept, unfit, unanswered or ended; `browser` says at which seat it rings."""

    person_id: UUID
    tenant_id: TenantId
    number: str
    browser: bool
    language: str
    keep: Callable[[bytes], Awaitable[Sequence[str]]]
    """Make the prompt of a WAV file and return warnings about it. Raises `Unfit`, refusals."""
    id: UUID = field(default_factory=new_id)
    state: str = "ringing"
    reason: str = ""
    warnings: Sequence[str] = ()
    over_at: float | None = None


class Takes:
    """Recordings under way, one for each person, and for some minutes those that are over."""

    def __init__(
        self,
        media: MediaEngine,
        telephony: Dials,
        clock: Clock,
        prompt: Callable[[str, str], Path],
        private: Callable[[str, bool, str], None],
    ) -> None:
        """`private(user, on, number)` is told of seats that are in such a call: nobody is offered to them."""
        self._media, self._telephony, self._clock = media, telephony, clock
        self._prompt, self._private = prompt, private
        self._takes: dict[UUID, Take] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, take: Take) -> None:
        now = self._clock.monotonic()
        for old in [
            one for one in self._takes.values() if one.over_at is not None and now > one.over_at + TOLD_SECONDS
        ]:
            del self._takes[old.id]
        self._takes[take.id] = take
        task = asyncio.ensure_future(self._run(take))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find(self, take_id: UUID) -> Take | None:
        return self._takes.get(take_id)

    def recording(self, person_id: UUID) -> bool:
        """Whether a take of theirs is under way."""
        return any(take.person_id == person_id and take.over_at is None for take in self._takes.values())

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, take: Take) -> None:
        self._private(take.number, True, "")
        try:
            await _Recording(self._media, self._telephony, self._prompt, take).run()
        except Left:
            pass
        except (MediaError, Refusal) as error:
            log.info("prompt_not_recorded", error=str(error))
        except Exception:
            log.exception("prompt_not_recorded")
        finally:
            take.over_at = self._clock.monotonic()
            if take.state in ("ringing", "recording"):
                take.state = "unanswered" if take.state == "ringing" else "ended"
            self._private(take.number, False, "")


class _Recording:
    def __init__(self, media: MediaEngine, telephony: Dials, prompt: Callable[[str, str], Path], take: Take) -> None:
        self._media, self._telephony, self._prompt, self._take = media, telephony, prompt, take
        self._sound = LegId(new_id())
        self._events: asyncio.Queue[Any] = asyncio.Queue()

    async def run(self) -> None:
        take = self._take
        kind = LegKind.BROWSER if take.browser else LegKind.PLAIN
        offer = await self._media.create_leg(self._sound, kind, self._events.put_nowait, options=LegOptions())
        leg: Leg | None = None
        try:
            leg = await self._telephony.dial(
                take.number,
                browser=take.browser,
                sdp=offer,
                caller="",
                caller_name="",
                listener=self._events.put_nowait,
                account=take.tenant_id,
            )
            if await self._answered():
                take.state = "recording"
                await self._speak(leg)
        finally:
            if leg is not None:
                with contextlib.suppress(WrongState):
                    await leg.hangup(480, "recording over")
            with contextlib.suppress(MediaError):
                await self._media.close(self._sound)

    async def _answered(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RINGS_SECONDS):
                while True:
                    event = await self._events.get()
                    if isinstance(event, Answered):
                        await self._media.answer(self._sound, event.sdp)
                        return True
                    if isinstance(event, Ended):
                        return False
        return False

    async def _speak(self, leg: Leg) -> None:
        dialogue = VoiceDialogue(self._media, self._sound, self._files, no_step, Left, self._take.language)
        hearing = asyncio.ensure_future(self._hear(dialogue, leg))
        try:
            await self._takes_of(dialogue)
        finally:
            hearing.cancel()

    async def _takes_of(self, dialogue: VoiceDialogue) -> None:
        """Record until one is kept."""
        take = self._take
        words = ["speak_after_tone"]
        for _ in range(ATTEMPTS):
            sound = await self._record(dialogue, words)
            words = ["speak_after_tone"]
            while (key := await choose(dialogue, ["message_choice"], (KEEP, HEAR, AGAIN))) == HEAR:
                await dialogue.say_sound(sound)
            if key == AGAIN:
                continue
            if key != KEEP:
                return
            try:
                take.warnings = await take.keep(_wav(sound))
            except Unfit as error:
                take.reason = str(error)
                words = ["message_short", "speak_after_tone"]
                continue
            take.state, take.reason = "kept", ""
            await dialogue.say(["thank_you"], interruptible=False)
            return
        if take.reason:
            take.state = "unfit"

    async def _record(self, dialogue: VoiceDialogue, words: Sequence[str]) -> bytes:
        """Return 16-bit samples at 8 kHz: what is said until `#` or for five minutes."""
        await dialogue.say(words)
        dialogue.forget_keys()
        await dialogue.say(["beep"], interruptible=False)
        said, tap = bytearray(), new_id()

        def keep(frame: TapFrame) -> None:
            if len(said) < LONGEST_SECONDS * BYTES_A_SECOND:
                said.extend(frame.pcm)

        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_SECONDS
        await self._media.tap(tap, self._sound, keep)
        try:
            while (left := until - loop.time()) > 0 and await dialogue.key_within(left) != "#":
                pass
        finally:
            with contextlib.suppress(MediaError):
                await self._media.untap(tap)
        return bytes(said[: max(0, len(said) - int(KEY_SECONDS * BYTES_A_SECOND))])

    async def _hear(self, dialogue: VoiceDialogue, leg: Leg) -> None:
        """Hand on what the telephone does, until it goes."""
        while True:
            match await self._events.get():
                case Digit(digit=digit) | InfoDigit(digit=digit):
                    dialogue.key(digit)
                case PlayEnded(play=play):
                    dialogue.play_ended(play)
                case Reoffered(sdp=sdp):
                    await self._reoffered(leg, sdp)
                case Ended() | LegGone():
                    dialogue.leave()
                    return

    async def _reoffered(self, leg: Leg, sdp: str) -> None:
        with contextlib.suppress(WrongState):
            try:
                answer = await self._media.reoffer(self._sound, sdp)
            except MediaError:
                await leg.refuse_offer()
            else:
                await leg.accept(answer)

    async def _files(self, names: Sequence[str], language: str) -> list[Path]:
        return [self._prompt(name, language) for name in names]


def _wav(sound: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(sound)
    return file.getvalue()
