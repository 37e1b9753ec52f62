"""The directory has changed while the centre runs: queues and agents come, change and go, and no contact is dropped.

An agent who is no longer one finishes the contact in hand and then goes. Contacts of a queue that is no longer one go
to the tenant's queue for contacts that cannot be placed, at the place their arrival gives them; talks end where they
are. A tenant without any queue cannot keep contacts waiting: they are stranded, and their channel says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.routing.events import AgentState, Moved, Stranded
from yuelai.routing.model import (
    CHOSEN,
    Agent,
    AgentRecord,
    Contact,
    ContactStage,
    DirectoryChanged,
    Queue,
)

if TYPE_CHECKING:
    from yuelai.routing.engine import Turn
    from yuelai.routing.pools import Pool


def directory_changed(turn: Turn, event: DirectoryChanged) -> None:
    state = turn.state
    queues = {queue.id: queue for queue in event.queues}
    records = {record.id: record for record in event.agents}
    for queue in event.queues:
        _keep_queue(turn, queue)
    for agent in list(state.agents.values()):
        record = records.get(agent.id)
        if record is None:
            _dismiss(turn, agent)
        else:
            _update(turn, agent, record, queues)
    for pool in list(state.pools.values()):
        if pool.queue.id not in queues and not pool.retired:
            _close(turn, pool)
    for record in event.agents:
        if record.id not in state.agents:
            state.add(record, turn.now)
    _match(turn)


def _keep_queue(turn: Turn, queue: Queue) -> None:
    """Waiting contacts keep the arrival they were given: a new priority is for those who come later."""
    pool = turn.state.pools.get(queue.id)
    if pool is None:
        turn.state.open(queue)
    elif pool.queue != queue or pool.retired:
        pool.become(queue, turn.state.agents)
        turn.state.touched_queues.add(queue.id)


def _update(turn: Turn, agent: Agent, record: AgentRecord, queues: Mapping[UUID, Queue]) -> None:
    levels = {queue_id: level for queue_id, level in record.levels.items() if queue_id in queues}
    known = (agent.levels, agent.number, agent.name, agent.home, agent.places, agent.leaving)
    if known == (levels, record.number, record.name, record.home, record.places, False):
        return
    turn.leave_pools(agent)
    agent.levels, agent.number, agent.name = levels, record.number, record.name
    agent.home, agent.places, agent.leaving = record.home, record.places, False
    turn.join_pools(agent)
    turn.state.touch(agent)


def _dismiss(turn: Turn, agent: Agent) -> None:
    turn.leave_pools(agent)
    agent.levels = {}
    if agent.state not in CHOSEN and agent.state != AgentState.RINGING:
        agent.leaving, agent.pending = True, None
        turn.state.touch(agent)
        return
    if agent.state == AgentState.RINGING:
        assert agent.contact_id is not None
        turn.take_back(agent, turn.state.contacts[agent.contact_id], "agent_left")
    turn.go(agent)


def _close(turn: Turn, pool: Pool) -> None:
    """What waits or rings goes elsewhere; the pool stays as long as somebody talks whose contact came through it."""
    state = turn.state
    pool.retired = True
    state.touched_queues.add(pool.queue.id)
    for contact in [one for one in state.contacts.values() if one.queue_id == pool.queue.id]:
        if contact.stage == ContactStage.WAITING:
            pool.unwait(contact)
            _place(turn, contact, pool.queue.tenant_id)
        elif contact.stage == ContactStage.RINGING:
            _move_ringing(turn, contact, pool)
    state.drop_if_done(pool)


def _place(turn: Turn, contact: Contact, tenant_id: UUID) -> None:
    target = turn.state.fallback(tenant_id)
    if target is None:
        del turn.state.contacts[contact.id]
        turn.commands.append(Stranded(contact.id))
        return
    contact.queue_id = target.queue.id
    if contact.stage == ContactStage.WAITING:
        target.wait(contact)
        turn.state.touched_queues.add(target.queue.id)
    turn.commands.append(Moved(contact.id, target.queue.id, target.queue.code))


def _move_ringing(turn: Turn, contact: Contact, pool: Pool) -> None:
    """The offer stands, for the agent may be about to answer; only where there is no other queue it is taken back."""
    if turn.state.fallback(pool.queue.tenant_id) is None:
        assert contact.agent_id is not None
        agent = turn.state.agents[contact.agent_id]
        turn.take_back(agent, contact, "queue_closed")
        pool.unwait(contact)
        turn.become(agent, AgentState.READY, fresh=False)
    _place(turn, contact, pool.queue.tenant_id)


def _match(turn: Turn) -> None:
    """Bring together who waits and who is free, as new members and moved contacts may be side by side."""
    state = turn.state
    while True:
        pools = [pool for pool in state.pools.values() if pool.ready]
        heads = [head for pool in pools if (head := pool.next_contact()) is not None]
        if not heads:
            return
        turn.serve_contact(state.contacts[min(heads)[1]])
