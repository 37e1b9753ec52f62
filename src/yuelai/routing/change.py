"""The directory has changed while the centre runs: queues and agents come, change and go, and no contact is dropped.

An agent who is no longer one finishes the contact in hand and then goes. Contacts of a queue that is no longer one go
to the tenant's queue for contacts that cannot be placed, at the place their arrival gives them; talks end where they
are. A tenant without any queue cannot keep contacts waiting: they are stranded, and their channel says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.routing import sessions, waiting
from yuelai.routing.events import Moved, Stranded
from yuelai.routing.inputs import DirectoryChanged
from yuelai.routing.lanes import remove
from yuelai.routing.model import Agent, AgentRecord, Contact, ContactStage, Queue

if TYPE_CHECKING:
    from yuelai.routing.pools import Pool
    from yuelai.routing.turn import Turn


def directory_changed(turn: Turn, event: DirectoryChanged) -> None:
    state = turn.state
    queues = {queue.id: queue for queue in event.queues}
    records = {record.id: record for record in event.agents}
    for queue in event.queues:
        _keep_queue(turn, queue)
    closing = [pool for pool in state.pools.values() if pool.queue.id not in queues and not pool.retired]
    for pool in closing:
        pool.retired = True
    state.index_codes()
    # Who is dismissed gives back what rings; nobody may be offered it before all queues and agents are as they will be.
    for agent in list(state.agents.values()):
        record = records.get(agent.id)
        if record is not None:
            _update(turn, agent, record, queues)
    for agent in list(state.agents.values()):
        if agent.id not in records:
            sessions.dismiss(turn, agent)
    for pool in closing:
        _close(turn, pool)
    for record in event.agents:
        if record.id not in state.agents:
            state.add(record, turn.now)
    for contact in state.contacts.values():
        # A queue that helps may have opened again.
        if contact.waiting is not None and len(contact.ladder[contact.step].queues) > len(contact.lanes):
            waiting.enter_again(turn, contact)
    _match(turn)
    for pool in list(state.pools.values()):
        waiting.empty(turn, pool)


def _keep_queue(turn: Turn, queue: Queue) -> None:
    """Waiting contacts keep the arrival they were given and the ladder: what is new is for those who come later."""
    pool = turn.state.pools.get(queue.id)
    if pool is None:
        turn.state.open(queue)
    elif pool.queue != queue or pool.retired:
        pool.become(queue)
        turn.state.touched_pools.add(pool)


def _update(turn: Turn, agent: Agent, record: AgentRecord, queues: Mapping[UUID, Queue]) -> None:
    levels = {queue_id: level for queue_id, level in record.levels.items() if queue_id in queues}
    known = (agent.levels, agent.number, agent.name, agent.home, agent.places, agent.skills, agent.capacity)
    fresh = (levels, record.number, record.name, record.home, record.places, record.skills, record.capacity)
    agent.wrapup_seconds, agent.auto_answer = record.wrapup_seconds, record.auto_answer
    if known == fresh and agent.positions == record.positions and not agent.leaving:
        return
    turn.leave_lanes(agent)
    agent.leaving = False
    turn.state.describe(agent, record)
    agent.open = ()
    turn.state.enrol(agent)
    turn.refresh(agent)


def _close(turn: Turn, pool: Pool) -> None:
    """What waits or rings goes elsewhere; the pool stays as long as somebody talks whose contact came through it."""
    state = turn.state
    state.touched_pools.add(pool)
    for lane in pool.lanes.values():
        # Those of other queues, whose overflow this was, wait on in theirs.
        for entry in list(lane.waiting):
            if entry[3].pool is not pool:
                remove(lane.waiting, entry)
                entry[3].lanes.remove(lane)
    for contact in [one for one in state.contacts.values() if one.pool is pool]:
        if contact.stage is ContactStage.WAITING:
            waiting.leave(turn, contact)
            _place(turn, contact, pool.queue.tenant_id)
        elif contact.stage is ContactStage.RINGING:
            _move_ringing(turn, contact, pool)
    state.drop_if_done(pool)


def _place(turn: Turn, contact: Contact, tenant_id: UUID) -> None:
    target = turn.state.fallback(tenant_id)
    if target is None:
        del turn.state.contacts[contact.id]
        turn.commands.append(Stranded(contact.interaction_id, contact.id))
        return
    contact.pool = target
    for agent in contact.ringing:
        agent.work[contact.id].pool = target
    waiting.plan(turn, contact, contact.wishes)
    turn.commands.append(Moved(contact.interaction_id, target.queue.id, target.queue.code, contact.id))
    if contact.stage is ContactStage.WAITING:
        waiting.enter(turn, contact)
        waiting.advance(turn, contact)


def _move_ringing(turn: Turn, contact: Contact, pool: Pool) -> None:
    """The offer stands, for the agent may be about to answer; only where there is no other queue it is taken back."""
    if turn.state.fallback(pool.queue.tenant_id) is None:
        for agent in list(contact.ringing):
            turn.take_back(agent, contact, "queue_closed")
            turn.settle(agent)
    _place(turn, contact, pool.queue.tenant_id)


def _match(turn: Turn) -> None:
    """Bring together who waits and who is free, as new members and moved contacts may be side by side."""
    state = turn.state
    while True:
        heads = [
            lane.waiting[0]
            for pool in state.pools.values()
            for lane in pool.lanes.values()
            if lane.waiting and lane.ready
        ]
        heads += [
            entry for agent in state.agents.values() for entry in agent.wanted[:1] if entry[3].channel in agent.open
        ]
        if not heads:
            return
        turn.serve_contact(min(heads)[3])
