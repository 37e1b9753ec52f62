"""Watches what the engine decides, queue by queue, so that waiting times can be estimated (`estimates`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yuelai.routing.estimates import Histories
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Withdraw
from yuelai.routing.model import Command, ContactStage
from yuelai.routing.pools import Pool
from yuelai.routing.state import RoutingState

HANDLING = frozenset({AgentState.TALKING, AgentState.HOLD, AgentState.CONSULT, AgentState.WRAPUP})
KEPT = 1000
"""Contacts remembered as offered beyond those that live, before they are looked through."""


class Forecast:
    def __init__(self) -> None:
        self._histories = Histories()
        self._offered: set[UUID] = set()
        """Contacts that count as taken; of those rung at several agents at once only one is."""
        self._handling: dict[UUID, tuple[UUID, datetime]] = {}
        """By agent: the queue of the contact in hand, and since when."""

    def observe(self, state: RoutingState, commands: Iterable[Command], now: datetime) -> None:
        """Take what was just decided, before the state's `touched_pools` are forgotten."""
        for command in commands:
            if isinstance(command, Offer):
                self._offer(state, command, now)
            elif isinstance(command, Withdraw):
                self._withdraw(state, command, now)
            elif isinstance(command, AgentStateChanged):
                self._state(state, command, now)
        for pool in state.touched_pools:
            history = self._histories.of(pool.queue.id, now)
            history.agents(pool.signed_in - pool.states[AgentState.BUSY], now)
            history.waiting(pool.waiting, now)
        if len(self._offered) > len(state.contacts) + KEPT:
            self._offered &= state.contacts.keys()

    def estimate(self, pool: Pool, place: int, now: datetime) -> float | None:
        """Return the seconds that somebody at that place of the queue, 1 being next, still waits on average."""
        history = self._histories.get(pool.queue.id)
        return history.estimate(place, now) if history is not None else None

    def _offer(self, state: RoutingState, offer: Offer, now: datetime) -> None:
        contact_id = offer.contact_id or offer.interaction_id
        contact = state.contacts.get(contact_id)
        if offer.consult or contact is None or contact.pool is None or contact_id in self._offered:
            return
        self._offered.add(contact_id)
        self._histories.of(contact.pool.queue.id, now).taken(now)

    def _withdraw(self, state: RoutingState, withdraw: Withdraw, now: datetime) -> None:
        """Nobody answered, and the contact waits again: it was not taken."""
        contact_id = withdraw.contact_id or withdraw.interaction_id
        contact = state.contacts.get(contact_id)
        if contact_id in self._offered and contact is not None and contact.stage is ContactStage.WAITING:
            self._offered.discard(contact_id)
            if contact.pool is not None:
                self._histories.of(contact.pool.queue.id, now).not_taken(now)

    def _state(self, state: RoutingState, fact: AgentStateChanged, now: datetime) -> None:
        agent_id = fact.agent_id
        if fact.state in HANDLING:
            agent = state.agents.get(agent_id)
            pools = [work.pool for work in agent.work.values() if work.pool is not None] if agent else []
            if agent_id not in self._handling and pools:
                self._handling[agent_id] = pools[0].queue.id, fact.at
        elif (began := self._handling.pop(agent_id, None)) is not None:
            queue_id, at = began
            self._histories.of(queue_id, now).handled(max(0.0, (fact.at - at).total_seconds()), now)
