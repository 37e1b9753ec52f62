"""decide(state, event, now): who serves whom. No I/O, no clock, no randomness: the same events give the same commands.

The state is changed in place and handed back. An event that cannot be is refused before anything has changed.

Kept true between any two events: no free agent of a queue stays beside a waiting contact of that queue. So a contact
that comes either finds free agents and no others waiting, or waits; and each event makes at most a few matches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yuelai.routing import explain
from yuelai.routing.change import directory_changed
from yuelai.routing.errors import AlreadyRouted, OfferGone, SeatInUse, SeatNotRegistered, StateNotYours
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Seat, Withdraw
from yuelai.routing.matching import virtual_arrival
from yuelai.routing.model import (
    CHOSEN,
    CONTACT_GONE,
    IN_CONTACT,
    REMOVED,
    RONA,
    Accepted,
    Agent,
    Command,
    Contact,
    ContactStage,
    DirectoryChanged,
    Enqueue,
    Event,
    Held,
    Left,
    Pending,
    Refused,
    Released,
    SeatReachable,
    SetState,
    TimePassed,
    WrapupDone,
    WrapupOver,
)
from yuelai.routing.state import RoutingState


def decide(state: RoutingState, event: Event, now: datetime) -> tuple[RoutingState, list[Command]]:
    """Return the state and what is to be done, in order. Raises the refusals of `routing.errors`."""
    turn = Turn(state, now)
    _HANDLERS[type(event)](turn, event)
    return state, turn.commands


def next_deadline(state: RoutingState) -> datetime | None:
    """Return when `TimePassed` is needed next, if nothing else happens."""
    return state.next_deadline()


def restore(state: RoutingState, now: datetime) -> list[Command]:
    """After a start: agents who were in a contact that died with the process are free again; the others stay."""
    turn = Turn(state, now)
    for agent in state.agents.values():
        if agent.state not in CHOSEN:
            agent.contact_id = None
            turn.become(agent, AgentState.READY, "system_restart")
    return turn.commands


class Turn:
    """One decision: the state, the instant, and the commands so far."""

    def __init__(self, state: RoutingState, now: datetime) -> None:
        self.state, self.now = state, now
        self.commands: list[Command] = []

    def become(
        self, agent: Agent, to: AgentState, reason: str = "", *, seconds: float | None = None, fresh: bool = True
    ) -> None:
        """Change an agent's state. `seconds` sets its deadline; `fresh` begins its idle time anew."""
        self.leave_pools(agent)
        agent.state, agent.reason, agent.since = to, reason, self.now
        if fresh and to == AgentState.READY:
            agent.idle_since = self.now
        self.state.set_deadline(agent, self.now + timedelta(seconds=seconds) if seconds is not None else None)
        self.commands.append(
            AgentStateChanged(
                at=self.now,
                tenant_id=agent.serving or agent.home,
                agent_id=agent.id,
                state=to,
                reason=reason,
                seat=agent.seat,
                interaction_id=agent.contact_id,
                until=agent.until,
            )
        )
        self.join_pools(agent)
        self.state.touch(agent)

    def leave_pools(self, agent: Agent) -> None:
        if agent.available:
            for queue_id in agent.levels:
                self.state.pools[queue_id].unfree(agent)
            self.state.touch_queues(agent.levels)

    def join_pools(self, agent: Agent) -> None:
        if agent.available:
            for queue_id in agent.levels:
                self.state.pools[queue_id].free(agent)
            self.state.touch_queues(agent.levels)

    def set_reachable(self, agent: Agent, event: SeatReachable) -> None:
        self.leave_pools(agent)
        (agent.reachable.add if event.reachable else agent.reachable.discard)(event.seat)
        self.join_pools(agent)
        self.state.touch(agent)

    def change_seat(self, agent: Agent, seat: Seat) -> None:
        self.leave_pools(agent)
        agent.seat = seat
        self.join_pools(agent)

    def serve_agent(self, agent: Agent) -> None:
        """Give a free agent the contact that comes first among the agent's queues."""
        if not agent.available:
            return
        heads = sorted(
            head for queue_id in agent.levels if (head := self.state.pools[queue_id].next_contact()) is not None
        )
        if not heads:
            return
        contacts = [self.state.contacts[contact_id] for _, contact_id in heads]
        queues = [self.state.pools[contact.queue_id].queue for contact in contacts]
        contacts[0].offers += 1
        why = explain.chosen_contact(contacts[0], queues[0], agent, list(zip(contacts, queues, strict=True)), self.now)
        self._offer(agent, contacts[0], why)

    def serve_contact(self, contact: Contact) -> None:
        """Offer a waiting contact to the first free agent of its queue, if there is one."""
        pool = self.state.pools[contact.queue_id]
        first = [self.state.agents[agent_id] for agent_id in pool.first_agents(explain.SHOWN)]
        if first:
            contact.offers += 1
            self._offer(first[0], contact, explain.chosen_agent(contact, pool.queue, first, pool.ready, self.now))

    def _offer(self, agent: Agent, contact: Contact, explanation: dict[str, Any]) -> None:
        pool = self.state.pools[contact.queue_id]
        pool.unwait(contact)
        self.state.touched_queues.add(contact.queue_id)
        contact.stage, contact.agent_id = ContactStage.RINGING, agent.id
        agent.contact_id, agent.serving = contact.id, pool.queue.tenant_id
        self.become(agent, AgentState.RINGING, seconds=pool.queue.ring_seconds)
        self.commands.append(
            Offer(
                contact.id,
                agent.id,
                agent.number,
                agent.seat,
                pool.queue.ring_seconds,
                explanation,
                agent.place(pool.queue.tenant_id),
            )
        )

    def take_back(self, agent: Agent, contact: Contact, reason: str) -> None:
        """End an offer: the contact is at its old place in the queue again, the agent free of it."""
        self.commands.append(Withdraw(contact.id, agent.id, reason))
        agent.contact_id = agent.serving = None
        contact.stage, contact.agent_id = ContactStage.WAITING, None
        self.state.pools[contact.queue_id].wait(contact)
        self.state.touched_queues.add(contact.queue_id)

    def finish_wrapup(self, agent: Agent) -> None:
        """The agent gets what was asked for during the contact, or is ready."""
        wanted, agent.pending = agent.pending or Pending(AgentState.READY, ""), None
        agent.contact_id = agent.serving = None
        if agent.leaving:
            self.go(agent)
            return
        self.become(agent, wanted.state, wanted.reason)
        self.serve_agent(agent)

    def go(self, agent: Agent) -> None:
        """Somebody is no agent any more."""
        if agent.state != AgentState.OFFLINE:
            self.become(agent, AgentState.OFFLINE, REMOVED)
        self.state.forget(agent)


