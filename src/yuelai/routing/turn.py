"""One decision: the state, the instant, and the commands so far; what all subjects of the engine have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yuelai.routing import busy, explain, waiting
from yuelai.routing.capacity import SPOKEN, open_channels
from yuelai.routing.deadlines import Deadline
from yuelai.routing.events import AgentState, AgentStateChanged, AgentWished, Offer, Withdraw
from yuelai.routing.model import (
    PRIVATE_CALL,
    REMOVED,
    Agent,
    Command,
    Contact,
    ContactStage,
    Work,
    WorkStage,
    WrapupOver,
)
from yuelai.routing.state import RoutingState

RING_SECONDS = 20.0
"""For offers that come through no queue."""

RINGS_AT_MOST = 50
"""Of those who are free where all ring at once: the first in order of their idle time."""


class Turn:
    def __init__(self, state: RoutingState, now: datetime) -> None:
        self.state, self.now = state, now
        self.commands: list[Command] = []
        self.away: list[Agent] = []
        """Who signed out in this turn: nobody waits for them any more; see `waiting.nobody_left`."""

    def refresh(self, agent: Agent, *, fresh: bool = False) -> None:
        """Bring what is shown of an agent, and where they stand as free, in line with presence and work. `fresh` begins
        the idle time anew."""
        if fresh:
            agent.idle_since = self.now
        self._account(agent)
        self._show(agent)
        channels = open_channels(agent)
        if fresh or channels != agent.open:
            self.leave_lanes(agent)
            agent.open = channels
            self.join_lanes(agent)

    def _account(self, agent: Agent) -> None:
        if agent.signed_in:
            if agent.signed_in_at is None:
                agent.signed_in_at, agent.occupied_seconds = self.now, 0.0
        else:
            agent.signed_in_at = None
        if bool(agent.work) != (agent.occupied_since is not None):
            if agent.occupied_since is None:
                agent.occupied_since = self.now
            else:
                agent.occupied_seconds += (self.now - agent.occupied_since).total_seconds()
                agent.occupied_since = None

    def _show(self, agent: Agent) -> None:
        work = _most_urgent(agent)
        if work is not None:
            state, reason, interaction_id, until, by = work.shown, work.reason, work.interaction_id, work.until, None
        elif agent.private and agent.presence is AgentState.READY:
            state, reason, interaction_id, until, by = AgentState.BUSY, PRIVATE_CALL, None, None, None
        else:
            state, reason, interaction_id = agent.presence, agent.presence_reason, None
            until, by = None, agent.by
        agent.shown = work
        told = (state, reason, agent.seat, interaction_id, until, by)
        self.state.touched_agents.add(agent)
        if agent.pending != agent.wished:
            self._wishes(agent)
        if told == agent.told:
            return
        if state is not agent.state or reason != agent.reason or interaction_id != agent.told[3]:
            agent.since = self.now
        if state is not agent.state:
            for pool in agent.pools:
                pool.states[agent.state] -= 1
                pool.states[state] += 1
            if state is AgentState.OFFLINE:
                self.away.append(agent)
        agent.state, agent.reason, agent.told = state, reason, told
        self.commands.append(
            AgentStateChanged(
                at=self.now,
                tenant_id=work.tenant_id if work is not None else agent.home,
                agent_id=agent.id,
                state=state,
                reason=reason,
                seat=agent.seat,
                interaction_id=interaction_id,
                until=until,
                by=by,
            )
        )

    def _wishes(self, agent: Agent) -> None:
        agent.wished = wish = agent.pending
        self.commands.append(
            AgentWished(
                at=self.now,
                tenant_id=agent.home,
                agent_id=agent.id,
                state=wish.state if wish else None,
                reason=wish.reason if wish else "",
                by=wish.by if wish else None,
            )
        )

    def leave_lanes(self, agent: Agent) -> None:
        """The agent stands nowhere as free; `join_lanes` follows once what the lanes look at has changed."""
        if agent.entries:
            for lane, entry in agent.entries.items():
                lane.unfree(entry)
            agent.entries.clear()
            self.state.touched_pools.update(agent.pools)

    def join_lanes(self, agent: Agent) -> None:
        channels = agent.open
        if channels:
            for lane in agent.fitting:
                if lane.channel in channels:
                    lane.free(agent)
            self.state.touched_pools.update(agent.pools)

    def serve_agent(self, agent: Agent) -> None:
        """Give a free agent what comes first of all that waits for somebody like them, as long as they may take it."""
        while agent.open:
            heads = [lane.waiting[0] for lane in agent.entries if lane.waiting]
            if agent.wanted:
                mine = next((entry for entry in agent.wanted if entry[3].channel in agent.open), None)
                if mine is not None:
                    heads.append(mine)
            if not heads:
                return
            first = min(heads)
            why = explain.chosen_contact(first[3], agent, sorted(heads), self.now)
            self.offer(first[3], (agent,), why)

    def serve_contact(self, contact: Contact) -> bool:
        """Offer a waiting contact to the first agent who is free for it, if there is one."""
        step = contact.ladder[contact.step]
        if step.agents:
            free = [agent for agent in contact.wanting if contact.channel in agent.open]
            if free:
                self.offer(contact, free[:1], explain.chosen_in_person(contact, step, free, self.now))
            return bool(free)
        for lane in contact.lanes:
            if lane.ready:
                why = explain.chosen_agent(contact, lane, self.now)
                count = RINGS_AT_MOST if lane.pool.rings_all else 1
                self.offer(contact, [entry[3] for entry in lane.ready[:count]], why)
                return True
        return False

    def offer(self, contact: Contact, agents: Sequence[Agent], explanation: dict[str, Any]) -> None:
        """Ring these agents for a contact that waits, or that never did."""
        if contact.waiting is not None:
            waiting.leave(self, contact)
        contact.offers += 1
        contact.stage, contact.ringing = ContactStage.RINGING, list(agents)
        contact.agent = agents[0] if len(agents) == 1 else None
        pool = contact.pool
        seconds = pool.queue.ring_seconds if pool is not None else RING_SECONDS
        for agent in agents:
            if contact.id in agent.work:
                # It comes back to somebody who has not finished with it.
                self.commands.append(WrapupOver(contact.interaction_id, agent.id))
                self.drop_work(agent, agent.work[contact.id])
            work = self.add_work(agent, contact, WorkStage.RINGING)
            self.set_end(agent, work, seconds)
            for each in agent.pools:
                each.turn += 1
                each.turns[agent] = each.turn
            self.refresh(agent)
            self.commands.append(
                Offer(
                    contact.interaction_id,
                    agent.id,
                    agent.number,
                    agent.seat,
                    seconds,
                    explanation,
                    agent.place(contact.tenant_id),
                    contact.id,
                    contact.consult,
                )
            )

    def add_work(self, agent: Agent, contact: Contact, stage: WorkStage) -> Work:
        work = agent.work[contact.id] = Work(
            contact.id, contact.interaction_id, contact.channel, contact.tenant_id, contact.pool, stage, self.now
        )
        return work

    def drop_work(self, agent: Agent, work: Work) -> None:
        """The agent's hands are free of it; `refresh` follows."""
        self.state.deadlines.cancel(work.deadline)
        work.deadline = None
        del agent.work[work.contact_id]

    def set_end(self, agent: Agent, work: Work, seconds: float | None) -> None:
        """The work ends by itself after so many seconds from now, or not."""
        self.state.deadlines.cancel(work.deadline)
        work.deadline = work.until = None
        if seconds is not None:
            work.until = self.now + timedelta(seconds=seconds)
            work.deadline = self.state.deadlines.add(Deadline(work.until, agent=agent, work=work))

    def take_back(self, agent: Agent, contact: Contact, reason: str) -> None:
        """End an offer; `refresh` of the agent follows, and `waiting.resume` of the contact."""
        self.commands.append(Withdraw(contact.interaction_id, agent.id, reason, contact.id))
        self.drop_work(agent, agent.work[contact.id])
        contact.ringing.remove(agent)
        contact.agent = contact.ringing[0] if len(contact.ringing) == 1 else None

    def not_taken(self, agent: Agent, contact: Contact, reason: str) -> None:
        """Redirection on no answer: the agent is taken out until they say they are there."""
        self.take_back(agent, contact, reason)
        if agent.presence is AgentState.READY:
            agent.presence, agent.presence_reason, agent.by = AgentState.BUSY, busy.after(reason), None
        self.settle(agent)
        waiting.resume(self, contact)

    def settle(self, agent: Agent, *, fresh: bool = False) -> None:
        """After work is over: who is no agent any more goes when it was the last."""
        if agent.leaving and not agent.work:
            self.go(agent)
        else:
            self.refresh(agent, fresh=fresh)

    def finish_wrapup(self, agent: Agent, work: Work, *, told: bool = False) -> None:
        """`told`: whoever owns the interaction is to hear of it."""
        if told:
            self.commands.append(WrapupOver(work.interaction_id, agent.id))
        self.drop_work(agent, work)
        self.settle(agent, fresh=True)
        self.serve_agent(agent)

    def go(self, agent: Agent) -> None:
        """Somebody is no agent any more."""
        if agent.state is not AgentState.OFFLINE:
            agent.presence, agent.presence_reason, agent.by = AgentState.OFFLINE, REMOVED, None
            self.refresh(agent)
        self.away.append(agent)
        self.state.forget(agent)


def _most_urgent(agent: Agent) -> Work | None:
    """Return the work that is shown: speech before what rings, that before what is written, wrap-up last."""
    if not agent.work:
        return None
    if len(agent.work) == 1:
        return next(iter(agent.work.values()))
    return min(agent.work.values(), key=_urgency)


def _urgency(work: Work) -> tuple[int, datetime]:
    if work.stage is WorkStage.WRAPUP:
        return 3, work.since
    if work.rings:
        return 1, work.since
    return (0 if work.channel in SPOKEN else 2), work.since
