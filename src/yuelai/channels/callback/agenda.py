"""When what is due: ids by the instant they wait for, and one timer for the first."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from yuelai.platform.clock import Clock

LONGEST_NAP = 3600.0
"""The wall clock may be set: look again after so many seconds at least."""


class Agenda:
    """`wake` is called in the loop when something is due."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock, self._wake = clock, wake
        self._due: list[tuple[datetime, UUID]] = []
        self._at: dict[UUID, datetime] = {}
        self._timer: asyncio.TimerHandle | None = None

    def put(self, id_: UUID, at: datetime) -> None:
        """Wait for this instant, instead of another one."""
        self._at[id_] = at
        heapq.heappush(self._due, (at, id_))
        self._arm()

    def drop(self, id_: UUID) -> None:
        self._at.pop(id_, None)

    def take(self) -> Sequence[UUID]:
        """Return what is due now, the oldest first, and forget it."""
        now, taken = self._clock.now(), []
        while self._due and self._due[0][0] <= now:
            at, id_ = heapq.heappop(self._due)
            if self._at.get(id_) == at:
                del self._at[id_]
                taken.append(id_)
        self._arm()
        return taken

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.close()
        while self._due and self._at.get(self._due[0][1]) != self._due[0][0]:
            heapq.heappop(self._due)
        if self._due:
            seconds = (self._due[0][0] - self._clock.now()).total_seconds()
            self._timer = asyncio.get_running_loop().call_later(min(max(seconds, 0.0), LONGEST_NAP), self._wake)
