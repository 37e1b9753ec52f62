"""Everything the engine knows, with the indexes that keep a decision small. Changed by `engine` only."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yuelai.routing.errors import NoSuchAgent, NoSuchQueue
from yuelai.routing.events import AgentState
from yuelai.routing.model import Agent, AgentRecord, Contact, Queue
from yuelai.routing.pools import Pool

FALLBACK = "general"
"""Code of the queue for contacts that cannot be placed."""


class RoutingState:
    """`touched_*` collect what changed since the driver last looked, so that it shows only that."""

    def __init__(self, queues: Iterable[Queue] = (), agents: Iterable[AgentRecord] = (), *, now: datetime) -> None:
        self.pools: dict[UUID, Pool] = {queue.id: Pool(queue) for queue in queues}
        self.agents: dict[UUID, Agent] = {}
        self.contacts: dict[UUID, Contact] = {}
        self.touched_agents: set[UUID] = set(self.agents)
        self.touched_queues: set[UUID] = set(self.pools)
        self._deadlines: list[tuple[datetime, UUID]] = []
        for record in agents:
            self.add(record, now)

    def open(self, queue: Queue) -> None:
        """A new queue."""
        self.pools[queue.id] = Pool(queue)
        self.touched_queues.add(queue.id)

    def is_open(self, queue_id: UUID) -> bool:
        pool = self.pools.get(queue_id)
        return pool is not None and not pool.retired

    def drop_if_done(self, pool: Pool) -> None:
        """Forget a closed queue when nobody talks any more whose contact came through it."""
        if pool.retired and not pool.talking:
            self.pools.pop(pool.queue.id, None)

    def add(self, record: AgentRecord, now: datetime) -> None:
        """A new agent."""
        agent = Agent(
            record.id,
            record.home,
            record.number,
            record.name,
            {queue_id: level for queue_id, level in record.levels.items() if self.is_open(queue_id)},
            since=record.session.since if record.session else now,
            idle_since=record.session.since if record.session else now,
        )
        if record.session is not None:
            agent.state, agent.reason, agent.seat = record.session.state, record.session.reason, record.session.seat
            agent.contact_id = record.session.interaction_id
        agent.places = record.places
        self.agents[agent.id] = agent
        self.touched_agents.add(agent.id)

    def forget(self, agent: Agent) -> None:
        self.set_deadline(agent, None)
        del self.agents[agent.id]
        self.touch(agent)

    def agent(self, agent_id: UUID) -> Agent:
        """Raises `NoSuchAgent`."""
        try:
            return self.agents[agent_id]
        except KeyError:
            raise NoSuchAgent() from None

    def pool(self, queue_id: UUID) -> Pool:
        """Return that of an open queue. Raises `NoSuchQueue`."""
        pool = self.pools.get(queue_id)
        if pool is None or pool.retired:
            raise NoSuchQueue()
        return pool

    def fallback(self, tenant_id: UUID) -> Pool | None:
        """Return where the tenant's contacts go that cannot be placed: queue `general`, else the most urgent one."""
        pools = [pool for pool in self.pools.values() if pool.queue.tenant_id == tenant_id and not pool.retired]
        return min(
            pools, key=lambda pool: (pool.queue.code != FALLBACK, -pool.queue.priority, pool.queue.code), default=None
        )

    def touch(self, agent: Agent) -> None:
        self.touched_agents.add(agent.id)

    def touch_queues(self, queue_ids: Iterable[UUID]) -> None:
        self.touched_queues.update(queue_ids)

    def set_deadline(self, agent: Agent, until: datetime | None) -> None:
        """Ringing and wrap-up end by themselves: an agent has at most one deadline."""
        if agent.until is not None:
            del self._deadlines[bisect_left(self._deadlines, (agent.until, agent.id))]
        agent.until = until
        if until is not None:
            insort(self._deadlines, (until, agent.id))

    def due(self, now: datetime) -> Agent | None:
        """Return the agent whose deadline has passed longest ago, if one has."""
        return self.agents[self._deadlines[0][1]] if self._deadlines and self._deadlines[0][0] <= now else None

    def next_deadline(self) -> datetime | None:
        return self._deadlines[0][0] if self._deadlines else None

    def talking(self, agent: Agent) -> bool:
        return agent.state in (AgentState.TALKING, AgentState.HOLD)
