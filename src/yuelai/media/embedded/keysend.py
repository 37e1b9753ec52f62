"""Keys pressed towards a leg's party: as telephone events where it agreed on them, else as tones."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.presses import Press
from yuelai.media.ports import KeyMode, MediaError
from yuelai.wire.dtmf import KEYS, MAX_DURATION, TONES, TelephoneEvent

TICK_MS = 20
SHORTEST_MS, LONGEST_MS = 40, 10_000
MOST = 64
"""Keys that may wait."""
REPEATS = 3
"""How often the end of an event is said (RFC 4733 §2.5.1.4)."""

LOW_LEVEL, HIGH_LEVEL = 32767 * 10 ** (-11 / 20), 32767 * 10 ** (-9 / 20)
"""Of the two tones: −8 and −6 dBm0 (Q.23 leaves the levels to the country; the line damps the higher one more)."""
_EDGE = 16
"""Samples in which a tone comes and goes."""


@dataclass
class _Wish:
    key: str
    duration_ms: float
    pause_ms: float
    source: Hashable = None
    """Who holds the key down; it lasts until they let go."""


class KeySender:
    """Of one leg. Ask it once a tick while it is `busy`: `events` or `mix_into`, whichever suits the party."""

    def __init__(self) -> None:
        self._waiting: deque[_Wish] = deque()
        self._now: _Wish | None = None
        self._tick = 0
        self._pause = 0
        self._begun = self._segment = self._last = 0
        self._ends: list[tuple[int, bytes]] = []
        self.quiet = False
        """In this tick the sound pauses for an event."""

    @property
    def busy(self) -> bool:
        return self._now is not None or bool(self._waiting) or bool(self._ends) or self._pause > 0

    def queue(self, keys: str, duration_ms: int = 160, pause_ms: int = 80) -> None:
        """Press these one after the other, after those queued before. Raises MediaError and presses none of them."""
        wrong = sorted(set(keys.upper()) - set(KEYS))
        if wrong:
            raise MediaError(f"no keys: {''.join(wrong)!r}")
        if not (SHORTEST_MS <= duration_ms <= LONGEST_MS and SHORTEST_MS <= pause_ms <= LONGEST_MS):
            raise MediaError(f"keys and pauses last {SHORTEST_MS} to {LONGEST_MS} ms")
        if len(self._waiting) + len(keys) > MOST:
            raise MediaError(f"more than {MOST} keys wait to be pressed")
        self._waiting.extend(_Wish(key, duration_ms, pause_ms) for key in keys.upper())

    def hold(self, source: Hashable, key: str) -> None:
        """Press a key until `source` lets it go; too many that wait are passed over."""
        self.release(source, 0.0)
        if len(self._waiting) < MOST:
            self._waiting.append(_Wish(key, LONGEST_MS, SHORTEST_MS, source))

    def release(self, source: Hashable, seconds: float) -> None:
        """The key that `source` holds was down for so long, and not shorter will it be here."""
        for wish in (self._now, *self._waiting):
            if wish is not None and wish.source == source and wish.source is not None:
                passed = self._tick * TICK_MS if wish is self._now else 0
                wish.duration_ms = min(max(seconds * 1000, passed, SHORTEST_MS), LONGEST_MS)
                wish.source = None

    def holders(self) -> set[Hashable]:
        """Return who holds a key down."""
        return {wish.source for wish in (self._now, *self._waiting) if wish is not None and wish.source is not None}

    def events(self, clock: int, timestamp: int) -> list[tuple[int, bool, bytes]]:
        """Return this tick's packets as timestamp, marker and payload; `timestamp` is what its sound would carry."""
        step = clock * TICK_MS // 1000
        self.quiet = False
        wish = self._next(timestamp)
        packets = [(begun, False, payload) for begun, payload in self._ends[:1]]
        del self._ends[:1]
        if wish is None:
            return packets
        self.quiet = True
        code = KEYS.index(wish.key)
        passed = min((self._tick + 1) * step, ceil(wish.duration_ms * clock / 1000))
        marker = self._tick == 0
        if passed - self._segment > MAX_DURATION:
            # A new segment begins where the full one ends (RFC 4733 §2.5.1.3).
            packets.append((self._at(), marker, bytes(TelephoneEvent(code, False, MAX_DURATION))))
            self._segment += MAX_DURATION
        duration = passed - self._segment
        packets.append((self._at(), marker, bytes(TelephoneEvent(code, False, duration))))
        self._last = duration
        self._step(wish)
        return packets

    def mix_into(self, heard: NDArray[np.float32]) -> None:
        """Put this tick's part of a tone in the place of what the party would hear, float32 (FRAME,)."""
        self.quiet = False
        wish = self._next(0)
        if wish is not None:
            self._sound(wish, heard)
        self._ends.clear()

    def _sound(self, wish: _Wish, heard: NDArray[np.float32]) -> None:
        start, last = self._tick * FRAME, round(wish.duration_ms * RATE / 1000)
        place = np.arange(start, start + FRAME)
        low, high = TONES[wish.key]
        turn = 2 * pi * place / RATE
        edges = np.clip(np.minimum(place, last - place) / _EDGE, 0, 1)
        heard[:] = (LOW_LEVEL * np.sin(turn * low) + HIGH_LEVEL * np.sin(turn * high)) * edges
        self._step(wish)

    def _at(self) -> int:
        return (self._begun + self._segment) & 0xFFFFFFFF

    def _next(self, timestamp: int) -> _Wish | None:
        """Return what is pressed in this tick."""
        if self._now is not None and self._tick * TICK_MS >= self._now.duration_ms:
            self._end(self._now)
        if self._now is None:
            if self._pause > 0:
                self._pause -= 1
                return None
            if not self._waiting:
                return None
            self._now = self._waiting.popleft()
            self._tick, self._begun, self._segment, self._last = 0, timestamp, 0, 0
        return self._now

    def _step(self, wish: _Wish) -> None:
        self._tick += 1
        if self._tick * TICK_MS >= wish.duration_ms:
            self._end(wish)

    def _end(self, wish: _Wish) -> None:
        end = bytes(TelephoneEvent(KEYS.index(wish.key), True, self._last))
        self._ends += [(self._at(), end)] * REPEATS
        self._now, self._pause = None, ceil(wish.pause_ms / TICK_MS)


def pass_on(press: Press, mode: KeyMode, speaker: Hashable, listeners: Iterable[tuple[KeySender, bool]]) -> None:
    """Let the listeners of a leg hear a press at it, as its `KeyMode` says; each with whether it agreed on events.

    Not for those to whom the event's own packets are forwarded. Tones that are to be translated must be cut out of the
    sound besides.
    """
    if mode is KeyMode.BLOCK or (mode is KeyMode.RELAY and press.tone):
        return
    for sender, events in listeners:
        if events or mode is KeyMode.TRANSLATE:
            if press.down:
                sender.hold(speaker, press.key)
            else:
                sender.release(speaker, press.seconds)
