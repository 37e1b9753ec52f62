"""The keys pressed at a leg, whichever way they are heard."""

from __future__ import annotations

from typing import NamedTuple

from yuelai.media.embedded.hearing import Heard
from yuelai.wire.dtmf import KeyReceiver
from yuelai.wire.rtp import RtpPacket

LOST_AFTER = 0.25
"""Seconds without an update after which a press is over: updates come every 50 ms at least (RFC 4733 §2.5.1.1)."""

SAME_WITHIN = 0.5
"""Seconds within which a tone and an event of the same key are one press: the tone waits in the jitter buffer."""


class Press(NamedTuple):
    """A key that went down, or came up after `seconds`."""

    key: str
    down: bool
    seconds: float = 0.0
    tone: bool = False
    """Heard in the sound."""


class Presses:
    """Of one leg. A party that sends a key both ways has pressed it once; times are monotonic seconds."""

    def __init__(self) -> None:
        self._receiver = KeyReceiver()
        self._event: str | None = None
        self._updated = self._seconds = 0.0
        self._tone: str | None = None
        self._by_event: dict[str, float] = {}
        """Until when each key was last heard as an event."""
        self._by_tone: dict[str, float] = {}
        """When each key was told as a tone that no event has repeated."""
        self._swallowed = False

    @property
    def held(self) -> bool:
        """An event is under way; call `beat` now and then."""
        return self._event is not None

    def packet(self, packet: RtpPacket, clock: int, now: float) -> list[Press]:
        """Take a telephone event of this clock. Raises MalformedEvent."""
        told: list[Press] = []
        key = self._receiver.receive(packet)
        if key is not None:
            told += self._up()
            self._event = key
            tone = self._by_tone.pop(key, None)
            self._swallowed = tone is not None and now - tone < SAME_WITHIN
            if not self._swallowed:
                told.append(Press(key, True))
        self._updated, self._seconds = now, self._receiver.duration / clock
        if self._event is not None:
            self._by_event[self._event] = now
            if self._receiver.ended:
                told += self._up()
        return told

    def heard(self, heard: Heard, now: float) -> list[Press]:
        """Take what was heard in the sound; pass over all but keys."""
        if heard.key is not None:
            if now - self._by_event.get(heard.key, -SAME_WITHIN) < SAME_WITHIN:
                return []
            self._by_tone[heard.key] = now
            self._tone = heard.key
            return [Press(heard.key, True, tone=True)]
        if heard.released is not None and heard.released == self._tone:
            self._tone = None
            return [Press(heard.released, False, heard.seconds, tone=True)]
        return []

    def beat(self, now: float) -> list[Press]:
        """End a press whose end never came."""
        return self._up() if self._event is not None and now - self._updated > LOST_AFTER else []

    def end(self) -> list[Press]:
        """Whoever pressed speaks no more: nothing is down."""
        tone, self._tone = self._tone, None
        return self._up() + ([] if tone is None else [Press(tone, False, tone=True)])

    def _up(self) -> list[Press]:
        key, self._event = self._event, None
        if key is None or self._swallowed:
            return []
        return [Press(key, False, self._seconds)]
