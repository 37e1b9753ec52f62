"""decide(state, event, now): who serves whom. No I/O, no clock, no randomness: the same events give the same commands.

The state is changed in place and handed back. An event that cannot be is refused before anything has changed.

Kept true between any two events: nobody who is free for it stays beside a waiting contact, as its present step says who
may serve it. So a contact that comes either finds free agents and no others waiting for them, or waits; and each event
makes at most a few matches. `turn` has what all subjects share, `waiting` the contacts that wait, `sessions` the agents
apart from contacts, `change` the directory; here is a contact with its agent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from yuelai.routing import explain, sessions, waiting
from yuelai.routing.capacity import admits, seated
from yuelai.routing.change import directory_changed
from yuelai.routing.errors import AgentNotFree, AlreadyRouted, NoSuchAgent, NoSuchContact, OfferGone
from yuelai.routing.events import AgentState
from yuelai.routing.inputs import (
    NO_WISHES,
    Accepted,
    Begin,
    Consult,
    Consulting,
    DirectoryChanged,
    Enqueue,
    Event,
    ExtendWrapup,
    HandOver,
    Held,
    Left,
    Private,
    Refused,
    Released,
    SeatReachable,
    SetState,
    TimePassed,
    WrapupDone,
)
from yuelai.routing.matching import virtual_arrival
from yuelai.routing.model import (
    CONTACT_GONE,
    Agent,
    Command,
    Contact,
    ContactStage,
    Wishes,
    Work,
    WorkStage,
    WrapupOver,
)
from yuelai.routing.pools import Pool
from yuelai.routing.state import RoutingState, serves
from yuelai.routing.turn import Turn

WRAPUP_SECONDS = 30.0
"""After a call that the agent made for no queue."""


def decide(state: RoutingState, event: Event, now: datetime) -> tuple[RoutingState, list[Command]]:
    """Return the state and what is to be done, in order. Raises the refusals of `routing.errors`."""
    turn = Turn(state, now)
    _HANDLERS[type(event)](turn, event)
    while turn.away:
        waiting.nobody_left(turn)
    return state, turn.commands


def next_deadline(state: RoutingState) -> datetime | None:
    """Return when `TimePassed` is needed next, if nothing else happens."""
    return state.deadlines.next()


def restore(state: RoutingState, now: datetime) -> list[Command]:
    """After a start: agents who were in a contact that died with the process are free again; the others stay."""
    turn = Turn(state, now)
    for agent in state.agents.values():
        turn.refresh(agent)
    turn.away.clear()
    return turn.commands


def _consult(turn: Turn, event: Consult) -> None:
    state = turn.state
    if event.contact_id in state.contacts:
        raise AlreadyRouted()
    if event.agent_id is not None:
        agent = state.agent(event.agent_id)
        if not serves(agent, event.tenant_id):
            raise NoSuchAgent()
        if agent.id == event.by or not _can_talk(agent):
            raise AgentNotFree()
        contact = _new(turn, event.contact_id, event.interaction_id, event.tenant_id, None, consult=True)
        turn.offer(contact, (agent,), explain.asked_by_name(agent))
        return
    assert event.queue_id is not None, "an agent or a queue is asked"
    pool = state.pool(event.queue_id)
    wishes = Wishes(without=frozenset({event.by}))
    contact = _new(turn, event.contact_id, event.interaction_id, event.tenant_id, pool, wishes, consult=True)
    contact.arrival = virtual_arrival(turn.now, contact.customer_class, pool.queue.priority)
    waiting.begin(turn, contact)


def _begin(turn: Turn, event: Begin) -> None:
    state = turn.state
    if event.contact_id in state.contacts:
        raise AlreadyRouted()
    agent = state.agent(event.agent_id)
    if agent.presence is AgentState.OFFLINE or agent.leaving or agent.private or not admits(agent, event.channel):
        raise AgentNotFree()
    pool = state.pool(event.queue_id) if event.queue_id is not None else None
    wishes = Wishes(channel=event.channel)
    contact = _new(turn, event.contact_id, event.interaction_id, event.tenant_id, pool, wishes)
    work = turn.add_work(agent, contact, WorkStage.TALKING)
    work.reason = "outbound"
    _talks(turn, contact, agent)
    turn.refresh(agent)


def _can_talk(agent: Agent) -> bool:
    """May somebody be put through who asks for this agent by name? A break does not forbid it, a call does."""
    there = agent.presence in (AgentState.READY, AgentState.BUSY) and not agent.private and not agent.leaving
    return there and seated(agent, "voice") and admits(agent, "voice")


def _new(
    turn: Turn,
    contact_id: UUID,
    interaction_id: UUID,
    tenant_id: UUID,
    pool: Pool | None,
    wishes: Wishes = NO_WISHES,
    *,
    consult: bool = False,
) -> Contact:
    """A contact that comes by no customer's call."""
    contact = turn.state.contacts[contact_id] = Contact(
        contact_id,
        interaction_id,
        tenant_id,
        pool,
        wishes.channel,
        "normal",
        {},
        wishes,
        turn.state.serial(),
        enqueued_at=turn.now,
        entered_at=turn.now,
        arrival=turn.now.timestamp(),
        consult=consult,
    )
    return contact


def _talks(turn: Turn, contact: Contact, agent: Agent) -> None:
    contact.stage, contact.agent, contact.ringing = ContactStage.TALKING, agent, []
    if contact.pool is not None:
        contact.pool.talking += 1
        turn.state.touched_pools.add(contact.pool)


def _standing_offer(turn: Turn, contact_id: UUID, agent_id: UUID) -> tuple[Agent, Contact]:
    contact = turn.state.contacts.get(contact_id)
    if contact is None or contact.stage is not ContactStage.RINGING:
        raise OfferGone()
    for agent in contact.ringing:
        if agent.id == agent_id:
            return agent, contact
    raise OfferGone()


