"""What a queue keeps sorted: contacts that wait and agents who are free. Heads are known at once.

Sorted lists rather than heaps: both may lose members from the middle (a caller hangs up, an agent takes a break),
and at 5,000 members an insertion moves 40 kB, which costs about a microsecond.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from yuelai.routing.matching import STRATEGIES, Key
from yuelai.routing.model import Agent, Contact, Queue


class Pool:
    """One queue with its waiting contacts and free agents."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.talking = 0
        self.retired = False
        """Closed: nothing waits here, no agent is a member; the talks it began go on."""
        self._strategy = STRATEGIES[queue.strategy]
        self._waiting: list[tuple[float, datetime, UUID]] = []
        self._since: list[tuple[datetime, UUID]] = []
        self._ready: list[tuple[Key, str, UUID]] = []

    def become(self, queue: Queue, agents: Mapping[UUID, Agent]) -> None:
        """The queue's settings have changed, or it is open again."""
        self.queue, self.retired = queue, False
        self._strategy = STRATEGIES[queue.strategy]
        self._ready = sorted(self._entry(agents[entry[2]]) for entry in self._ready)

    def wait(self, contact: Contact) -> None:
        insort(self._waiting, (contact.arrival, contact.enqueued_at, contact.id))
        insort(self._since, (contact.enqueued_at, contact.id))

    def unwait(self, contact: Contact) -> None:
        _remove(self._waiting, (contact.arrival, contact.enqueued_at, contact.id))
        _remove(self._since, (contact.enqueued_at, contact.id))

    def free(self, agent: Agent) -> None:
        insort(self._ready, self._entry(agent))

    def unfree(self, agent: Agent) -> None:
        """Must be called before anything the strategy looks at changes."""
        _remove(self._ready, self._entry(agent))

    def _entry(self, agent: Agent) -> tuple[Key, str, UUID]:
        return (self._strategy(agent, self.queue.id), agent.number, agent.id)

    def next_contact(self) -> tuple[float, UUID] | None:
        """Return the virtual arrival and id of who is served next."""
        return (self._waiting[0][0], self._waiting[0][2]) if self._waiting else None

    def first_agents(self, count: int = 1) -> list[UUID]:
        """Return the free agents in the order in which they would be offered a contact."""
        return [entry[2] for entry in islice(self._ready, count)]

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def longest_since(self) -> datetime | None:
        return self._since[0][0] if self._since else None

    @property
    def ready(self) -> int:
        return len(self._ready)


def _remove(entries: list[Any], entry: Any) -> None:
    index = bisect_left(entries, entry)
    if index == len(entries) or entries[index] != entry:
        raise LookupError("the pool does not hold what is to be removed")
    del entries[index]
