"""How much one sender may send: token buckets, by key and alone."""

from __future__ import annotations

from collections import OrderedDict


class Bucket:
    """Lets `burst` through at once and `rate` a second in the long run. `now` is monotonic."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._tokens, self._at = rate, burst, burst, now

    def take(self, now: float) -> bool:
        """Take one token; false when there is none."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Buckets:
    """A bucket for each key; at most `capacity` keys are held, those not heard of longest go first."""

    def __init__(self, rate: float, burst: float, capacity: int = 50_000) -> None:
        self._rate, self._burst, self._capacity = rate, burst, capacity
        self._held: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        bucket = self._held.get(key)
        if bucket is None:
            bucket = self._held[key] = Bucket(self._rate, self._burst, now)
            if len(self._held) > self._capacity:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(key)
        return bucket.take(now)
