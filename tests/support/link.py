"""A link for sound: `LossyRelay`, but of each hundred packets in a direction it loses exactly its share.

Where exactly is drawn by the seed. Chance alone would make 5 % look like 2 % now and then within the five seconds of a
report.
"""

from __future__ import annotations

import asyncio
import random

from tests.support.lossy import Address, LossyRelay, Weather, _Socket

BLOCK = 100


class Link(LossyRelay):
    def __init__(self, far: Address | int, weather: Weather | None = None, *, seed: int = 1) -> None:
        super().__init__(far, weather, seed=seed)
        self._places = {True: _Losses(seed), False: _Losses(seed + 1000)}

    def _carry(self, through: _Socket, data: bytes, to: Address) -> None:
        if self._places[through is self._front].loses(self.weather.loss):
            self.count.lost += 1
            return
        self.count.carried += 1
        delay = self._draw.uniform(*self.weather.delay)
        if delay:
            asyncio.get_running_loop().call_later(delay, through.send, data, to)
        else:
            through.send(data, to)


class _Losses:
    """One direction."""

    def __init__(self, seed: int) -> None:
        self._draw, self._left, self._marked = random.Random(seed), 0, frozenset[int]()

    def loses(self, share: float) -> bool:
        if self._left == 0:
            self._left = BLOCK
            self._marked = frozenset(self._draw.sample(range(1, BLOCK + 1), round(share * BLOCK)))
        self._left -= 1
        return self._left + 1 in self._marked
