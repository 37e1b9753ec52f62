"""Whatever is due goes into routing, and from an agent who is offered it into a call, until it is done.

Routing is given an interaction's id of its own for each attempt; the call's actor is made when an agent is offered it,
and tells through its errand how far it has come.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.channels.callback.agenda import Agenda
from yuelai.channels.callback.events import Result, State
from yuelai.channels.callback.ledger import Ledger, whose
from yuelai.channels.callback.model import Callback
from yuelai.channels.callback.ports import Calls, Hours
from yuelai.channels.ports import Customers
from yuelai.interactions.model import Tenant
from yuelai.platform.clock import Clock
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import InteractionId, new_id
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.errors import AlreadyRouted, NoSuchQueue
from yuelai.routing.events import Diverted, Offer, RoutingSignal, Stranded
from yuelai.routing.model import Queue, Wishes

log = structlog.get_logger()

AGAIN = timedelta(minutes=1)
"""When there was no queue, or routing would not have it."""
ONLY_SECONDS = 300.0
"""How long a follow-up waits for its own agent before others may make it."""

ATTEMPTS = Counter("yuelai_callbacks_attempts", "Attempts to call somebody back that have ended", ["result"])


class Rounds:
    def __init__(
        self, ledger: Ledger, clock: Clock, routing: RoutingDriver, customers: Customers, hours: Hours
    ) -> None:
        self._ledger, self._clock, self._routing = ledger, clock, routing
        self._customers, self._hours = customers, hours
        self.calls: Calls | None = None
        """Who makes them; bound at start."""
        self.tenants: Mapping[UUID, Tenant] = {}
        self._agenda = Agenda(clock, lambda: self._spawn(self.due()))
        self._contacts: dict[UUID, UUID] = {}
        """Callbacks by the contact that routing has, or a call is."""
        self._placed: set[UUID] = set()
        """Contacts that have an actor."""
        self._giving = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        self._agenda.close()
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def take(self, callback: Callback) -> None:
        """Wait for its time. What can only be heard waits for somebody to hear it."""
        self._ledger.put(callback)
        if callback.callable:
            self._agenda.put(callback.id, callback.due_at)

    async def due(self) -> None:
        """Give to routing whatever is due. The agenda's own timer calls this; tests with a virtual clock do too."""
        async with self._giving:
            owed = [self._ledger.get(callback_id) for callback_id in self._contacts.values()]
            called = {(one.tenant_id, whose(one.number)) for one in owed if one is not None}
            for callback_id in self._agenda.take():
                callback = self._ledger.get(callback_id)
                if callback is None or not callback.callable or callback_id in self._contacts.values():
                    continue
                customer = callback.tenant_id, whose(callback.number)
                if customer in called:  # two agents would call them at once
                    self._agenda.put(callback_id, self._clock.now() + AGAIN)
                else:
                    called.add(customer)
                    await self._into_routing(callback)

    async def _into_routing(self, callback: Callback) -> None:
        now = self._clock.now()
        contact = new_id()
        try:
            queue = self._queue(callback)
            opens = self._hours.next_opening(queue.calendar_id, now)
            if opens is None or opens > now:
                self._agenda.put(callback.id, opens or now + AGAIN)
                return
            self._contacts[contact] = callback.id
            customer_class = await self._class(callback)
            if self._contacts.get(contact) is None:
                return  # taken back meanwhile
            wishes = Wishes(
                channel=queue.channel,
                only=callback.agent_id,
                only_seconds=ONLY_SECONDS if callback.agent_id else 0.0,
                outbound=callback.outbound,
                stays=True,
            )
            await self._routing.enqueue(
                contact,
                queue.code,
                customer_class,
                {"language": callback.language, "callback": str(callback.id)},
                tenant_id=callback.tenant_id,
                wishes=wishes,
                since=callback.place,
            )
        except (NoSuchQueue, AlreadyRouted, Unavailable) as error:
            log.warning("callback_not_routed", callback_id=str(callback.id), reason=str(error))
            self._contacts.pop(contact, None)
            self._agenda.put(callback.id, now + AGAIN)

    def _queue(self, callback: Callback) -> Queue:
        """Its own queue, or the one where the tenant's contacts go when that is closed. Raises `NoSuchQueue`."""
        with contextlib.suppress(NoSuchQueue):
            (document,) = self._routing.queue_documents(callback.tenant_id, callback.queue_id)
            return self._routing.queue(document["code"], callback.tenant_id)
        return self._routing.fallback_queue(callback.tenant_id)

    async def _class(self, callback: Callback) -> str:
        """The customer's class counts for the place; without PostgreSQL they are as everybody."""
        with contextlib.suppress(Refusal):
            if callback.customer_id is not None:
                return str((await self._customers.card(callback.tenant_id, callback.customer_id))["class"])
            found = await self._customers.identify(callback.tenant_id, callback.number)
            if len(found.cards) == 1:
                return str(found.cards[0]["class"])
        return "normal"

    async def out_of_routing(self, callback_id: UUID) -> None:
        """It waits there no longer; a call that is being made goes on."""
        self._agenda.drop(callback_id)
        for contact in [contact for contact, owed in self._contacts.items() if owed == callback_id]:
            if contact not in self._placed:
                del self._contacts[contact]
                await self._routing.left(contact)

    def recall(self, callback_id: UUID) -> None:
        """Its agent is rung for nothing."""
        for contact, owed in self._contacts.items():
            if owed == callback_id and self.calls is not None:
                self.calls.recall(contact)

    # --- an attempt -------------------------------------------------------------------------------------------------

    def on_signal(self, signal: RoutingSignal) -> bool:
        """Routing speaks about one of ours that has no actor yet; false when it is another's matter."""
        contact = signal.interaction_id
        if contact not in self._contacts or contact in self._placed:
            return False
        callback = self._ledger.get(self._contacts[contact])
        match signal:
            case Offer() if callback is not None:
                self._offered(callback, signal)
            case Diverted() | Stranded():
                del self._contacts[contact]
                if callback is not None:
                    self._agenda.put(callback.id, self._clock.now() + AGAIN)
        return True

    def _offered(self, callback: Callback, offer: Offer) -> None:
        contact = InteractionId(offer.interaction_id)
        tenant = self.tenants.get(callback.tenant_id)
        placed = False
        if tenant is not None and self.calls is not None:
            with contextlib.suppress(NoSuchQueue):
                errand = Attempt(self, callback.id, contact)
                placed = self.calls.call_back(callback, tenant, self._queue(callback), offer, errand)
        if placed:
            self._placed.add(contact)
            moved = self._ledger.put(callback.moved(State.OFFERED))
            self._spawn(self._ledger.keep(moved, contact))
        else:
            del self._contacts[contact]
            self._spawn(self._routing.left(contact))
            self._agenda.put(callback.id, self._clock.now() + AGAIN)

    async def dialling(self, callback_id: UUID, contact: UUID) -> None:
        """See `ports.Errand`."""
        if (callback := self._ledger.get(callback_id)) is not None:
            await self._ledger.keep(self._ledger.put(callback.moved(State.DIALLING)), contact)

    async def over(self, callback_id: UUID, contact: UUID, result: Result, agent_id: UUID) -> None:
        """See `ports.Errand`."""
        self._part(contact)
        if (callback := self._ledger.get(callback_id)) is not None:
            ATTEMPTS.labels(result.value).inc()
            if result is Result.ANSWERED:
                callback = replace(callback, agent_id=agent_id)
            await self.finish(callback, result, contact)

    async def dropped(self, callback_id: UUID, contact: UUID) -> None:
        """See `ports.Errand`."""
        self._part(contact)
        callback = self._ledger.get(callback_id)
        if callback is None:
            return
        if callback.state is State.DIALLING:
            await self.finish(callback, Result.INTERRUPTED, contact)
        elif callback.id in self._ledger.cancelled:
            self._ledger.forget(callback)
        else:
            back = callback.moved(State.WAITING, due_at=self._clock.now() + AGAIN)
            self.take(back)
            await self._ledger.keep(back, contact)

    async def finish(self, callback: Callback, result: Result, contact: UUID | None = None) -> None:
        """An attempt has ended, or none is needed any more."""
        after = callback.after(result, self._clock.now())
        if after.state is State.WAITING and callback.id in self._ledger.cancelled:
            self._ledger.forget(after)
            return
        self.take(after)
        await self._ledger.keep(after, contact)

    def _part(self, contact: UUID) -> None:
        self._contacts.pop(contact, None)
        self._placed.discard(contact)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Attempt:
    """`ports.Errand` of one attempt."""

    def __init__(self, rounds: Rounds, callback_id: UUID, contact: UUID) -> None:
        self._rounds, self._id, self._contact = rounds, callback_id, contact
        self._told = False

    @property
    def callback_id(self) -> UUID:
        return self._id

    async def dialling(self) -> None:
        await self._rounds.dialling(self._id, self._contact)

    async def over(self, result: Result, agent_id: UUID) -> None:
        if not self._told:
            self._told = True
            await self._rounds.over(self._id, self._contact, result, agent_id)

    async def dropped(self) -> None:
        if not self._told:
            self._told = True
            await self._rounds.dropped(self._id, self._contact)
