"""What agents do apart from contacts: choose a state, come and go with their seats, finish or extend a wrap-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.routing import waiting
from yuelai.routing.errors import NoWrapup, SeatInUse, SeatNotRegistered, StateNotYours, WrapupTooLong
from yuelai.routing.events import AgentState, Seat
from yuelai.routing.inputs import ExtendWrapup, Private, SeatReachable, SetState, WrapupDone
from yuelai.routing.model import CHOSEN, Agent, Contact, WorkStage

if TYPE_CHECKING:
    from yuelai.routing.turn import Turn


def set_state(turn: Turn, event: SetState) -> None:
    agent = turn.state.agent(event.agent_id)
    if event.state not in CHOSEN:
        raise StateNotYours(state=event.state.value)
    seat = event.seat or agent.seat
    if agent.work:
        _while_working(turn, agent, event, seat)
        return
    if event.state == AgentState.READY and seat not in agent.reachable:
        raise SeatNotRegistered(seat=seat.value)
    if (agent.presence, agent.presence_reason, agent.seat) == (event.state, event.reason, seat):
        return
    fresh = agent.presence is not AgentState.READY or seat is not agent.seat
    agent.seat = seat
    _choose(turn, agent, event)
    turn.refresh(agent, fresh=fresh and event.state == AgentState.READY)
    turn.serve_agent(agent)


def _choose(turn: Turn, agent: Agent, event: SetState) -> None:
    agent.presence, agent.presence_reason, agent.by = event.state, event.reason, event.by
    agent.forced_at = turn.now if event.by is not None else None


def _while_working(turn: Turn, agent: Agent, event: SetState, seat: Seat) -> None:
    """What is in hand goes on; what only rings does not keep somebody who wants to go."""
    if seat is not agent.seat:
        raise SeatInUse(seat=agent.seat.value)
    wrapups = [work for work in agent.work.values() if work.stage is WorkStage.WRAPUP]
    only_wrapup = len(wrapups) == len(agent.work)
    given_back: list[Contact] = []
    if event.state != AgentState.READY:
        given_back = _give_back(turn, agent, "agent_left")
    _choose(turn, agent, event)
    turn.refresh(agent)
    if only_wrapup and (event.state == AgentState.READY or event.by is not None):
        for work in wrapups:
            turn.finish_wrapup(agent, work, told=True)
    for contact in given_back:
        waiting.resume(turn, contact)
    turn.serve_agent(agent)


def _give_back(turn: Turn, agent: Agent, reason: str) -> list[Contact]:
    """What rings at the agent rings no more; return the contacts, of which `waiting.resume` is to hear."""
    contacts = [turn.state.contacts[work.contact_id] for work in list(agent.work.values()) if work.rings]
    for contact in contacts:
        turn.take_back(agent, contact, reason)
    return contacts


def seat_reachable(turn: Turn, event: SeatReachable) -> None:
    agent = turn.state.agent(event.agent_id)
    (agent.reachable.add if event.reachable else agent.reachable.discard)(event.seat)
    given_back: list[Contact] = []
    if not event.reachable and agent.seat is event.seat:
        given_back = _give_back(turn, agent, "seat_lost")
    turn.refresh(agent)
    for contact in given_back:
        waiting.resume(turn, contact)
    turn.serve_agent(agent)


def private(turn: Turn, event: Private) -> None:
    agent = turn.state.agent(event.agent_id)
    if agent.private == event.on:
        return
    agent.private = event.on
    turn.refresh(agent, fresh=not event.on)
    turn.serve_agent(agent)


def wrapup_done(turn: Turn, event: WrapupDone) -> None:
    agent = turn.state.agents.get(event.agent_id)
    if agent is None:
        return
    for work in list(agent.work.values()):
        if work.stage is WorkStage.WRAPUP and event.contact_id in (None, work.contact_id):
            turn.finish_wrapup(agent, work)


def extend_wrapup(turn: Turn, event: ExtendWrapup) -> None:
    agent = turn.state.agent(event.agent_id)
    wrapups = (one for one in agent.work.values() if one.stage is WorkStage.WRAPUP)
    work = next((one for one in wrapups if event.contact_id in (None, one.contact_id)), None)
    if work is None or work.until is None:
        raise NoWrapup()
    limit = work.pool.queue.extend_seconds if work.pool is not None else 0.0
    seconds = min(event.seconds, limit - work.extended)
    if seconds <= 0:
        raise WrapupTooLong(seconds=limit)
    work.extended += seconds
    turn.set_end(agent, work, (work.until - turn.now).total_seconds() + seconds)
    turn.refresh(agent)


def dismiss(turn: Turn, agent: Agent) -> None:
    """Somebody is no agent any more: finishes what is in hand, then goes."""
    turn.leave_lanes(agent)
    agent.levels = {}
    turn.state.enrol(agent)
    agent.leaving = True
    given_back = _give_back(turn, agent, "agent_left")
    turn.settle(agent)
    for contact in given_back:
        waiting.resume(turn, contact)
