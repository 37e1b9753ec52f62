"""The jitter buffer: packets in as they come, one frame out a tick."""

from __future__ import annotations

from yuelai.wire.rtp import timestamp_distance

FRAME = 160
"""Samples a tick: 20 ms at 8 kHz."""

MIN_TARGET = 2 * FRAME
MAX_TARGET = 5 * FRAME
MAX_LEVEL = 15 * FRAME
"""Fuller than this (300 ms), the buffer jumps forward: late sound is worse than a gap."""

DRY_RESTART = 5
"""Ticks without a packet after which the next one begins a new talk spurt with its own delay."""

WINDOW = 100
"""Ticks over which the level must stay high before a frame is dropped (2 s)."""

CALM = 500
"""Ticks without running dry after which the wanted delay shrinks again (10 s)."""

_SIZE = 8192
_ONES = b"\1" * _SIZE


class JitterBuffer:
    """A ring of G.711 codes laid out by RTP timestamp, so packet time, order and repetition do not matter.

    The *level* is how many samples lie ahead when a frame is taken; it hovers around the *target*, 40 ms at first.
    Running dry while packets are merely late holds the play position still, which lengthens the delay by itself.
    """

    def __init__(self) -> None:
        self._sound, self._there = bytearray(_SIZE), bytearray(_SIZE)
        self._play: int | None = None
        self._end = 0
        self._dry = 0
        self._calm = 0
        self._lowest, self._ticks = _SIZE, 0
        self.target = MIN_TARGET
        self.late = 0
        """Packets that came after their turn."""

    @property
    def level(self) -> int:
        """Samples from the play position to the newest one."""
        return 0 if self._play is None else self._end - self._play

    def write(self, timestamp: int, codes: bytes) -> None:
        """Put a packet's sound where its timestamp says."""
        size = len(codes)
        if size == 0 or size > _SIZE // 2:
            return
        if self._play is None or self._dry >= DRY_RESTART:
            self._anchor(timestamp)
        assert self._play is not None
        distance = timestamp_distance(timestamp, self._play & 0xFFFFFFFF)
        if not -_SIZE < distance < _SIZE - size:
            # The source jumped: another stream begins.
            self._anchor(timestamp)
            distance = timestamp_distance(timestamp, self._play & 0xFFFFFFFF)
        if distance < 0:
            self.late += 1
            if distance + size <= 0:
                return
            codes, size, distance = codes[-distance:], size + distance, 0
        position = self._play + distance
        start = position % _SIZE
        first = min(size, _SIZE - start)
        self._sound[start : start + first] = codes[:first]
        self._there[start : start + first] = _ONES[:first]
        if first < size:
            self._sound[: size - first] = codes[first:]
            self._there[: size - first] = _ONES[: size - first]
        self._end = max(self._end, position + size)
        if self._dry > 0:
            # It was only late, not over: wait a frame longer from now on.
            self.target, self._calm = min(self.target + FRAME, MAX_TARGET), 0
            self._dry = 0

    def _anchor(self, timestamp: int) -> None:
        self._play = timestamp + (1 << 32) - (self.target - FRAME)
        self._end = self._play
        self._there = bytearray(_SIZE)
        self._dry, self._lowest, self._ticks = 0, _SIZE, 0

    def read(self, silence: int) -> bytes | None:
        """Take FRAME codes, or None when they are lost or late; holes within a frame are filled with `silence`."""
        if self._play is None:
            return None
        level = self._end - self._play
        if level < FRAME:
            self._dry += 1
            return None
        if level > MAX_LEVEL:
            self._skip(level - self.target)
            level = self.target
        self._watch(level)
        start = self._play % _SIZE
        stop = start + FRAME
        self._play += FRAME
        if stop > _SIZE:
            codes = bytes(self._sound[start:] + self._sound[: stop - _SIZE])
            there = bytes(self._there[start:] + self._there[: stop - _SIZE])
            self._there[start:] = bytes(_SIZE - start)
            self._there[: stop - _SIZE] = bytes(stop - _SIZE)
        else:
            codes, there = bytes(self._sound[start:stop]), bytes(self._there[start:stop])
            self._there[start:stop] = bytes(FRAME)
        missing = there.count(0)
        if missing == 0:
            return codes
        if missing == FRAME:
            return None
        return bytes(code if here else silence for code, here in zip(codes, there, strict=True))

    def _watch(self, level: int) -> None:
        """Follow the peer's clock: a level that never came down to the target for WINDOW ticks is a frame too much."""
        self._lowest = min(self._lowest, level)
        self._ticks += 1
        self._calm += 1
        if self._calm >= CALM:
            self.target, self._calm = max(self.target - FRAME, MIN_TARGET), 0
        if self._ticks >= WINDOW:
            if self._lowest >= self.target + FRAME:
                self._skip(FRAME)
            self._lowest, self._ticks = _SIZE, 0

    def _skip(self, samples: int) -> None:
        assert self._play is not None
        for position in range(self._play, self._play + samples, FRAME):
            start = position % _SIZE
            size = min(FRAME, self._play + samples - position)
            first = min(size, _SIZE - start)
            self._there[start : start + first] = bytes(first)
            self._there[: size - first] = bytes(size - first)
        self._play += samples
