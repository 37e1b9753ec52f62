"""Agents' seats follow the registrar: a phone that registers makes its agent reachable, one that goes does not.

An agent may have several devices: telephones, which ring together, and browsers, of which the last one signed in at has
the seat. When the seat an agent chose is gone and they have the other one, they work there until it is back. When they
have none, nobody is offered to them, and after a while they are set aside: busy (`seat_lost`), at last offline. Who was
away only shortly is ready again by themselves. `seat/{person}` shows it to the agent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.errors import Refusal
from yuelai.platform.live import LiveStore
from yuelai.routing.busy import SEAT_LOST
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentState, Seat
from yuelai.routing.model import Agent
from yuelai.telephony.ports import Telephony

log = structlog.get_logger()

LOOK_SECONDS = 1.0
FALL_BACK_SECONDS = 3.0
"""How long a seat may be away until its agent works at the other one."""
LOST_SECONDS = 30.0
"""How long until an agent without any seat is set aside."""
SHORT_SECONDS = 120.0
"""Who was away no longer than this is ready again as soon as the seat is back."""
OFFLINE_SECONDS = 900.0
"""How long until their work counts as ended."""

_LOST = Counter("yuelai_seats_lost_total", "Agents who were set aside because their seat was gone", ["seat"])

OTHER = {Seat.PHONE: Seat.BROWSER, Seat.BROWSER: Seat.PHONE}


class Watch(Protocol):
    """`telephony.watch.PhoneWatch`."""

    def count_on(self, users: Callable[[], Iterator[str]]) -> None: ...


@dataclass
class _Missing:
    """`since` is monotonic, for how long it lasts; `at` is for people. `aside`: the agent was set aside for it."""

    since: float
    at: datetime
    aside: bool = False


class Seats:
    """`agents` maps a work number, which is the SIP user, to the agent. `lost_seconds` as `LOST_SECONDS`."""

    def __init__(
        self,
        routing: RoutingDriver,
        telephony: Telephony,
        agents: Mapping[str, UUID],
        *,
        live: LiveStore | None = None,
        clock: Clock | None = None,
        lost_seconds: float = LOST_SECONDS,
    ) -> None:
        self._routing, self._telephony, self._agents = routing, telephony, agents
        self._live, self._clock = live, clock or SystemClock()
        self._lost_seconds = lost_seconds
        self._reachable: set[tuple[UUID, Seat]] = set()
        self._missing: dict[UUID, _Missing] = {}
        self._chosen: dict[UUID, Seat] = {}
        self._private: dict[str, set[str]] = {}
        """Who has told of a user that they are in calls of their own."""
        """The seat an agent is to be back at, when they work at the other one because it is gone."""
        self._shown: dict[UUID, dict[str, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    def follow(self, agents: Mapping[str, UUID]) -> None:
        """These are the agents from now on; new ones, and those with a new number, may have a phone already."""
        before = set(self._agents.values())
        self._agents = agents
        present = set(agents.values())
        self._reachable = {seat for seat in self._reachable if seat[0] in present}
        for gone in before - present:
            self._missing.pop(gone, None)
            self._chosen.pop(gone, None)
            if self._shown.pop(gone, None) is not None and self._live is not None:
                self._live.remove(f"seat/{gone}")
        for user, agent_id in agents.items():
            self._look_at(user, agent_id, surely=agent_id not in before)

    def changed(self, user: str) -> None:
        """The registrations of a SIP user have changed."""
        agent_id = self._agents.get(user)
        if agent_id is not None:
            self._look_at(user, agent_id)

    def start(self) -> None:
        """Look after who has lost their seat, from now on."""
        self._looking = asyncio.create_task(self._look_on(), name="seats")

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def counted_on(self) -> Iterator[str]:
        """Return whose phones have to be there: those of agents who work at them."""
        for user, agent_id in self._agents.items():
            agent = self._known(agent_id)
            if agent is not None and agent.presence is not AgentState.OFFLINE:
                yield user

    def _known(self, agent_id: UUID) -> Agent | None:
        try:
            return self._routing.agent(agent_id)
        except Refusal:
            return None

    def _look_at(self, user: str, agent_id: UUID, *, surely: bool = False) -> None:
        """Tell routing what is different; all of it when it is not sure what routing knows."""
        registered = self._telephony.registrations(user)
        browsers = {registration.browser for registration in registered if not registration.silent}
        for seat, reachable in ((Seat.BROWSER, True in browsers), (Seat.PHONE, False in browsers)):
            if reachable == ((agent_id, seat) in self._reachable) and not surely:
                continue
            if reachable:
                self._reachable.add((agent_id, seat))
            else:
                self._reachable.discard((agent_id, seat))
            self._spawn(self._tell(agent_id, seat, reachable))
        self._show(user, agent_id)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, agent_id: UUID, seat: Seat, reachable: bool) -> None:
        try:
            await self._routing.seat_reachable(agent_id, seat, reachable)
        except Refusal as refusal:
            log.warning("seat_change_not_recorded", reason=str(refusal))

    def private(self, user: str, on: bool, number: str, by: str = "calls") -> None:
        """The user's devices are in calls that are no contacts, or in none any more, as far as one knows that tells of
        it; they are private until none of these knows of any."""
        sources = self._private.get(user, set())
        others = sources - {by}
        self._private[user] = {*others, by} if on else others
        if others:
            return
        agent_id = self._agents.get(user)
        if agent_id is not None:
            self._spawn(self._tell_private(agent_id, on, number))

    async def _tell_private(self, agent_id: UUID, on: bool, number: str) -> None:
        try:
            await self._routing.private(agent_id, on, number)
        except Refusal as refusal:
            log.warning("private_call_not_recorded", reason=str(refusal))

    def chose(self, agent_id: UUID) -> None:
        """The agent has said where they work: that is where they stay."""
        self._chosen.pop(agent_id, None)

    # --- seats that are gone ----------------------------------------------------------------------------------------

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("seats_not_looked_at")

    async def look(self) -> None:
        """Act on what is gone for too long, and on what is back."""
        for user, agent_id in list(self._agents.items()):
            agent = self._known(agent_id)
            if agent is None:
                continue
            if agent.presence is AgentState.OFFLINE:
                self._forget(user, agent)
            elif agent.seat in agent.reachable:
                await self._there(user, agent)
            else:
                await self._gone(user, agent)

    def _forget(self, user: str, agent: Agent) -> None:
        if self._missing.pop(agent.id, None) is not None or self._chosen.pop(agent.id, None) is not None:
            self._show(user, agent.id)

    async def _gone(self, user: str, agent: Agent) -> None:
        now = self._clock.monotonic()
        missing = self._missing.get(agent.id)
        if missing is None:
            missing = self._missing[agent.id] = _Missing(now, self._clock.now())
            self._show(user, agent.id)
        away, other, lost = now - missing.since, OTHER[agent.seat], _is_lost(agent)
        missing.aside = missing.aside or lost  # a call may have found out first
        if other in agent.reachable and away >= FALL_BACK_SECONDS and not agent.work:
            self._chosen.setdefault(agent.id, agent.seat)
            log.warning("seat_falls_back", agent=str(agent.id), gone=agent.seat.value)
            await self._sit(agent, other, ready=away <= SHORT_SECONDS)
        elif away >= self._lost_seconds and agent.presence is AgentState.READY:
            missing.aside = True
            _LOST.labels(agent.seat.value).inc()
            log.warning("seat_lost", agent=str(agent.id), seat=agent.seat.value)
            await self._set(agent, AgentState.BUSY, SEAT_LOST)
        elif away >= OFFLINE_SECONDS and lost and not agent.work:
            await self._set(agent, AgentState.OFFLINE, SEAT_LOST)

    async def _there(self, user: str, agent: Agent) -> None:
        missing, chosen = self._missing.pop(agent.id, None), self._chosen.get(agent.id)
        if missing is not None:
            away = self._clock.monotonic() - missing.since
            if _is_lost(agent) and missing.aside and away <= SHORT_SECONDS:
                await self._set(agent, AgentState.READY, "")
        if chosen is not None and chosen is agent.seat:
            del self._chosen[agent.id]
        elif chosen is not None and chosen in agent.reachable and not agent.work:
            del self._chosen[agent.id]
            log.info("seat_is_back", agent=str(agent.id), seat=chosen.value)
            await self._sit(agent, chosen, ready=False)
        if missing is not None or chosen is not None:
            self._show(user, agent.id)

    async def _sit(self, agent: Agent, seat: Seat, *, ready: bool) -> None:
        """Work at another seat, in the same state; who was set aside only for want of a seat may be ready there."""
        state, reason = (AgentState.READY, "") if ready and _is_lost(agent) else (agent.presence, agent.presence_reason)
        await self._set(agent, state, reason, seat)

    async def _set(self, agent: Agent, state: AgentState, reason: str, seat: Seat | None = None) -> None:
        try:
            await self._routing.set_state(agent.id, state, reason, seat)
        except Refusal as refusal:
            log.info("seat_state_not_set", agent=str(agent.id), reason=str(refusal))

    # --- what the agent sees ----------------------------------------------------------------------------------------

    def _show(self, user: str, agent_id: UUID) -> None:
        """`seat/{person}`: how many devices there are, which browser has the seat, what is missing."""
        if self._live is None:
            return
        registered = self._telephony.registrations(user)
        browsers = [registration for registration in registered if registration.browser]
        missing, chosen, agent = self._missing.get(agent_id), self._chosen.get(agent_id), self._known(agent_id)
        document = {
            "id": str(agent_id),
            "phones": sum(not one.browser and not one.silent for one in registered),
            "browsers": len(browsers),
            "browser": browsers[-1].instance if browsers else None,
            "lost": {"seat": agent.seat.value, "since": missing.at.isoformat()} if missing and agent else None,
            "instead_of": chosen.value if chosen and agent and chosen is not agent.seat else None,
        }
        if document != self._shown.get(agent_id):
            self._shown[agent_id] = document
            self._live.put(f"seat/{agent_id}", document, frozenset({f"person:{agent_id}"}))


def _is_lost(agent: Agent) -> bool:
    return agent.presence is AgentState.BUSY and agent.presence_reason == SEAT_LOST