def _set_state(turn: Turn, event: SetState) -> None:
    agent = turn.state.agent(event.agent_id)
    if event.state not in CHOSEN:
        raise StateNotYours(state=event.state.value)
    seat = event.seat or agent.seat
    if agent.state in CHOSEN:
        if event.state == AgentState.READY and seat not in agent.reachable:
            raise SeatNotRegistered(seat=seat.value)
        if (agent.state, agent.reason, agent.seat) == (event.state, event.reason, seat):
            return
        _choose(turn, agent, event)
        return
    if seat != agent.seat:
        raise SeatInUse(seat=agent.seat.value)
    turn.state.touch(agent)
    if agent.state == AgentState.RINGING:
        if event.state != AgentState.READY:
            contact = turn.state.contacts[_contact_of(agent)]
            turn.take_back(agent, contact, "agent_left")
            turn.become(agent, event.state, event.reason)
            turn.serve_contact(contact)
    elif agent.state == AgentState.WRAPUP and event.state == AgentState.READY:
        agent.pending = None
        turn.commands.append(WrapupOver(_contact_of(agent), agent.id))
        turn.finish_wrapup(agent)
    else:
        agent.pending = None if event.state == AgentState.READY else Pending(event.state, event.reason)


def _choose(turn: Turn, agent: Agent, event: SetState) -> None:
    fresh = agent.state != AgentState.READY
    if event.seat is not None and event.seat != agent.seat:
        turn.change_seat(agent, event.seat)
    turn.become(agent, event.state, event.reason, fresh=fresh)
    turn.serve_agent(agent)


def _seat_reachable(turn: Turn, event: SeatReachable) -> None:
    agent = turn.state.agent(event.agent_id)
    turn.set_reachable(agent, event)
    if event.reachable:
        turn.serve_agent(agent)
    elif agent.state == AgentState.RINGING and agent.seat == event.seat:
        contact = turn.state.contacts[_contact_of(agent)]
        turn.take_back(agent, contact, "seat_lost")
        turn.become(agent, AgentState.READY, fresh=False)
        turn.serve_contact(contact)


def _enqueue(turn: Turn, event: Enqueue) -> None:
    queue = turn.state.pool(event.queue_id).queue
    if event.interaction_id in turn.state.contacts:
        raise AlreadyRouted()
    contact = Contact(
        event.interaction_id,
        queue.id,
        event.customer_class,
        dict(event.attributes),
        enqueued_at=turn.now,
        arrival=virtual_arrival(turn.now, event.customer_class, queue.priority),
    )
    turn.state.contacts[contact.id] = contact
    turn.state.pools[queue.id].wait(contact)
    turn.state.touched_queues.add(queue.id)
    turn.serve_contact(contact)


