"""Which signal a row of sounds and pauses is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from yuelai.media.ports import Tone

TICK = 0.02
QUIET = 0
"""The label of whatever is no known sound."""

LEEWAY, SLACK = 0.12, 0.045
"""A length fits within this part of itself and these seconds more."""
SHORTEST_RING_PAUSE = 1.6
"""Seconds of silence after which a ring was no busy tone: no such pause is that long."""
SOFTER = 9.0
"""dB by which a pause is softer than the tone around it; music has other notes there."""
TRANSITION = 0.13
"""Between two information tones hardly anything is heard, and for so long nothing is clear."""
AGAIN_AFTER = 8.0
"""Seconds a signal must be away to be told anew; a ring-back pauses for four."""

INFORMATION_SHORTEST = 0.18
CALLING_SHORTEST, CALLING_LONGEST = 0.38, 0.64
"""0.5 s ± 15 % (T.30 §4.3.3.2), and how exactly it is measured."""


@dataclass(frozen=True)
class Rhythm:
    """A signal whose sound has this label; see `plans.Signal`."""

    tone: Tone
    label: int
    on: float
    off: float
    longest: float = 0.0
    """Of what else has this sound: a dial tone must be longer."""


def _fits(seconds: float, nominal: float) -> bool:
    return abs(seconds - nominal) <= nominal * LEEWAY + SLACK


@dataclass
class Cadence:
    """Of one leg. `rhythms` are those that are listened for; labels are what `tones` gives."""

    rhythms: tuple[Rhythm, ...]
    calling: int
    information: tuple[int, int, int]
    _runs: deque[tuple[int, float, float]] = field(default_factory=lambda: deque(maxlen=8))
    """What was heard before: label, seconds and mean level."""
    _label: int = QUIET
    _ticks: int = 0
    _levels: float = 0.0
    _other: int = QUIET
    _others: int = 0
    _clock: int = 0
    _told: dict[Tone, int] = field(default_factory=dict)

    def hear(self, label: int, level: float) -> Tone | None:
        """Take a tick and its level in dB; return a signal that is now certain, unless it has been told and was not
        away since."""
        self._clock += 1
        found, before = None, self._ticks
        if label == self._label:
            self._ticks += 1 + self._others
            self._levels += level * (1 + self._others)
            self._others = 0
        else:
            self._others = self._others + 1 if label == self._other else 1
            self._other = label
            # One tick alone is a click.
            if self._others < 2:
                return None
            self._runs.append((self._label, self._ticks * TICK, self._level()))
            self._label, self._ticks, self._levels = label, self._others, level * self._others
            self._others = before = 0
            found = self._turned()
        return self.tell(found or self._lasting(before))

    @property
    def idle(self) -> bool:
        """Nothing is heard, and nothing that was heard waits for more silence."""
        return self._label == QUIET and not self._others and self._ticks * TICK > SHORTEST_RING_PAUSE + 0.1

    def rest(self, level: float) -> None:
        """What `hear` does with no sound while idle, quicker."""
        self._clock += 1
        self._ticks += 1
        self._levels += level

    def _level(self) -> float:
        return self._levels / self._ticks if self._ticks else 0.0

    def _turned(self) -> Tone | None:
        """What is certain as a sound ends."""
        if self._label != QUIET:
            return None
        runs = list(self._runs)
        last, seconds, _ = runs[-1]
        if last == self.calling and CALLING_SHORTEST <= seconds <= CALLING_LONGEST:
            return Tone.CNG
        for rhythm in self.rhythms:
            # A ring is certain after its second time, all that is quicker after its third. The first may have begun
            # before we listened.
            times = 2 if rhythm.off > SHORTEST_RING_PAUSE else 3
            if last == rhythm.label and rhythm.off and self._repeated(runs[1 - 2 * times :], rhythm, times):
                return rhythm.tone
        return None

    @staticmethod
    def _repeated(runs: list[tuple[int, float, float]], rhythm: Rhythm, times: int) -> bool:
        if len(runs) < 2 * times - 1:
            return False
        sounds, pauses = runs[::2], runs[1::2]
        softest = min(level for _, _, level in sounds)
        return (
            all(label == rhythm.label for label, _, _ in sounds)
            and all(_fits(seconds, rhythm.on) for _, seconds, _ in sounds[1:])
            and sounds[0][1] <= rhythm.on * (1 + LEEWAY) + SLACK
            and all(
                label == QUIET and _fits(seconds, rhythm.off) and level < softest - SOFTER
                for label, seconds, level in pauses
            )
        )

    def _lasting(self, before: int) -> Tone | None:
        """What is certain as a sound or a pause has been so long; `before` this tick it was of so many ticks."""

        def reached(seconds: float) -> bool:
            return before < round(seconds / TICK) <= self._ticks

        if self._label == QUIET:
            if self._runs and reached(SHORTEST_RING_PAUSE):
                label, seconds, level = self._runs[-1]
                for rhythm in self.rhythms:
                    rings = rhythm.label == label and rhythm.off > SHORTEST_RING_PAUSE and _fits(seconds, rhythm.on)
                    if rings and self._level() < level - SOFTER:
                        return rhythm.tone
            return None
        if self._label == self.information[2]:
            if reached(INFORMATION_SHORTEST) and self._informed():
                return Tone.SIT
            return None
        for rhythm in self.rhythms:
            if rhythm.label == self._label and not rhythm.off and reached(rhythm.longest + 1):
                return rhythm.tone
        return None

    def _informed(self) -> bool:
        sounds = [(label, seconds) for label, seconds, _ in self._runs if label != QUIET or seconds > TRANSITION]
        first, second = self.information[:2]
        return (
            len(sounds) >= 2
            and sounds[-2][0] == first
            and sounds[-1][0] == second
            and sounds[-1][1] >= INFORMATION_SHORTEST
        )

    def tell(self, tone: Tone | None) -> Tone | None:
        """Return it unless it has been told and was not away since."""
        if tone is None:
            return None
        seen, self._told[tone] = self._told.get(tone), self._clock
        return tone if seen is None or (self._clock - seen) * TICK > AGAIN_AFTER else None


def rhythms_for(signals: Iterable[tuple[Tone, int, float, float]]) -> tuple[Rhythm, ...]:
    """Take (tone, label, on, off)."""
    known = list(signals)
    longest: dict[int, float] = {}
    for _, label, on, _ in known:
        longest[label] = max(longest.get(label, 0.0), on)
    return tuple(
        Rhythm(tone, label, on, off, 0.0 if off else longest[label] * (1 + LEEWAY)) for tone, label, on, off in known
    )
