"""Who hears whom how loud, and who hears one other and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yuelai.platform.ids import LegId


class Matrix:
    """Its non-zero cells, found by either end."""

    def __init__(self) -> None:
        self._heard_by: dict[LegId, dict[LegId, float]] = {}
        """Speaker → listeners."""
        self._hears: dict[LegId, set[LegId]] = {}
        """Listener → speakers."""

    def set(self, speaker: LegId, listener: LegId, gain: float) -> None:
        if gain:
            self._heard_by.setdefault(speaker, {})[listener] = gain
            self._hears.setdefault(listener, set()).add(speaker)
        else:
            self._heard_by.get(speaker, {}).pop(listener, None)
            self._hears.get(listener, set()).discard(speaker)

    def forget(self, leg: LegId) -> None:
        """Take a leg out, with all it said and heard."""
        for listener in self._heard_by.pop(leg, {}):
            self._hears[listener].discard(leg)
        for speaker in self._hears.pop(leg, set()):
            self._heard_by[speaker].pop(leg, None)

    def listeners(self, speaker: LegId) -> dict[LegId, float]:
        """Return who hears it, and how loud."""
        return self._heard_by.get(speaker, {})

    def speakers(self, listener: LegId) -> Collection[LegId]:
        return self._hears.get(listener, set())

    def cells(self) -> Iterable[tuple[LegId, LegId, float]]:
        for speaker, listeners in self._heard_by.items():
            for listener, gain in listeners.items():
                yield speaker, listener, gain

    def partner(self, leg: LegId) -> LegId | None:
        """Return the one this leg hears and is heard by at 1.0, if neither hears or is heard by anybody else."""
        listeners = self._heard_by.get(leg)
        if listeners is None or len(listeners) != 1:
            return None
        (other, gain), *_ = listeners.items()
        if other == leg or gain != 1.0 or self._hears.get(leg) != {other}:
            return None
        back = self._heard_by.get(other)
        return other if back == {leg: 1.0} and self._hears.get(other) == {leg} else None
