"""An event loop whose time passes only while everybody sleeps, and then at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class _NeverWaits(selectors.BaseSelector):
    """Takes no time over the next thing due: the loop's clock goes there."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.now += timeout
        # What nothing is due for can only come from outside.
        return self._real.select(0 if timeout is not None else None)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualTime(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._never_waits = _NeverWaits()
        super().__init__(self._never_waits)

    def time(self) -> float:
        return self._never_waits.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do it, hours in milliseconds; not from within a loop of the same thread."""
    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        return runner.run(work)
