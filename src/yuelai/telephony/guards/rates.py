"""How much each source may say: token buckets, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a second, and how many may come at once."""

    second: float
    burst: float


class Buckets:
    """One bucket a key. Whoever has been quiet the longest is forgotten first, which does them no harm: a bucket that
    has not been used for `burst / second` is full anyway."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, rate: Rate, now: float) -> bool:
        """Take one token of the key's bucket; false when it is empty."""
        left, at = self._held.pop(key, (rate.burst, now))
        left = min(rate.burst, left + (now - at) * rate.second)
        enough = left >= 1
        self._held[key] = (left - 1 if enough else left, now)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return enough

    def __len__(self) -> int:
        return len(self._held)
