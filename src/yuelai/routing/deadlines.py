"""What will happen by itself, in the order of its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yuelai.routing.model import Agent, Contact, Work


@dataclass(eq=False, slots=True)
class Deadline:
    """The end of an agent's ringing or wrap-up (`agent`, `work`), or the next step of a `contact`."""

    at: datetime
    agent: Agent | None = None
    work: Work | None = None
    contact: Contact | None = None
    stands: bool = True


class Deadlines:
    """Taken back by marking, not by searching: what no longer stands is thrown away when its time comes, or when the
    marked outnumber the others."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Deadline]] = []
        self._order = 0
        self._stale = 0

    def add(self, deadline: Deadline) -> Deadline:
        self._order += 1
        heappush(self._heap, (deadline.at, self._order, deadline))
        return deadline

    def cancel(self, deadline: Deadline | None) -> None:
        if deadline is not None and deadline.stands:
            deadline.stands = False
            self._stale += 1
            if self._stale > 10_000 and self._stale * 2 > len(self._heap):
                # A sorted list is a heap.
                self._heap = sorted(entry for entry in self._heap if entry[2].stands)
                self._stale = 0

    def next(self) -> datetime | None:
        heap = self._heap
        while heap and not heap[0][2].stands:
            heappop(heap)
            self._stale -= 1
        return heap[0][0] if heap else None

    def due(self, now: datetime) -> Deadline | None:
        """Take the earliest one whose time has come."""
        at = self.next()
        if at is None or at > now:
            return None
        deadline = heappop(self._heap)[2]
        deadline.stands = False
        return deadline
