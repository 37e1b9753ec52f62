"""The live documents `agent/{id}` and `queue/{id}` of docs/architecture.md, with each agent's figures of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yuelai.platform.clock import Clock
from yuelai.platform.live import Document, LiveStore, permitted
from yuelai.routing.events import AgentState, AgentStateChanged, Seat
from yuelai.routing.model import Agent, AgentRecord, Command, Queue
from yuelai.routing.pools import Pool
from yuelai.routing.state import RoutingState

HANDLING = frozenset({AgentState.TALKING, AgentState.HOLD, AgentState.WRAPUP})
Shown = tuple[str, Document, frozenset[str]]


@dataclass
class Today:
    """An agent's figures of one local day. Handling is talk, hold and wrap-up; `handling_since` while it lasts."""

    day: date
    answered: int = 0
    handle_seconds: float = 0.0
    handling_since: datetime | None = None
    contacts: set[UUID] = field(default_factory=set)
    """Those counted in `answered` since the process began."""

    def document(self) -> dict[str, Any]:
        average = self.handle_seconds / self.answered if self.answered else None
        return {
            "answered": self.answered,
            "handle_seconds": round(self.handle_seconds, 1),
            "average_handle_seconds": round(average, 1) if average is not None else None,
        }


class Documents:
    """Builds documents when a decision is made and shows them when it is carried out."""

    def __init__(self, live: LiveStore, clock: Clock) -> None:
        self._live, self._clock = live, clock
        self._today: dict[UUID, Today] = {}

    def load(self, agents: Iterable[AgentRecord], queues: Iterable[Queue], now: datetime) -> None:
        """Take over the figures that PostgreSQL counted for the local day of `now`."""
        day = now.astimezone().date()
        self._today = {record.id: Today(day, record.answered_today, record.handle_seconds_today) for record in agents}

    def changed(self, state: RoutingState, commands: Iterable[Command]) -> list[Shown]:
        """Return the fresh documents of everything the last decision touched."""
        for command in commands:
            if isinstance(command, AgentStateChanged):
                self._count(command)
        shown: list[Shown] = []
        for agent_id in sorted(state.touched_agents):
            agent = state.agents[agent_id]
            audience = frozenset({f"person:{agent.id}", permitted(agent.tenant_id, "supervision.view")})
            shown.append((f"agent/{agent.id}", self.agent(agent), audience))
        for queue_id in sorted(state.touched_queues):
            pool = state.pools[queue_id]
            shown.append((f"queue/{queue_id}", self.queue(pool), frozenset({f"tenant:{pool.queue.tenant_id}"})))
        state.touched_agents.clear()
        state.touched_queues.clear()
        return shown

    def show(self, shown: Iterable[Shown]) -> None:
        for key, document, audience in shown:
            self._live.put(key, document, audience)

    def _count(self, fact: AgentStateChanged) -> None:
        today = self._of(fact.agent_id, fact.at)
        if fact.state in HANDLING:
            if today.handling_since is None:
                today.handling_since = fact.at
            # As in PostgreSQL, a contact that comes back to the agent who lost it is not a second one.
            if (
                fact.state == AgentState.TALKING
                and fact.interaction_id is not None
                and fact.interaction_id not in today.contacts
            ):
                today.contacts.add(fact.interaction_id)
                today.answered += 1
        elif today.handling_since is not None:
            today.handle_seconds += max(0.0, (fact.at - today.handling_since).total_seconds())
            today.handling_since = None

    def _of(self, agent_id: UUID, now: datetime) -> Today:
        """Figures begin anew with each local day; a call over midnight counts for the day it ends on."""
        day = now.astimezone().date()
        today = self._today.get(agent_id)
        if today is None or day != today.day:
            today = self._today[agent_id] = Today(day, handling_since=today.handling_since if today else None)
        return today

    def agent(self, agent: Agent) -> Document:
        return {
            "id": str(agent.id),
            "number": agent.number,
            "name": agent.name,
            "state": agent.state.value,
            "reason": agent.reason,
            "since": agent.since.isoformat(),
            "seat": agent.seat.value,
            "registered": {seat.value: seat in agent.reachable for seat in Seat},
            "interaction_id": str(agent.contact_id) if agent.contact_id else None,
            "until": agent.until.isoformat() if agent.until else None,
            "pending": {"state": agent.pending.state.value, "reason": agent.pending.reason} if agent.pending else None,
            "today": self._of(agent.id, self._clock.now()).document(),
        }

    def queue(self, pool: Pool) -> Document:
        return {
            **pool.queue.reference(),
            "waiting": pool.waiting,
            "longest_since": pool.longest_since.isoformat() if pool.longest_since else None,
            "ready": pool.ready,
            "talking": pool.talking,
        }
