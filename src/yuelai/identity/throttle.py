"""Growing delays for what is guessed at: after some free attempts each further one waits twice as long."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass
class _Record:
    failures: int
    last: float


class Throttle:
    """Counts attempts by key. An attempt counts as failed from its start, so that a burst in parallel gains nothing.

    `free` attempts cost nothing; then the delay grows from `base` seconds twofold up to `longest`. A key is
    forgotten `memory` seconds after its last attempt. The longest delay is short enough that somebody else's
    guessing cannot lock a person out for good. At most `capacity` keys are held, the oldest go first.
    """

    def __init__(
        self,
        *,
        free: int,
        base: float = 1.0,
        longest: float = 60.0,
        memory: float = 900.0,
        capacity: int = 100_000,
    ) -> None:
        self._free, self._base, self._longest = free, base, longest
        self._memory, self._capacity = memory, capacity
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Return the seconds until the next attempt is allowed; 0 when it is. `now` is monotonic."""
        record = self._records.get(key)
        if record is None or now - record.last >= self._memory:
            return 0.0
        over = record.failures - self._free
        if over < 0:
            return 0.0
        delay = min(self._longest, self._base * 2.0 ** min(over, 32))
        return max(0.0, record.last + delay - now)

    def begin(self, key: str, now: float) -> None:
        """Count an attempt that was allowed."""
        record = self._records.pop(key, None)
        if record is None or now - record.last >= self._memory:
            record = _Record(0, now)
        record.failures += 1
        record.last = now
        self._records[key] = record
        while len(self._records) > self._capacity:
            self._records.popitem(last=False)

    def forgive(self, key: str) -> None:
        """It succeeded: forget the key's failures."""
        self._records.pop(key, None)

    def excuse(self, key: str) -> None:
        """It succeeded, but others stand behind this key too: take back one attempt only."""
        record = self._records.get(key)
        if record is not None:
            record.failures -= 1
            if record.failures <= 0:
                del self._records[key]