def _left(turn: Turn, event: Left) -> None:
    contact = turn.state.contacts.get(event.interaction_id)
    if contact is None:
        return
    if contact.stage == ContactStage.TALKING:
        _release(turn, contact)
        return
    if contact.stage == ContactStage.RINGING:
        assert contact.agent_id is not None
        agent = turn.state.agents[contact.agent_id]
        turn.take_back(agent, contact, "customer_left")
        _forget(turn, contact)
        # Not the agent's doing: the agent keeps the idle time, hence the place.
        turn.become(agent, AgentState.READY, fresh=False)
        turn.serve_agent(agent)
    else:
        _forget(turn, contact)


def _forget(turn: Turn, contact: Contact) -> None:
    turn.state.pools[contact.queue_id].unwait(contact)
    turn.state.touched_queues.add(contact.queue_id)
    del turn.state.contacts[contact.id]


def _standing_offer(turn: Turn, interaction_id: UUID, agent_id: UUID) -> tuple[Agent, Contact]:
    contact = turn.state.contacts.get(interaction_id)
    if contact is None or contact.stage != ContactStage.RINGING or contact.agent_id != agent_id:
        raise OfferGone()
    return turn.state.agents[agent_id], contact


def _accepted(turn: Turn, event: Accepted) -> None:
    agent, contact = _standing_offer(turn, event.interaction_id, event.agent_id)
    contact.stage = ContactStage.TALKING
    turn.state.pools[contact.queue_id].talking += 1
    turn.state.touched_queues.add(contact.queue_id)
    turn.become(agent, AgentState.TALKING)


def _refused(turn: Turn, event: Refused) -> None:
    agent, contact = _standing_offer(turn, event.interaction_id, event.agent_id)
    if event.reason == CONTACT_GONE:
        _left(turn, Left(contact.id))
    else:
        _not_taken(turn, agent, contact, event.reason)


def _not_taken(turn: Turn, agent: Agent, contact: Contact, reason: str) -> None:
    """Redirection on no answer: the agent is taken out until they say they are there."""
    turn.take_back(agent, contact, reason)
    turn.become(agent, AgentState.BUSY, RONA)
    turn.serve_contact(contact)


def _held(turn: Turn, event: Held) -> None:
    contact = turn.state.contacts.get(event.interaction_id)
    if contact is None or contact.stage != ContactStage.TALKING or contact.agent_id is None:
        return
    agent = turn.state.agents[contact.agent_id]
    wanted = AgentState.HOLD if event.held else AgentState.TALKING
    if agent.state != wanted:
        turn.become(agent, wanted)


def _released(turn: Turn, event: Released) -> None:
    _left(turn, Left(event.interaction_id))


def _release(turn: Turn, contact: Contact) -> None:
    assert contact.agent_id is not None
    agent = turn.state.agents[contact.agent_id]
    pool = turn.state.pools[contact.queue_id]
    pool.talking -= 1
    turn.state.touched_queues.add(contact.queue_id)
    del turn.state.contacts[contact.id]
    turn.state.drop_if_done(pool)
    if pool.queue.wrapup_seconds > 0:
        turn.become(agent, AgentState.WRAPUP, seconds=pool.queue.wrapup_seconds)
    else:
        turn.commands.append(WrapupOver(contact.id, agent.id))
        turn.finish_wrapup(agent)


def _wrapup_done(turn: Turn, event: WrapupDone) -> None:
    agent = turn.state.agents.get(event.agent_id)
    if agent is not None and agent.state == AgentState.WRAPUP and event.interaction_id in (None, agent.contact_id):
        turn.finish_wrapup(agent)


def _time_passed(turn: Turn, event: TimePassed) -> None:
    while (agent := turn.state.due(turn.now)) is not None:
        if agent.state == AgentState.RINGING:
            _not_taken(turn, agent, turn.state.contacts[_contact_of(agent)], "no_answer")
        else:
            turn.commands.append(WrapupOver(_contact_of(agent), agent.id))
            turn.finish_wrapup(agent)


def _contact_of(agent: Agent) -> UUID:
    assert agent.contact_id is not None, f"an agent in {agent.state} has a contact"
    assert agent.state in IN_CONTACT or agent.state == AgentState.WRAPUP
    return agent.contact_id


_HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    SetState: _set_state,
    SeatReachable: _seat_reachable,
    Enqueue: _enqueue,
    Left: _left,
    Accepted: _accepted,
    Refused: _refused,
    Held: _held,
    Released: _released,
    WrapupDone: _wrapup_done,
    TimePassed: _time_passed,
    DirectoryChanged: directory_changed,
}
