"""Everything the engine knows, with the indexes that keep a decision small. Changed by `engine` only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yuelai.routing.deadlines import Deadlines
from yuelai.routing.errors import NoSuchAgent, NoSuchQueue
from yuelai.routing.events import AgentState
from yuelai.routing.model import CHOSEN, PRIVATE_CALL, SYSTEM_RESTART, Agent, AgentRecord, Contact, Queue, Session
from yuelai.routing.pools import Pool

FALLBACK = "general"
"""Code of the queue for contacts that cannot be placed."""


class RoutingState:
    """`touched_*` collect what changed since the driver last looked, so that it shows only that."""

    def __init__(self, queues: Iterable[Queue] = (), agents: Iterable[AgentRecord] = (), *, now: datetime) -> None:
        self.pools: dict[UUID, Pool] = {queue.id: Pool(queue) for queue in queues}
        self.codes: dict[tuple[UUID, str], Pool] = {
            (pool.queue.tenant_id, pool.queue.code): pool for pool in self.pools.values()
        }
        self.agents: dict[UUID, Agent] = {}
        self.contacts: dict[UUID, Contact] = {}
        self.touched_agents: set[Agent] = set()
        self.touched_pools: set[Pool] = set(self.pools.values())
        self.deadlines = Deadlines()
        self._serial = 0
        for record in agents:
            self.add(record, now)

    def serial(self) -> int:
        self._serial += 1
        return self._serial

    def open(self, queue: Queue) -> None:
        """A new queue."""
        self.pools[queue.id] = pool = Pool(queue)
        self.touched_pools.add(pool)

    def index_codes(self) -> None:
        """Queues have come, gone, or changed their codes."""
        self.codes = {(pool.queue.tenant_id, pool.queue.code): pool for pool in self.pools.values() if not pool.retired}

    def is_open(self, queue_id: UUID) -> bool:
        pool = self.pools.get(queue_id)
        return pool is not None and not pool.retired

    def drop_if_done(self, pool: Pool) -> None:
        """Forget a closed queue when nobody talks any more whose contact came through it."""
        if pool.retired and not pool.talking:
            self.pools.pop(pool.queue.id, None)

    def add(self, record: AgentRecord, now: datetime) -> None:
        """A new agent."""
        since = record.session.since if record.session else now
        agent = Agent(record.id, record.home, record.number, record.name, self.serial(), since, since)
        self.describe(agent, record)
        agent.told = (agent.state, agent.reason, agent.seat, None, None, None)
        if record.session is not None:
            _take_up(agent, record.session)
        elif record.preferred_seat is not None:
            agent.seat = record.preferred_seat
        self.agents[agent.id] = agent
        self.enrol(agent)
        self.touched_agents.add(agent)

    def describe(self, agent: Agent, record: AgentRecord) -> None:
        """Take over what the directory says of the agent; `enrol` comes after it."""
        agent.levels = {queue_id: level for queue_id, level in record.levels.items() if self.is_open(queue_id)}
        agent.number, agent.name, agent.home = record.number, record.name, record.home
        agent.skills, agent.capacity = record.skills, record.capacity
        agent.positions, agent.places = record.positions, record.places
        agent.wrapup_seconds, agent.auto_answer = record.wrapup_seconds, record.auto_answer

    def enrol(self, agent: Agent) -> None:
        """The agent is a member of the queues of `levels` and of no others."""
        for pool in agent.pools:
            pool.part(agent)
        agent.fitting.clear()
        agent.pools = tuple(self.pools[queue_id] for queue_id in agent.levels)
        for pool in agent.pools:
            pool.join(agent)

    def forget(self, agent: Agent) -> None:
        for pool in agent.pools:
            pool.part(agent)
        agent.pools = ()
        del self.agents[agent.id]
        self.touched_agents.add(agent)

    def agent(self, agent_id: UUID) -> Agent:
        """Raises `NoSuchAgent`."""
        try:
            return self.agents[agent_id]
        except KeyError:
            raise NoSuchAgent() from None

    def may_come(self, contact: Contact, agent_id: UUID) -> bool:
        """Is it worth waiting for this agent? They are signed in, serve the tenant and the channel."""
        agent = self.agents.get(agent_id)
        return (
            agent is not None
            and agent.signed_in
            and not agent.leaving
            and agent.capacity.get(contact.channel, 0) > 0
            and serves(agent, contact.tenant_id)
        )

    def works(self, agent_id: UUID) -> bool:
        """Are they ready, or about to be once the contact in hand is over? Whoever takes a break is not."""
        agent = self.agents.get(agent_id)
        return agent is not None and agent.presence is AgentState.READY

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

    def queue_of(self, tenant_id: UUID, code: str) -> UUID | None:
        pool = self.codes.get((tenant_id, code))
        return pool.queue.id if pool is not None and not pool.retired else None


def serves(agent: Agent, tenant_id: UUID) -> bool:
    """Contacts of a tenant are for those who work for it."""
    return agent.home == tenant_id or any(pool.queue.tenant_id == tenant_id for pool in agent.pools)


def _take_up(agent: Agent, session: Session) -> None:
    """Go on from what PostgreSQL kept. A contact in hand, or a private call, died with the process: `engine.restore`
    says so."""
    agent.state, agent.reason, agent.seat = session.state, session.reason, session.seat
    agent.told = (session.state, session.reason, session.seat, session.interaction_id, None, None)
    private = session.state == AgentState.BUSY and session.reason == PRIVATE_CALL
    if session.state in CHOSEN and not private:
        agent.presence, agent.presence_reason = session.state, session.reason
    else:
        agent.presence, agent.presence_reason = AgentState.READY, SYSTEM_RESTART
    wish = session.pending
    if wish is not None:
        agent.presence, agent.presence_reason, agent.by, agent.wished = wish.state, wish.reason, wish.by, wish
    if agent.signed_in:
        agent.signed_in_at = session.since
