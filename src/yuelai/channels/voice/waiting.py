"""The caller in the queue, and agents being rung for them, one after the other or all at once, until one answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import OfferAgain
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import AlreadyRouted, NoSuchQueue, OfferGone
from yuelai.routing.events import Moved, Offer, Withdraw
from yuelai.routing.model import CONTACT_GONE, Queue, Wishes

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

AGAIN_SECONDS = 3.0
"""How long a customer waits before the next try when there was no sound for an agent."""


class Waiting:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self.queue: Queue | None = None
        self.since: datetime | None = None
        """When they first came into a queue: whoever comes back keeps that place."""
        self.ringing: dict[UUID, AgentParty] = {}
        """By agent."""

    @property
    def queue_id(self) -> Any:
        return self.queue.id if self.queue is not None else None

    @property
    def first(self) -> AgentParty | None:
        """Of those who are rung, the one that has been rung longest."""
        return next(iter(self.ringing.values()), None)

    async def enqueue(
        self,
        code: str | None,
        attributes: Mapping[str, Any],
        customer_class: str | None = None,
        *,
        wishes: Wishes | None = None,
        again: bool = False,
    ) -> None:
        """Wait in the tenant's queue of that code, else where its customers go who cannot be placed; `customer_class`
        overrides the customer's own, `again` keeps the place they had. Raises `NoSuchQueue` when the tenant has none
        at all."""
        call, services = self._call, self._call.services
        self.queue = queue = self._find(code)
        call.phase = Phase.QUEUED
        now = services.clock.now()
        since = self.since if again else None
        self.since = self.since or now
        call.recorder.show.queue(queue.reference())
        await call.recorder.segment(SegmentKind.QUEUE, queue_id=queue.id)
        await call.recorder.note("queue", "system", {"queue": queue.code})
        await call.treatment.begin(queue, since)
        card = call.customer_card
        if wishes is None:
            wishes = Wishes(preferred=await call.arrival.preferred())
        await services.routing.enqueue(
            call.id,
            queue.code,
            customer_class or (str(card["class"]) if card else "normal"),
            {"language": call.language, **attributes},
            tenant_id=call.tenant.id,
            wishes=wishes,
            since=since,
        )

    def _find(self, code: str | None) -> Queue:
        routing, tenant_id = self._call.services.routing, self._call.tenant.id
        if code is not None:
            with contextlib.suppress(NoSuchQueue):
                return routing.queue(code, tenant_id)
        return routing.fallback_queue(tenant_id)

    async def ring(self, offer: Offer) -> None:
        """Ring the agent routing chose; the screen knows before the phone does."""
        call, services = self._call, self._call.services
        if call.phase not in (Phase.QUEUED, Phase.RINGING):
            with contextlib.suppress(OfferGone):
                await services.routing.refused(call.id, offer.agent_id, CONTACT_GONE)
            return
        call.phase = Phase.RINGING
        self.ringing[offer.agent_id] = party = AgentParty(offer)
        # Opening the agent's sound has no effect on anybody, so it need not wait for the disk.
        opening = asyncio.ensure_future(party.open(services, call.post, beside=call.customer_media))
        try:
            await self._tell_of(offer)
        finally:
            await asyncio.wait({opening})
        card = call.customer_card
        try:
            name = str(card["name"]) if card else ""
            await party.dial(services, call.id, opening.result(), call.number, name, call.post, account=call.tenant.id)
        except MediaError as error:
            log.warning("no_sound_for_agent", agent=offer.number, error=str(error))
            await self.without_sound(party)
        except Refusal as error:
            log.warning("agent_unreachable", agent=offer.number, error=str(error))
            await self.not_taken(party, "unreachable")

    async def _tell_of(self, offer: Offer) -> None:
        """The record and the screens know before the phone does; what the customer was being told ends."""
        call = self._call
        show, now, recorder = call.recorder.show, call.services.clock.now(), call.recorder
        noted = recorder.note("offer", "system", {"agent": offer.number, "why": offer.explanation})
        if len(self.ringing) == 1:
            show.why(explanation=offer.explanation, queue_wait=round(recorder.interaction.wait_seconds(now), 1))
            # Begun in this order, written together: the agent's telephone is to ring at once.
            rings = recorder.segment(SegmentKind.RING, agent_id=offer.agent_id, queue_id=self.queue_id)
            await asyncio.gather(rings, noted, call.treatment.interrupt())
        else:
            await asyncio.gather(noted, call.treatment.interrupt())
        show.until(now + timedelta(seconds=offer.ring_seconds))
        call.staging.show()

    async def withdrawn(self, withdraw: Withdraw) -> None:
        """Routing takes the offer back: the ring time is over, the agent went away, or a colleague was faster."""
        party = self.ringing.get(withdraw.agent_id)
        if party is not None:
            await self.back(party, withdraw.reason)
            await self._call.transferring.not_taken(party, withdraw.reason)

    async def taken(self, party: AgentParty) -> None:
        """This agent has it: the others who are rung are let go at once."""
        ringing, self.ringing = self.ringing, {}
        for other in ringing.values():
            if other is not party:
                await other.release(self._call.services)

    async def moved(self, moved: Moved) -> None:
        """The queue was closed: the customer waits in another one, and an agent who rings goes on ringing."""
        call = self._call
        if call.phase not in (Phase.QUEUED, Phase.RINGING):
            return
        with contextlib.suppress(NoSuchQueue):
            self.queue = queue = call.services.routing.queue(moved.queue_code, call.tenant.id)
            call.recorder.show.queue(queue.reference())
            await call.treatment.moved(queue)
        if call.phase is Phase.QUEUED:
            await call.recorder.segment(SegmentKind.QUEUE, queue_id=moved.queue_id)
        await call.recorder.note("queue", "system", {"queue": moved.queue_code, "moved": True})

    async def stranded(self) -> None:
        """The tenant has no queue any more: nobody would ever answer."""
        call = self._call
        if call.phase in (Phase.QUEUED, Phase.RINGING):
            await call.recorder.note("system", "system", {"queue": "closed"})
            await call.end(EndReason.FAILED)

    async def not_taken(self, party: AgentParty, reason: str) -> None:
        """The agent did not take it: tell routing, which keeps the contact's place."""
        call = self._call
        await self.back(party, reason)
        with contextlib.suppress(OfferGone):
            await call.services.routing.refused(call.id, party.agent_id, reason)
        await call.transferring.not_taken(party, reason)

    async def without_sound(self, party: AgentParty) -> None:
        """The media engine has nothing for the agent's side, which is not the agent's doing: the agent stays ready, the
        customer waits on and is offered again before all others, but not at once."""
        call = self._call
        await self.back(party, "no_sound")
        if not self.ringing:
            await call.services.routing.left(call.id)
            call.spawn(self._again_soon())
        else:
            with contextlib.suppress(OfferGone):
                await call.services.routing.refused(call.id, party.agent_id, "no_sound")

    async def _again_soon(self) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        self._call.post(OfferAgain())

    async def again(self) -> None:
        """Back in the queue after `without_sound`."""
        call = self._call
        if call.phase is not Phase.QUEUED or self.queue is None:
            return
        try:
            self.queue = self._find(self.queue.code)
            attributes = {"language": call.language, "again": True}
            with contextlib.suppress(AlreadyRouted):
                await call.services.routing.enqueue(
                    call.id, self.queue.code, "vip", attributes, tenant_id=call.tenant.id, since=self.since
                )
        except NoSuchQueue:
            await self.stranded()

    async def decline(self, party: AgentParty) -> None:
        """The agent refuses the ringing call at the screen."""
        await self.not_taken(party, "declined")

    async def back(self, party: AgentParty, reason: str) -> None:
        """This agent's side is released; unless others ring, the customer waits again."""
        call = self._call
        was_first = party is self.first
        if self.ringing.get(party.agent_id) is party:
            del self.ringing[party.agent_id]
        try:
            if call.phase is Phase.RINGING:
                await self._rings_on(was_first)
                await call.recorder.note("offer", "system", {"agent": party.number, "failed": reason})
        finally:
            await party.release(call.services)
        if call.phase is Phase.QUEUED:
            call.treatment.resume()

    async def _rings_on(self, was_first: bool) -> None:
        call, first = self._call, self.first
        call.staging.show()
        if first is None:
            call.phase = Phase.QUEUED
            call.recorder.show.until(None)
            await call.recorder.segment(SegmentKind.QUEUE, queue_id=self.queue_id)
            call.treatment.resume()
        elif was_first:
            await call.recorder.segment(SegmentKind.RING, agent_id=first.agent_id, queue_id=self.queue_id)
