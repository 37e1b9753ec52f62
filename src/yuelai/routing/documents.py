"""The live documents `agent/{id}` and `queue/{id}` of docs/architecture.md, with each agent's figures of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yuelai.platform.clock import Clock
from yuelai.platform.live import Document, LiveStore, View, watching
from yuelai.routing.events import AgentState, AgentStateChanged, Seat
from yuelai.routing.model import Agent, AgentRecord, Command, Work
from yuelai.routing.pools import Pool
from yuelai.routing.state import RoutingState

HANDLING = frozenset({AgentState.TALKING, AgentState.HOLD, AgentState.CONSULT, AgentState.WRAPUP})
Shown = tuple[str, list[View]]
"""A key and what each audience is shown; nothing when the document is gone."""


@dataclass
class Today:
    """An agent's figures of one local day. Handling is talk, hold and wrap-up; `handling_since` while it lasts."""

    day: date
    answered: int = 0
    handle_seconds: float = 0.0
    handling_since: datetime | None = None
    contacts: set[UUID] = field(default_factory=set)
    """Those counted in `answered` since the process began."""


class Documents:
    """Builds documents when a decision is made and shows them when it is carried out."""

    def __init__(self, live: LiveStore, clock: Clock) -> None:
        self._live, self._clock = live, clock
        self._today: dict[UUID, dict[UUID, Today]] = {}
        """By agent and tenant."""

    def know(self, agents: Iterable[AgentRecord], now: datetime) -> None:
        """Take over the figures that PostgreSQL counted for the local day of `now`, of agents who are new here."""
        day = now.astimezone().date()
        for record in agents:
            if record.id not in self._today:
                self._today[record.id] = {
                    tenant_id: Today(day, figures.answered, figures.handle_seconds)
                    for tenant_id, figures in record.figures.items()
                }

    def changed(self, state: RoutingState, commands: Iterable[Command]) -> list[Shown]:
        """Return the fresh documents of everything the last decision touched."""
        for command in commands:
            if isinstance(command, AgentStateChanged):
                self._count(command)
        shown: list[Shown] = []
        for agent in sorted(state.touched_agents, key=lambda one: one.serial):
            shown.append((f"agent/{agent.id}", self._views(agent) if agent.id in state.agents else []))
        for pool in sorted(state.touched_pools, key=lambda one: one.queue.id):
            views = [View(frozenset({f"tenant:{pool.queue.tenant_id}"}), self.queue(pool))]
            shown.append((f"queue/{pool.queue.id}", [] if pool.retired else views))
        state.touched_agents.clear()
        state.touched_pools.clear()
        return shown

    def show(self, shown: Iterable[Shown]) -> None:
        for key, views in shown:
            if views:
                self._live.show(key, views)
            else:
                self._live.remove(key)

    def _views(self, agent: Agent) -> list[View]:
        """The person sees everything. Leaders of each tenant the agent serves see the agent's state and what concerns
        their own tenant: never another one's contact or figures."""
        tenants = {pool.queue.tenant_id for pool in agent.pools}
        tenants.update(work.tenant_id for work in agent.work.values())
        views = [View(frozenset({f"person:{agent.id}"}), self.agent(agent))]
        for tenant_id in sorted(tenants):
            audience = watching(tenant_id, agent.place(tenant_id), "supervision.view")
            views.append(View(audience, self.agent(agent, tenant_id)))
        return views

    def _count(self, fact: AgentStateChanged) -> None:
        if fact.state in HANDLING:
            today = self._of(fact.agent_id, fact.tenant_id, fact.at)
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
            return
        for tenant_id, known in self._today.get(agent_id := fact.agent_id, {}).items():
            if known.handling_since is not None:
                today = self._of(agent_id, tenant_id, fact.at)
                today.handle_seconds += max(0.0, (fact.at - known.handling_since).total_seconds())
                today.handling_since = None

    def _of(self, agent_id: UUID, tenant_id: UUID, now: datetime) -> Today:
        """Figures begin anew with each local day; a call over midnight counts for the day it ends on."""
        day = now.astimezone().date()
        of_agent = self._today.setdefault(agent_id, {})
        today = of_agent.get(tenant_id)
        if today is None or day != today.day:
            today = of_agent[tenant_id] = Today(day, handling_since=today.handling_since if today else None)
        return today

    def _figures(self, agent_id: UUID, tenant_id: UUID | None) -> dict[str, Any]:
        """What the agent did today for one tenant, or for all of them."""
        day = self._clock.now().astimezone().date()
        of_agent = self._today.get(agent_id, {})
        counted = [today for id_, today in of_agent.items() if tenant_id in (None, id_) and today.day == day]
        answered, seconds = sum(one.answered for one in counted), sum(one.handle_seconds for one in counted)
        return {
            "answered": answered,
            "handle_seconds": round(seconds, 1),
            "average_handle_seconds": round(seconds / answered, 1) if answered else None,
        }

    def agent(self, agent: Agent, tenant_id: UUID | None = None) -> Document:
        """Return the document as the agent sees it, or the tenant's leaders do."""
        shown = agent.interaction_id if tenant_id in (None, agent.serving) else None
        place = agent.place(tenant_id or agent.home)
        return {
            "id": str(agent.id),
            "number": agent.number,
            "name": agent.name,
            "state": agent.state.value,
            "reason": agent.reason,
            "since": agent.since.isoformat(),
            "seat": agent.seat.value,
            "registered": {seat.value: seat in agent.reachable for seat in Seat},
            "interaction_id": str(shown) if shown else None,
            "until": agent.until.isoformat() if agent.until else None,
            "pending": {"state": agent.pending.state.value, "reason": agent.pending.reason} if agent.pending else None,
            "presence": agent.presence.value,
            "forced": _forced(agent),
            "auto_answer": agent.auto_answer,
            "work": [_work(work) for work in agent.work.values() if tenant_id in (None, work.tenant_id)],
            "groups": sorted(str(id_) for id_ in place.groups),
            "site_id": str(place.site) if place.site else None,
            "today": self._figures(agent.id, tenant_id),
        }

    def queue(self, pool: Pool) -> Document:
        return {
            **pool.queue.reference(),
            "waiting": pool.waiting,
            "longest_since": pool.longest_since.isoformat() if pool.longest_since else None,
            "ready": pool.ready,
            "talking": pool.talking,
        }


def _forced(agent: Agent) -> Document | None:
    """Return who else wanted what the agent is, or is to be after the contact in hand."""
    if agent.by is None:
        return None
    return {"by": str(agent.by), "at": agent.forced_at.isoformat() if agent.forced_at else None}


def _work(work: Work) -> Document:
    return {
        "contact_id": str(work.contact_id),
        "interaction_id": str(work.interaction_id),
        "channel": work.channel,
        "state": work.shown.value,
        "since": work.since.isoformat(),
        "until": work.until.isoformat() if work.until else None,
        "queue": work.pool.queue.code if work.pool else None,
    }
