"""The caller in the queue, and agents being rung for them one after the other until one answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import OfferAgain
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import AlreadyRouted, NoSuchQueue, OfferGone
from yuelai.routing.events import Moved, Offer, Withdraw
from yuelai.routing.model import CONTACT_GONE, Queue

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

AGAIN_SECONDS = 3.0
"""How long a customer waits before the next try when there was no sound for an agent."""


class Waiting:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self.queue: Queue | None = None

    @property
    def queue_id(self) -> Any:
        return self.queue.id if self.queue is not None else None

    async def enqueue(self, code: str | None, attributes: Mapping[str, Any], customer_class: str | None = None) -> None:
        """Wait in the tenant's queue of that code, else where its customers go who cannot be placed; `customer_class`
        overrides the customer's own. Raises `NoSuchQueue` when the tenant has none at all."""
        call, services = self._call, self._call.services
        self.queue = queue = self._find(code)
        call.phase = Phase.QUEUED
        call.recorder.show.queue(queue.reference())
        await call.recorder.segment(SegmentKind.QUEUE, queue_id=queue.id)
        await call.recorder.note("queue", "system", {"queue": queue.code})
        await call.hearing.wait(queue.id, call.language)
        card = call.customer_card
        await services.routing.enqueue(
            call.id,
            queue.code,
            customer_class or (str(card["class"]) if card else "normal"),
            {"language": call.language, **attributes},
            tenant_id=call.tenant.id,
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
        if call.phase is not Phase.QUEUED:
            with contextlib.suppress(OfferGone):
                await services.routing.refused(call.id, offer.agent_id, CONTACT_GONE)
            return
        call.phase = Phase.RINGING
        call.agent = party = AgentParty(offer)
        show, now = call.recorder.show, services.clock.now()
        show.why(explanation=offer.explanation, queue_wait=round(call.recorder.interaction.wait_seconds(now), 1))
        await call.recorder.segment(SegmentKind.RING, agent_id=offer.agent_id, queue_id=self.queue_id)
        await call.recorder.note("offer", "system", {"agent": offer.number, "why": offer.explanation})
        show.until(now + timedelta(seconds=offer.ring_seconds))
        show.agent(offer.agent_id, offer.number, offer.place)
        card = call.customer_card
        try:
            name = str(card["name"]) if card else ""
            await party.ring(
                services,
                call.id,
                call.customer.caller,
                name,
                call.post,
                account=call.tenant.id,
                beside=call.customer_media,
            )
        except MediaError as error:
            log.warning("no_sound_for_agent", agent=offer.number, error=str(error))
            await self.without_sound(offer)
        except Refusal as error:
            log.warning("agent_unreachable", agent=offer.number, error=str(error))
            await self.not_taken("unreachable")

    async def withdrawn(self, withdraw: Withdraw) -> None:
        """Routing takes the offer back: the ring time is over, or the agent went away."""
        call = self._call
        if call.phase is Phase.RINGING and call.agent and call.agent.offer.agent_id == withdraw.agent_id:
            await self.back(withdraw.reason)

    async def moved(self, moved: Moved) -> None:
        """The queue was closed: the customer waits in another one, and an agent who rings goes on ringing."""
        call = self._call
        if call.phase not in (Phase.QUEUED, Phase.RINGING):
            return
        with contextlib.suppress(NoSuchQueue):
            self.queue = queue = call.services.routing.queue(moved.queue_code, call.tenant.id)
            call.recorder.show.queue(queue.reference())
        if call.phase is Phase.QUEUED:
            await call.recorder.segment(SegmentKind.QUEUE, queue_id=moved.queue_id)
        await call.recorder.note("queue", "system", {"queue": moved.queue_code, "moved": True})

    async def stranded(self) -> None:
        """The tenant has no queue any more: nobody would ever answer."""
        call = self._call
        if call.phase in (Phase.QUEUED, Phase.RINGING):
            await call.recorder.note("system", "system", {"queue": "closed"})
            await call.end(EndReason.FAILED)

    async def not_taken(self, reason: str) -> None:
        """The agent did not take it: tell routing, which keeps the contact's place."""
        call = self._call
        party = call.agent
        await self.back(reason)
        if party is not None:
            with contextlib.suppress(OfferGone):
                await call.services.routing.refused(call.id, party.offer.agent_id, reason)

    async def without_sound(self, offer: Offer) -> None:
        """The media engine has nothing for the agent's side, which is not the agent's doing: the agent stays ready, the
        customer waits on and is offered again before all others, but not at once."""
        call = self._call
        await self.back("no_sound")
        with contextlib.suppress(OfferGone):
            await call.services.routing.refused(call.id, offer.agent_id, CONTACT_GONE)
        call.spawn(self._again_soon())

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
                    call.id, self.queue.code, "vip", attributes, tenant_id=call.tenant.id
                )
        except NoSuchQueue:
            await self.stranded()

    async def decline(self) -> None:
        """The agent refuses the ringing call at the screen."""
        if self._call.phase is Phase.RINGING:
            await self.not_taken("declined")

    async def back(self, reason: str) -> None:
        """The customer waits again; the agent's side is released."""
        call = self._call
        party, call.agent = call.agent, None
        call.phase = Phase.QUEUED
        call.recorder.show.agent(None)
        call.recorder.show.until(None)
        try:
            await call.recorder.segment(SegmentKind.QUEUE, queue_id=self.queue_id)
            number = party.offer.number if party else ""
            await call.recorder.note("offer", "system", {"agent": number, "failed": reason})
        finally:
            if party is not None:
                await party.release(call.services)
