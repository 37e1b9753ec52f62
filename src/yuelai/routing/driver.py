"""Feeds the engine and carries out its commands: facts to the journal, then signals and live documents, in order.

Event driven, in one asyncio loop, with a single timer for the next deadline. A decision is made at once when a method
is called; while the journal makes its facts durable further decisions may follow, but they act in the same order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.platform.clock import Clock, SteadyClock
from yuelai.platform.errors import Unavailable
from yuelai.platform.facts import Record
from yuelai.platform.live import LiveStore
from yuelai.routing import engine
from yuelai.routing.documents import Documents, Shown
from yuelai.routing.errors import NoSuchQueue
from yuelai.routing.events import AgentState, AgentStateChanged, AgentWished, RoutingSignal, Seat
from yuelai.routing.forecast import Forecast
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
    Outlook,
    Private,
    Refused,
    Released,
    SeatReachable,
    SetState,
    TimePassed,
    WrapupDone,
)
from yuelai.routing.model import (
    Agent,
    AgentRecord,
    Command,
    ContactStage,
    Position,
    Queue,
    Wishes,
    WorkStage,
    WrapupOver,
)
from yuelai.routing.pools import Pool
from yuelai.routing.settings import OverflowTo, OverflowWhen
from yuelai.routing.state import RoutingState
from yuelai.routing.waiting import HOPS

log = structlog.get_logger()


class Append(Protocol):
    def __call__(self, *records: Record) -> Awaitable[int]:
        """Make the records durable, in the order of the calls."""
        ...


class RoutingDriver:
    """`on_signal` hears offers and withdrawals; `on_wrapup_over(interaction_id, agent_id)` hears of wrap-ups that ended
    by time or because the agent became ready. Both are called in the loop and must not block."""

    def __init__(
        self,
        append: Append,
        clock: Clock,
        live: LiveStore,
        on_signal: Callable[[RoutingSignal], None],
        on_wrapup_over: Callable[[UUID, UUID], None] = lambda interaction_id, agent_id: None,
    ) -> None:
        self._append, self._clock = append, SteadyClock(clock)
        self._on_signal, self._on_wrapup_over = on_signal, on_wrapup_over
        self._state = RoutingState(now=clock.now())
        self._documents = Documents(live, clock)
        self._codes: dict[tuple[UUID, str], UUID] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._acted: asyncio.Future[None] | None = None
        self.is_closed: Callable[[Queue, datetime], bool] = lambda queue, now: False
        """By the queue's calendar; bound at start."""
        self._forecast = Forecast()
        self.estimate: Callable[[Pool, int, datetime], float | None] = self._forecast.estimate
        """Seconds somebody at that place (from 1) of a queue still waits, None when nobody knows."""

    async def load(self, agents: Iterable[AgentRecord], queues: Iterable[Queue]) -> None:
        """Begin with what PostgreSQL holds. Agents whose contact died with the process before are ready again; nobody
        is offered anything until `seat_reachable` says that their seat is registered."""
        now = self._clock.now()
        records, queues = list(agents), list(queues)
        self._state = RoutingState(queues, records, now=now)
        self._codes = {(queue.tenant_id, queue.code): queue.id for queue in queues}
        self._documents.know(records, now)
        await self._finish(engine.restore(self._state, now))

    async def follow(self, agents: Iterable[AgentRecord], queues: Iterable[Queue]) -> None:
        """The directory is this from now on: queues, members, names. No contact is dropped; see `change`. Agents who
        are new are offline, and their seats unreachable until `seat_reachable` says otherwise."""
        records, queues = tuple(replace(record, session=None) for record in agents), tuple(queues)
        self._codes = {(queue.tenant_id, queue.code): queue.id for queue in queues}
        self._documents.know(records, self._clock.now())
        await self._take(DirectoryChanged(queues, records))

    async def set_state(
        self,
        agent_id: UUID,
        state: AgentState | str,
        reason: str = "",
        seat: Seat | str | None = None,
        *,
        by: UUID | None = None,
    ) -> dict[str, Any]:
        """The agent, or somebody else (`by`), asks for ready, busy or offline; returns the agent document. During a
        contact it is pending until the wrap-up is over, which somebody else ends at once. Raises `SeatNotRegistered`,
        `SeatInUse`, `StateNotYours`, `NoSuchAgent`."""
        await self._take(SetState(agent_id, AgentState(state), reason, Seat(seat) if seat else None, by))
        return self.agent_document(agent_id)

    async def seat_reachable(self, agent_id: UUID, seat: Seat | str, reachable: bool) -> None:
        """The seat has been registered, or is no longer."""
        await self._take(SeatReachable(agent_id, Seat(seat), reachable))

    async def private(self, agent_id: UUID, on: bool, number: str = "") -> None:
        """The agent's phone is in a call with this number that is no contact, or out of it. Raises `NoSuchAgent`."""
        await self._take(Private(agent_id, on, number))

    async def enqueue(
        self,
        interaction_id: UUID,
        queue_code: str,
        customer_class: str = "normal",
        attributes: Mapping[str, Any] | None = None,
        *,
        tenant_id: UUID,
        wishes: Wishes | None = None,
        since: datetime | None = None,
    ) -> Queue:
        """The contact waits in the tenant's queue of that code; `since` keeps an earlier place. Returns the queue it is
        in, which is another one when its rules say so (`Moved`); it may also go away at once (`Diverted`). Raises
        `NoSuchQueue`, `AlreadyRouted`."""
        queue = self.queue(queue_code, tenant_id)
        outlook = self._outlook(self._state.pools[queue.id])
        await self._take(
            Enqueue(
                interaction_id, queue.id, customer_class, dict(attributes or {}), wishes or NO_WISHES, since, outlook
            )
        )
        contact = self._state.contacts.get(interaction_id)
        return contact.pool.queue if contact and contact.pool else queue

    async def consult(
        self,
        contact_id: UUID,
        interaction_id: UUID,
        *,
        tenant_id: UUID,
        by: UUID,
        agent_id: UUID | None = None,
        queue_code: str | None = None,
    ) -> None:
        """Ask that agent, who is offered it at once, or one of a queue, about the interaction: a contact of its own.
        When an agent who was asked by name does not answer, `Withdraw` is the end of it. Raises `AgentNotFree`,
        `NoSuchQueue`, `NoSuchAgent`, `AlreadyRouted`."""
        queue_id = self.queue(queue_code, tenant_id).id if queue_code is not None else None
        await self._take(Consult(contact_id, interaction_id, tenant_id, by, agent_id, queue_id))

    async def begin(
        self,
        contact_id: UUID,
        interaction_id: UUID,
        agent_id: UUID,
        *,
        tenant_id: UUID,
        queue_code: str | None = None,
    ) -> None:
        """The agent makes a call and talks from now on (reason `outbound`). Raises `AgentNotFree`, `NoSuchQueue`,
        `NoSuchAgent`, `AlreadyRouted`."""
        queue_id = self.queue(queue_code, tenant_id).id if queue_code is not None else None
        await self._take(Begin(contact_id, interaction_id, agent_id, tenant_id, queue_id))

    async def left(self, contact_id: UUID) -> None:
        """The other side has gone: from the queue, from a ringing agent (`Withdraw`), or from a talk (wrap-up)."""
        await self._take(Left(contact_id))

    async def accepted(self, contact_id: UUID, agent_id: UUID) -> None:
        """The agent has answered. Raises `OfferGone` when the offer was withdrawn first: release the leg then."""
        await self._take(Accepted(contact_id, agent_id))

    async def refused(self, contact_id: UUID, agent_id: UUID, reason: str) -> None:
        """The agent declined or could not be rung: busy (`rona`), and the contact is back at its old place. Raises
        `OfferGone`."""
        await self._take(Refused(contact_id, agent_id, reason))

    async def held(self, contact_id: UUID, held: bool) -> None:
        """The agent has put the customer on hold, or taken them back."""
        await self._take(Held(contact_id, held))

    async def consulting(self, contact_id: UUID, on: bool) -> None:
        """The agent speaks with somebody else about the contact, or no longer."""
        await self._take(Consulting(contact_id, on))

    async def hand_over(self, contact_id: UUID, consult_id: UUID) -> datetime | None:
        """The consulted agent has the customer from now on, the other one wraps up. Returns the end of that wrap-up,
        None if there is none. Raises `NoSuchContact` unless both talk."""
        contact = self._state.contacts.get(contact_id)
        old = contact.agent if contact else None
        await self._take(HandOver(contact_id, consult_id))
        return _wrapup_end(old, contact_id)

    async def released(self, contact_id: UUID) -> datetime | None:
        """Agent and customer have parted: wrap-up begins. Returns its end, None if there is none."""
        contact = self._state.contacts.get(contact_id)
        agent = contact.agent if contact else None
        await self._take(Released(contact_id))
        return _wrapup_end(agent, contact_id)

    async def wrapup_done(self, agent_id: UUID, contact_id: UUID | None = None) -> None:
        """The agent has finished the wrap-up (that of the contact) early; nothing happens when it was over already."""
        await self._take(WrapupDone(agent_id, contact_id))

    async def extend_wrapup(self, agent_id: UUID, seconds: float, contact_id: UUID | None = None) -> datetime | None:
        """Make the wrap-up (that of the contact) longer, by so much or what the queue still allows; returns its end.
        Raises `NoWrapup`, `WrapupTooLong`, `NoSuchAgent`."""
        await self._take(ExtendWrapup(agent_id, seconds, contact_id))
        agent = self.agent(agent_id)
        return _wrapup_end(agent, contact_id) if contact_id is not None else agent.until

    def position(self, contact_id: UUID) -> Position | None:
        """Return where a waiting contact stands in its queue; None when it does not wait."""
        contact = self._state.contacts.get(contact_id)
        if contact is None or contact.stage is not ContactStage.WAITING or contact.pool is None:
            return None
        place = contact.pool.rank(contact)
        return Position(place, contact.pool.waiting, self.estimate(contact.pool, place, self._clock.now()))

    async def time_passed(self) -> None:
        """Let everything that is due happen. The driver's own timer calls this; tests with a virtual clock do too."""
        await self._take(TimePassed())

    def queue(self, queue_code: str, tenant_id: UUID) -> Queue:
        """Raises `NoSuchQueue`."""
        queue_id = self._codes.get((tenant_id, queue_code))
        if queue_id is None:
            raise NoSuchQueue(queue=queue_code)
        return self._state.pools[queue_id].queue

    def fallback_queue(self, tenant_id: UUID) -> Queue:
        """Return where the tenant's contacts go that cannot be placed. Raises `NoSuchQueue` when it has no queue."""
        pool = self._state.fallback(tenant_id)
        if pool is None:
            raise NoSuchQueue()
        return pool.queue

    def agent(self, agent_id: UUID) -> Agent:
        """The session, to read only. Raises `NoSuchAgent`."""
        return self._state.agent(agent_id)

    def agents_of_number(self, number: str) -> Agent | None:
        """Return who has this work number, if that is an agent; to read only."""
        return next((agent for agent in self._state.agents.values() if agent.number == number), None)

    def agents_of(self, tenant_id: UUID) -> list[Agent]:
        """Return who serves a queue of the tenant, by work number; to read only."""
        serving = (
            agent
            for agent in self._state.agents.values()
            if any(pool.queue.tenant_id == tenant_id for pool in agent.pools)
        )
        return sorted(serving, key=lambda agent: (agent.number, agent.id))

    def agents(self) -> list[Agent]:
        """Return all sessions, to read only."""
        return list(self._state.agents.values())

    def agent_document(self, agent_id: UUID, tenant_id: UUID | None = None) -> dict[str, Any]:
        """Return `agent/{id}` of docs/architecture.md, as the agent or the tenant's leaders see it. Raises
        `NoSuchAgent`."""
        return self._documents.agent(self._state.agent(agent_id), tenant_id)

    def queue_documents(self, tenant_id: UUID, queue_id: UUID | None = None) -> list[dict[str, Any]]:
        """Return the tenant's queue documents, or the one asked for. Raises `NoSuchQueue`."""
        pools = [pool for pool in self._state.pools.values() if pool.queue.tenant_id == tenant_id and not pool.retired]
        if queue_id is not None:
            pools = [pool for pool in pools if pool.queue.id == queue_id]
            if not pools:
                raise NoSuchQueue()
        return [self._documents.queue(pool) for pool in pools]

    async def close(self) -> None:
        """Stop the timer; decisions already made are carried out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _outlook(self, pool: Pool, hops: int = 0) -> dict[UUID, Outlook]:
        """What the engine cannot know of the queue and of those its rules lead to; nothing where no rule asks."""
        now, seen = self._clock.now(), dict[UUID, Outlook]()
        rules = [rule for rule in pool.queue.overflows if rule.when is not OverflowWhen.WAIT]
        if not rules:
            return seen
        asked = {rule.when for rule in rules}
        closed = OverflowWhen.CLOSED in asked and self.is_closed(pool.queue, now)
        estimate = self.estimate(pool, pool.waiting + 1, now) if OverflowWhen.ESTIMATE in asked else None
        seen[pool.queue.id] = Outlook(closed, estimate)
        for rule in rules:
            if rule.to is OverflowTo.QUEUE and hops < HOPS:
                target = self._state.codes.get((pool.queue.tenant_id, rule.target))
                if target is not None and target.queue.id not in seen:
                    seen = {**self._outlook(target, hops + 1), **seen}
        return seen

    async def _take(self, event: Event) -> None:
        _, commands = engine.decide(self._state, event, self._clock.now())
        await self._finish(commands)

    async def _finish(self, commands: list[Command]) -> None:
        """A decision once made is carried out, even when whoever asked for it has gone meanwhile."""
        self._forecast.observe(self._state, commands, self._clock.now())
        task = asyncio.ensure_future(self._carry_out(commands, self._documents.changed(self._state, commands)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _carry_out(self, commands: list[Command], shown: list[Shown]) -> None:
        """Journal the facts, then act when all earlier decisions have acted. These tasks begin in the order of the
        decisions, so the journal has the facts in that order too."""
        facts = [Record(command) for command in commands if isinstance(command, AgentStateChanged | AgentWished)]
        before, mine = self._acted, asyncio.get_running_loop().create_future()
        self._acted = mine
        try:
            if facts:
                await self._keep(facts)
            if before is not None and not before.done():
                await asyncio.shield(before)
            self._documents.show(shown)
            for command in commands:
                self._signal(command)
        finally:
            mine.set_result(None)
            self._arm()

    async def _keep(self, facts: list[Record]) -> None:
        """The state has moved already. Were it not acted on, agents would ring and callers wait for ever."""
        try:
            await self._append(*facts)
        except Unavailable as error:
            log.error("agent_states_not_kept", reason=str(error), facts=len(facts))

    def _signal(self, command: Command) -> None:
        try:
            if isinstance(command, WrapupOver):
                self._on_wrapup_over(command.interaction_id, command.agent_id)
            elif not isinstance(command, AgentStateChanged | AgentWished):
                self._on_signal(command)
        except Exception:
            log.exception("routing_signal_failed", signal=type(command).__name__)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = engine.next_deadline(self._state)
        if deadline is not None:
            delay = max(0.0, (deadline - self._clock.now()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    def _due(self) -> None:
        self._timer = None
        task = asyncio.ensure_future(self.time_passed())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _wrapup_end(agent: Agent | None, contact_id: UUID) -> datetime | None:
    work = agent.work.get(contact_id) if agent else None
    return work.until if work and work.stage is WorkStage.WRAPUP else None