def _accepted(turn: Turn, event: Accepted) -> None:
    agent, contact = _standing_offer(turn, event.contact_id, event.agent_id)
    others = [one for one in contact.ringing if one is not agent]
    for other in others:
        turn.take_back(other, contact, "taken")
    work = agent.work[contact.id]
    work.stage, work.since = WorkStage.TALKING, turn.now
    turn.set_end(agent, work, None)
    _talks(turn, contact, agent)
    turn.refresh(agent)
    _free_again(turn, others)
    turn.serve_agent(agent)


def _free_again(turn: Turn, agents: list[Agent]) -> None:
    """An offer ended that was not the agents' doing: they keep the idle time, hence the place."""
    for agent in agents:
        turn.settle(agent)
    for agent in agents:
        turn.serve_agent(agent)


def _refused(turn: Turn, event: Refused) -> None:
    agent, contact = _standing_offer(turn, event.contact_id, event.agent_id)
    if event.reason == CONTACT_GONE:
        _left(turn, Left(contact.id))
    else:
        turn.not_taken(agent, contact, event.reason)


def _left(turn: Turn, event: Left | Released) -> None:
    contact = turn.state.contacts.get(event.contact_id)
    if contact is None:
        return
    if contact.stage is ContactStage.TALKING:
        _release(turn, contact)
        return
    ringing = list(contact.ringing)
    for agent in ringing:
        turn.take_back(agent, contact, "customer_left")
    waiting.forget(turn, contact)
    _free_again(turn, ringing)


def _release(turn: Turn, contact: Contact) -> None:
    agent = contact.agent
    assert agent is not None
    del turn.state.contacts[contact.id]
    if contact.pool is not None:
        contact.pool.talking -= 1
        turn.state.touched_pools.add(contact.pool)
        turn.state.drop_if_done(contact.pool)
    _wrap_up(turn, agent, agent.work[contact.id], none=contact.consult)


def _wrap_up(turn: Turn, agent: Agent, work: Work, *, none: bool = False) -> None:
    """Who was only asked for advice has nothing to wrap up."""
    seconds = agent.wrapup_seconds
    if seconds is None:
        seconds = work.pool.queue.wrapup_seconds if work.pool is not None else WRAPUP_SECONDS
    if none:
        turn.finish_wrapup(agent, work)
    elif seconds > 0:
        work.stage, work.since, work.reason = WorkStage.WRAPUP, turn.now, ""
        work.held = work.consulting = False
        turn.set_end(agent, work, seconds)
        turn.refresh(agent)
        turn.serve_agent(agent)
    else:
        turn.finish_wrapup(agent, work, told=True)


def _hand_over(turn: Turn, event: HandOver) -> None:
    contacts = turn.state.contacts
    contact, consult = contacts.get(event.contact_id), contacts.get(event.consult_id)
    if contact is None or consult is None or not consult.consult:
        raise NoSuchContact()
    if contact.stage is not ContactStage.TALKING or consult.stage is not ContactStage.TALKING:
        raise NoSuchContact()
    old, new = contact.agent, consult.agent
    assert old is not None
    assert new is not None
    work, theirs = old.work[contact.id], new.work.pop(consult.id)
    if contact.id in new.work:
        turn.commands.append(WrapupOver(contact.interaction_id, new.id))
        turn.drop_work(new, new.work[contact.id])
    theirs.contact_id, theirs.interaction_id, theirs.pool = contact.id, contact.interaction_id, contact.pool
    theirs.held = theirs.consulting = False
    new.work[contact.id] = theirs
    contact.agent = new
    del contacts[consult.id]
    if consult.pool is not None:
        consult.pool.talking -= 1
        turn.state.touched_pools.add(consult.pool)
        turn.state.drop_if_done(consult.pool)
    turn.refresh(new)
    _wrap_up(turn, old, work)


def _held(turn: Turn, event: Held) -> None:
    found = _in_talk(turn, event.contact_id)
    if found is not None:
        agent, work = found
        work.held = event.held
        turn.refresh(agent)


def _consulting(turn: Turn, event: Consulting) -> None:
    found = _in_talk(turn, event.contact_id)
    if found is not None:
        agent, work = found
        work.consulting = event.on
        turn.refresh(agent)


def _in_talk(turn: Turn, contact_id: UUID) -> tuple[Agent, Work] | None:
    contact = turn.state.contacts.get(contact_id)
    if contact is None or contact.stage is not ContactStage.TALKING or contact.agent is None:
        return None
    return contact.agent, contact.agent.work[contact.id]


def _time_passed(turn: Turn, event: TimePassed) -> None:
    while (deadline := turn.state.deadlines.due(turn.now)) is not None:
        agent, work, contact = deadline.agent, deadline.work, deadline.contact
        if contact is not None:
            contact.deadline = None
            waiting.advance(turn, contact)
        elif agent is not None and work is not None:
            if work.rings:
                turn.not_taken(agent, turn.state.contacts[work.contact_id], "no_answer")
            else:
                turn.finish_wrapup(agent, work, told=True)
        if turn.away:
            waiting.nobody_left(turn)


_HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    SetState: sessions.set_state,
    SeatReachable: sessions.seat_reachable,
    Private: sessions.private,
    WrapupDone: sessions.wrapup_done,
    ExtendWrapup: sessions.extend_wrapup,
    Enqueue: waiting.enqueue,
    Consult: _consult,
    Begin: _begin,
    HandOver: _hand_over,
    Left: _left,
    Accepted: _accepted,
    Refused: _refused,
    Held: _held,
    Consulting: _consulting,
    Released: _left,
    TimePassed: _time_passed,
    DirectoryChanged: directory_changed,
}
