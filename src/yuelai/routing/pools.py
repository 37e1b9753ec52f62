"""One queue: its lanes, the order of who waits in it, and how many of its members are in which state."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from yuelai.routing.events import AgentState
from yuelai.routing.lanes import Lane, Need, Waiting, remove
from yuelai.routing.matching import STRATEGIES
from yuelai.routing.model import Agent, Contact, Queue, Wishes
from yuelai.routing.settings import OverflowTo, OverflowWhen

if TYPE_CHECKING:
    from yuelai.routing.planning import Step

LANES = 12
"""So many are kept though nobody waits in them; making one anew looks at all members."""

READY = AgentState.READY


class Pool:
    """One queue with its waiting contacts and free agents."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.talking = 0
        self.retired = False
        """Closed: nothing waits here, no agent is a member; the talks it began go on."""
        self.members: dict[Agent, None] = {}
        self.states: Counter[AgentState] = Counter()
        """How many members are shown in each state."""
        self.turns: dict[Agent, int] = {}
        """When each member was last given something (a count), for going round."""
        self.turn = 0
        self.order: list[Waiting] = []
        self.lanes: dict[Need, Lane] = {}
        self.ladders: dict[Wishes, tuple[Step, ...]] = {}
        """Those of contacts that wait for nobody by name: they depend on settings only."""
        self._since: list[tuple[datetime, int]] = []
        self._rules()
        self.plain = self.lane(Need(queue.channel))

    def _rules(self) -> None:
        self.rings_all = self.queue.strategy == "ring_all"
        self.has_entry_rules = any(rule.when is not OverflowWhen.WAIT for rule in self.queue.overflows)
        self.when_nobody = next(
            (rule for rule in self.queue.overflows if rule.when is OverflowWhen.NOBODY and rule.to != OverflowTo.SITE),
            None,
        )

    def become(self, queue: Queue) -> None:
        """The queue's settings have changed, or it is open again."""
        self.queue, self.retired = queue, False
        self._rules()
        for lane in self.lanes.values():
            lane.become(STRATEGIES[queue.strategy])
        self.plain = self.lane(Need(queue.channel))

    def join(self, agent: Agent) -> None:
        self.members[agent] = None
        self.states[agent.state] += 1
        for lane in self.lanes.values():
            lane.enrol(agent)

    def part(self, agent: Agent) -> None:
        """The agent is a member no longer; must stand as free in no lane, and `fitting` is the caller's."""
        del self.members[agent]
        self.turns.pop(agent, None)
        self.states[agent.state] -= 1

    @property
    def signed_in(self) -> int:
        return len(self.members) - self.states[AgentState.OFFLINE]

    def lane(self, need: Need) -> Lane:
        lane = self.lanes.get(need)
        if lane is None:
            if len(self.lanes) >= LANES:
                self._tidy()
            lane = self.lanes[need] = Lane(self, need, STRATEGIES[self.queue.strategy])
            for agent in self.members:
                lane.enrol(agent)
        return lane

    def _tidy(self) -> None:
        for need, lane in list(self.lanes.items()):
            if not lane.waiting and lane is not self.plain:
                lane.dissolve(self.members)
                del self.lanes[need]

    def wait(self, contact: Contact) -> None:
        """The contact waits in this queue; `contact.waiting` says where."""
        assert contact.waiting is not None
        insort(self.order, contact.waiting)
        insort(self._since, (contact.enqueued_at, contact.serial))

    def unwait(self, contact: Contact) -> None:
        remove(self.order, contact.waiting)
        remove(self._since, (contact.enqueued_at, contact.serial))

    def rank(self, contact: Contact) -> int:
        """Return the contact's place among those that wait in this queue, from 1."""
        return bisect_left(self.order, contact.waiting) + 1  # type: ignore[type-var]

    def first_agents(self, count: int = 1) -> list[Agent]:
        """Return the free agents in the order in which they would be offered a contact without wishes."""
        return [entry[3] for entry in islice(self.plain.ready, count)]

    @property
    def waiting(self) -> int:
        return len(self.order)

    @property
    def longest_since(self) -> datetime | None:
        return self._since[0][0] if self._since else None

    @property
    def ready(self) -> int:
        return len(self.plain.ready)
