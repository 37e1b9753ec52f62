"""Keeps every call that we owe until it is made: found again at each start, given to routing when it is due.

What core decides goes into the journal before it is acted upon; what people change comes by facts of the outbox, and
the row says what. `ledger` has what is owed, `rounds` the attempts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.channels.callback.errors import NoNumber
from yuelai.channels.callback.events import CallbackBooked, CallbackChanged, Kind, Result, State
from yuelai.channels.callback.ledger import Ledger, whose
from yuelai.channels.callback.model import MOST_ATTEMPTS, Callback, diallable
from yuelai.channels.callback.ports import Calls, Hours, Rows
from yuelai.channels.callback.rounds import Rounds
from yuelai.channels.ports import Customers, Owed
from yuelai.interactions.model import Tenant
from yuelai.interactions.recorder import Append
from yuelai.platform.clock import Clock
from yuelai.platform.errors import Unavailable
from yuelai.platform.facts import Record
from yuelai.platform.ids import new_id
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import RoutingSignal
from yuelai.routing.model import Queue

log = structlog.get_logger()

LET_GO = timedelta(seconds=15)
"""Whoever has just asked to be called is still on the line."""
AWAY_SECONDS = 1.0

BOOKED = Counter("yuelai_callbacks_booked", "Callbacks and voicemails taken by core", ["kind"])


class Keeper:
    """`channels.ports.Callbacks`. `admit` appends what is new and may refuse."""

    def __init__(
        self,
        append: Append,
        clock: Clock,
        routing: RoutingDriver,
        customers: Customers,
        rows: Rows,
        hours: Hours,
        *,
        admit: Append | None = None,
    ) -> None:
        self._admit, self._clock, self._routing, self._rows = admit or append, clock, routing, rows
        self._ledger = Ledger(append, clock)
        self.rounds = Rounds(self._ledger, clock, routing, customers, hours)
        self._booking: dict[Hashable, asyncio.Task[UUID]] = {}
        self._changed: set[UUID] = set()
        self._look = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._ledger)

    def owed(self, callback_id: UUID) -> Callback | None:
        """Return the callback while it is not over."""
        return self._ledger.get(callback_id)

    def know(self, tenants: Mapping[UUID, Tenant]) -> None:
        """These are the tenants from now on."""
        self.rounds.tenants = tenants

    async def start(self, calls: Calls) -> None:
        """Find again what is owed. Whom an agent was being rung for waits on; whom we were calling is called again.
        Raises `Unavailable`."""
        self.rounds.calls = calls
        for row in await self._rows.open():
            if row.state is State.OFFERED:
                waits = row.moved(State.WAITING)
                self.rounds.take(waits)
                await self._ledger.keep(waits)
            elif row.state is State.DIALLING:
                await self.rounds.finish(row, Result.INTERRUPTED)
            else:
                self.rounds.take(row)
        log.info("callbacks_found", waiting=len(self))
        self._following = asyncio.create_task(self._follow(), name="callbacks")

    async def close(self) -> None:
        """Those that wait are found again at the next start."""
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following
        await self.rounds.close()

    def on_signal(self, signal: RoutingSignal) -> bool:
        """Routing speaks about a contact; false when it is another's matter."""
        return self.rounds.on_signal(signal)

    async def book(self, owed: Owed) -> UUID:
        number = diallable(owed.number)
        if number is None:
            raise NoNumber()
        queue = self._routing.queue(owed.queue, owed.tenant_id)
        for one in self._ledger.of(owed.tenant_id, number):
            if one.kind is Kind.CALLBACK and one.queue_id == queue.id:
                return one.id
        booked = replace(owed, number=number)
        return await self._once((queue.id, whose(number)), lambda: self._book(booked, Kind.CALLBACK, queue))

    async def voicemail(self, owed: Owed, recording_id: UUID, seconds: float) -> UUID:
        queue = self._routing.queue(owed.queue, owed.tenant_id)
        owed = replace(owed, number=diallable(owed.number) or "")
        message_ms = round(seconds * 1000)
        return await self._once(
            (queue.id, recording_id), lambda: self._book(owed, Kind.VOICEMAIL, queue, recording_id, message_ms)
        )

    async def _once(self, what: Hashable, book: Callable[[], Coroutine[Any, Any, UUID]]) -> UUID:
        """Book it once though it is asked for twice at a time, and to the end though who asked has given up: what is in
        the journal has to be known here, too."""
        task = self._booking.get(what)
        if task is None:
            task = self._booking[what] = asyncio.ensure_future(book())
            task.add_done_callback(lambda done: self._booked(what, done))
        return await asyncio.shield(task)

    def _booked(self, what: Hashable, task: asyncio.Task[UUID]) -> None:
        del self._booking[what]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("callback_not_booked", reason=repr(error))

    async def _book(
        self, owed: Owed, kind: Kind, queue: Queue, recording_id: UUID | None = None, message_ms: int | None = None
    ) -> UUID:
        now = self._clock.now()
        fact = CallbackBooked(
            at=now,
            tenant_id=owed.tenant_id,
            callback_id=new_id(),
            kind=kind,
            queue_id=queue.id,
            language=owed.language,
            since=owed.since,
            due_at=max(owed.due_at or now, now + LET_GO),
            max_attempts=MOST_ATTEMPTS,
            interaction_id=owed.interaction_id,
            customer_id=owed.customer_id,
            recording_id=recording_id,
            message_ms=message_ms,
            agent_id=owed.agent_id,
        )
        await self._admit(Record(fact, {"number": owed.number}))
        BOOKED.labels(kind.value).inc()
        self.rounds.take(
            Callback(
                id=fact.callback_id,
                tenant_id=fact.tenant_id,
                kind=kind,
                queue_id=queue.id,
                number=owed.number,
                language=fact.language,
                since=fact.since,
                booked_at=now,
                due_at=fact.due_at,
                interaction_id=fact.interaction_id,
                customer_id=fact.customer_id,
                recording_id=recording_id,
                message_ms=message_ms,
                agent_id=fact.agent_id,
            )
        )
        return fact.callback_id

    async def served(self, tenant_id: UUID, number: str, *, called: bool = False) -> None:
        """A customer has called in and was answered, or has been `called` and has answered: what we owe that number is
        done, but for calls agreed upon for later."""
        now = self._clock.now()
        for found in list(self._ledger.of(tenant_id, number)):
            one = self._ledger.get(found.id)  # an agent may be offered it meanwhile
            if one is not None and one.callable and not one.appointed(now):
                await self.rounds.out_of_routing(one.id)
                await self.rounds.finish(one, Result.ANSWERED if called else Result.CALLED_IN)

    def changed(self, fact: CallbackChanged | CallbackBooked) -> None:
        """Somebody booked, changed or cancelled one over HTTP; the row is read."""
        self._changed.add(fact.callback_id)
        self._look.set()

    async def _follow(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            ids, self._changed = self._changed, set()
            failed = set[UUID]()
            try:
                rows = await self._rows.of(list(ids))
            except Unavailable:
                failed = ids
            except Exception:
                log.exception("callbacks_not_read")
                failed = ids
            else:
                failed = {row.id for row in rows if not await self._taken_over(row)}
            if failed:
                # None may be forgotten: one that was cancelled must not be made.
                self._changed |= failed
                self._look.set()
                await asyncio.sleep(AWAY_SECONDS)

    async def _taken_over(self, row: Callback) -> bool:
        """One that cannot be followed now does not keep the others waiting."""
        try:
            await self.follow(row)
        except Unavailable:
            return False
        except Exception:
            log.exception("callback_not_followed", callback=str(row.id))
            return False
        return True

    async def follow(self, row: Callback) -> None:
        """Take over what people made of a row."""
        known = self._ledger.get(row.id)
        if row.state in (State.CANCELLED, State.DONE, State.FAILED):
            if known is not None:
                await self._cancel(known, row)
        elif row.state is State.WAITING and self._ledger.news(row):
            await self.rounds.out_of_routing(row.id)
            self.rounds.take(row)

    async def _cancel(self, known: Callback, row: Callback) -> None:
        """It is not wanted any more; whom we are calling at this moment is called all the same."""
        if known.state is State.WAITING:
            await self.rounds.out_of_routing(known.id)
            self._ledger.forget(row)
            return
        self._ledger.cancelled.add(known.id)
        if known.state is State.OFFERED:
            self.rounds.recall(known.id)
