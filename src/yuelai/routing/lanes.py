"""Who waits for the same, beside who is free for it: a queue has a lane for each set of needs among its contacts.

Both lists of a lane are kept sorted, so that a decision looks at heads only, whatever the needs are. Sorted lists
rather than heaps: both may lose members from the middle (a caller hangs up, an agent takes a break), and at 5,000
members an insertion moves 40 kB, which costs about a microsecond.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.routing.matching import Strategy
    from yuelai.routing.model import Agent, Contact
    from yuelai.routing.pools import Pool

Waiting = tuple[int, float, int, "Contact"]
"""Tier (1 for what waits until nothing else does), virtual arrival, serial: the smallest is served first."""

Ready = tuple[Any, str, int, "Agent"]
"""The strategy's key, number, serial: the smallest is asked first."""


class Need(NamedTuple):
    """What an agent must be to serve a contact at its present step, beside being a free member of the queue."""

    channel: str = "voice"
    skills: tuple[tuple[UUID, int], ...] = ()
    """Each with the level wanted now, at least."""
    site: UUID | None = None
    without: frozenset[UUID] = frozenset()

    def met_by(self, agent: Agent, tenant_id: UUID) -> bool:
        for skill_id, level in self.skills:
            if agent.skills.get(skill_id, 0) < level:
                return False
        if self.site is not None and agent.place(tenant_id).site != self.site:
            return False
        return agent.id not in self.without


class Lane:
    """The contacts of one need in a queue, its own and those that overflow into it, and the free agents for them."""

    __slots__ = ("_strategy", "channel", "need", "pool", "ready", "waiting")

    def __init__(self, pool: Pool, need: Need, strategy: Strategy) -> None:
        self.pool, self.need, self._strategy = pool, need, strategy
        self.channel = need.channel
        self.waiting: list[Waiting] = []
        self.ready: list[Ready] = []

    def enrol(self, agent: Agent) -> None:
        """A member of the queue is looked at once for each lane, not each time they become free."""
        if self.need.met_by(agent, self.pool.queue.tenant_id):
            agent.fitting.append(self)
            if self.channel in agent.open:
                self.free(agent)

    def free(self, agent: Agent) -> None:
        """The agent, who meets the need, is free for the channel."""
        agent.entries[self] = entry = (self._strategy(agent, self), agent.number, agent.serial, agent)
        insort(self.ready, entry)

    def unfree(self, entry: Ready) -> None:
        """The caller takes it out of the agent's `entries`."""
        remove(self.ready, entry)

    def become(self, strategy: Strategy) -> None:
        """Another order of agents from now on."""
        self._strategy = strategy
        agents = [entry[3] for entry in self.ready]
        self.ready = []
        for agent in agents:
            self.free(agent)

    def dissolve(self, members: Iterable[Agent]) -> None:
        for agent in members:
            if self in agent.fitting:
                agent.fitting.remove(self)
                agent.entries.pop(self, None)
        self.ready = []


def remove(entries: list[Any], entry: Any) -> None:
    """Take the entry out of a sorted list. Raises LookupError when it is not there, which is a fault of ours."""
    index = bisect_left(entries, entry)
    if index == len(entries) or entries[index] != entry:
        raise LookupError("the list does not hold what is to be removed")
    del entries[index]
