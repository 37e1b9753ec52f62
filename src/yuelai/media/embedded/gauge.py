"""How much a worker carries, what a leg costs it, and how many more it can take without harm to the others."""

from __future__ import annotations

from yuelai.media.ports import MediaFull

FULL, EASED = 0.80, 0.70
"""Share of the core's time at which new calls are refused, and at which they are taken again."""
BOUND = 0.95
"""Share at which even a leg that joins another one is refused."""

LIKELY_COST = 1 / 800
"""Share of a core that a leg takes, as long as there are too few legs to measure it."""
LIKELY_WEIGHT = 50
"""How many legs that guess weighs as much as."""
SMOOTH_SECONDS = 2.0


class Gauge:
    """Fed twice a second with the processor's time that the thread of the tick has used, packets and verbs included.

    `most` is the operator's bound on legs, 0 for none; `ports` is how many legs the port range and the engine's arrays
    have room for. Legs that join others may go a quarter beyond `most`: whoever was let in gets somebody to speak with.
    """

    def __init__(self, most: int, ports: int) -> None:
        self._most = most or ports
        self._ports = ports
        self._at: tuple[float, float] | None = None
        self._idle = 0.0
        self._cost = LIKELY_COST
        self._full = False
        self._made = 0
        self.load = 0.0
        """Share of a core, smoothed over some seconds."""
        self.refused = 0

    def beat(self, now: float, used: float, legs: int) -> None:
        """`now` and `used` are seconds, of the clock and of the processor."""
        if self._at is not None and now > self._at[0]:
            seconds = now - self._at[0]
            share = min(1.0, max(0.0, (used - self._at[1]) / seconds))
            self.load += (share - self.load) * min(1.0, seconds / SMOOTH_SECONDS)
            if not legs:
                self._idle = self.load
            self._cost = (LIKELY_COST * LIKELY_WEIGHT + max(0.0, self.load - self._idle)) / (LIKELY_WEIGHT + legs)
        self._at, self._made = (now, used), 0
        self._full = self.load > (EASED if self._full else FULL)

    def room(self, legs: int) -> int:
        """Return how many more legs will do no harm, never less than none."""
        if self._full:
            return 0
        by_load = int((FULL - self.load) / self._cost) - self._made
        return max(0, min(by_load, self._most - legs, self._ports - legs))

    def admit(self, legs: int, *, joins: bool) -> None:
        """Raise MediaFull when another leg is one too many."""
        within = legs < min(self._most + self._most // 4 + 2, self._ports) and self.load < BOUND
        if not (within if joins else self.room(legs) > 0):
            self.refused += 1
            raise MediaFull(f"this worker carries {legs} legs and is at its limit")
        self._made += 1
