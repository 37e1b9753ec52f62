"""A call that we make to a customer: the agent first, then the customer by a trunk. What follows is a call like others.

The agent is either offered it by routing (somebody is owed a call) or makes it of their own accord; then routing has
them talking from the outset and their own telephone rings first. While the customer is being called the record says
`dial`, the agent hears it ring, and whatever ends it is told to the errand, which plans what comes next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.callback.events import Result
from yuelai.channels.callback.ports import Errand
from yuelai.channels.ports import Identified, NotAllowedOutside
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.messages import Command, CustomerKnown
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.placing import Placing, result_of
from yuelai.channels.voice.scene import Place
from yuelai.channels.voice.services import VoiceServices
from yuelai.channels.voice.succession import Succession
from yuelai.interactions.events import EndReason, Role, SegmentKind
from yuelai.interactions.model import Tenant
from yuelai.media.ports import LegGone, MediaError
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import InteractionId
from yuelai.routing.events import Diverted, Offer
from yuelai.routing.model import Queue
from yuelai.telephony.ports import Answered, Ended, Ringing

log = structlog.get_logger()

OWN_PHONE_SECONDS = 30.0
"""How long the telephone of an agent rings who makes a call."""
KNOW_SECONDS = 0.3
"""How long the agent's telephone waits for the customer's name; the database answers in a millisecond."""


@dataclass(frozen=True)
class Wanted:
    """Whom to call, what they see of us, and what the agent is to know of it. `recording_id` is of their message."""

    number: str
    caller: str
    language: str = "zh-CN"
    queue: Queue | None = None
    customer_id: UUID | None = None
    previous: UUID | None = None
    recording_id: UUID | None = None
    about: tuple[tuple[str, Any], ...] = ()
    """What the service trail says of why it is made: ids and codes."""


@dataclass(frozen=True)
class OwnPhoneSilent:
    """The agent who makes a call has not picked up their own telephone."""


@dataclass(frozen=True)
class Recalled:
    """The customer is not to be called any more."""


class OutgoingCall(VoiceCall):
    direction = "out"

    def __init__(
        self,
        services: VoiceServices,
        tenant: Tenant,
        interaction_id: InteractionId,
        wanted: Wanted,
        errand: Errand,
        *,
        own: Offer | None = None,
    ) -> None:
        """`own` names the agent who makes the call of their own accord, and their seat; routing has them talking."""
        super().__init__(services, tenant)
        self.id = interaction_id
        self.number, self.called, self.language = wanted.number, wanted.caller, wanted.language
        self.wanted, self.errand = wanted, errand
        self.succession = _Succession(self)
        self.placing = Placing(services, wanted.number, wanted.caller, self.customer_media, self.post)
        self._own = AgentParty(own) if own is not None else None
        """Whose telephone rings for a call of their own, until they pick up."""
        self.on_end: Callable[[], Any] = lambda: None

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self.on_end()
            self.placing.over()
            await self.errand.dropped()

    async def _take(self, message: Any) -> None:
        if await self._of_its_own(message):
            return
        await super()._take(message)

    async def _of_its_own(self, message: Any) -> bool:
        """What calls that come do not know."""
        own = self._own
        if isinstance(message, Recalled | Diverted) and self.customer is None:
            if self.phase in (Phase.QUEUED, Phase.RINGING):
                await self.recorder.note("callback", "system", {"cancelled": True})
                await self.end(EndReason.NOT_REACHED)
            return True
        if isinstance(message, Recalled):
            return True  # too late: they have been called
        if isinstance(message, OwnPhoneSilent):
            if own is not None:
                await self._without_agent("no_answer")
            return True
        if own is None:
            return False
        if isinstance(message, Answered) and own.owns(message.leg):
            await self._own_answered(own, message)
        elif isinstance(message, Ended | LegGone) and own.owns(message.leg):
            await self._without_agent("unreachable")
        elif isinstance(message, Command) and message.name == "hangup" and message.actor.person_id == own.agent_id:
            await self._without_agent("declined")
            if not message.done.done():
                message.done.set_result({})
        else:
            return False
        return True

    # --- the agent --------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        wanted, services, own = self.wanted, self.services, self._own
        try:
            await self.recorder.begin(
                self.id,
                self.tenant,
                "voice",
                self.direction,
                self.called,
                self.number,
                first=SegmentKind.QUEUE if own is None else SegmentKind.RING,
                agent_id=own.agent_id if own is not None else None,
                queue_id=wanted.queue.id if wanted.queue is not None else None,
            )
        except Unavailable as error:
            # What cannot be recorded is not begun.
            log.warning("call_not_made", error=str(error))
            self.phase = Phase.CLOSED
            await (services.routing.left(self.id) if self._own is None else self._let_agent_go())
            return
        self.waiting.queue = wanted.queue
        if wanted.queue is not None:
            self.recorder.show.queue(wanted.queue.reference())
        if wanted.about:
            await self.recorder.note("callback", "system", dict(wanted.about))
        for kind, other in (("previous", wanted.previous), ("callback", self.errand.callback_id)):
            if other is not None:
                await self.recorder.linked(kind, other)
        if wanted.recording_id is not None:
            await self.recorder.linked("message", wanted.recording_id)
        knowing = self.spawn(self.identify())
        await asyncio.wait([knowing], timeout=KNOW_SECONDS)
        if self._own is None:
            self.phase = Phase.QUEUED  # the offer is in the mailbox
        else:
            await self._ring_own(self._own)

    async def identify(self) -> None:
        """Who it is was said when the call was booked, or follows from the number."""
        if self.wanted.customer_id is None:
            await super().identify()
            return
        try:
            card = await self.services.customers.card(self.tenant.id, self.wanted.customer_id)
        except Refusal as refusal:
            log.warning("customer_of_call_not_found", error=str(refusal))
            await super().identify()
        else:
            self.post(CustomerKnown(Identified("one", [card])))

    async def _ring_own(self, party: AgentParty) -> None:
        self.phase = Phase.TALKING
        self.parties.append(party)
        self.recorder.show.until(self.services.clock.now() + timedelta(seconds=OWN_PHONE_SECONDS))
        self.staging.show()
        try:
            await party.ring(self.services, self.id, self.number, "", self.post, account=self.tenant.id, rejoin=True)
        except (MediaError, Refusal) as error:
            log.warning("own_phone_unreachable", agent=party.number, error=str(error))
            await self._without_agent("unreachable")
        else:
            self.spawn(self._wait_for_own())

    async def _wait_for_own(self) -> None:
        await asyncio.sleep(OWN_PHONE_SECONDS)
        self.post(OwnPhoneSilent())

    async def _own_answered(self, party: AgentParty, event: Answered) -> None:
        try:
            await self.services.media.answer(party.media_leg, event.sdp)
        except MediaError as error:
            log.warning("agent_without_sound", agent=party.number, error=str(error))
            await self._without_agent("unreachable")
            return
        self._own = None
        await self.agent_joined(party)

    async def _without_agent(self, reason: str) -> None:
        """Who wanted to make the call does not pick up: nobody is called."""
        self._own = None
        await self.recorder.note("callback", "system", {"own_phone": reason})
        await self.end(EndReason.FAILED)

    async def _let_agent_go(self) -> None:
        assert self._own is not None
        if await self.services.routing.released(self.id) is not None:
            await self.services.routing.wrapup_done(self._own.agent_id, self.id)

    # --- the customer -----------------------------------------------------------------------------------------------

    async def agent_joined(self, party: AgentParty) -> None:
        """The agent is there: now the customer is called, who may be on the line already and have lost another one."""
        if self.customer is not None:
            await self.talking.join(party)
            return
        party.place, self.called_by_us = Place.ROOM, True
        if party not in self.parties:
            self.parties.append(party)
        self.recorder.show.until(None)
        party.participant_id = await self.recorder.joined(Role.AGENT, agent_id=party.agent_id, number=party.number)
        try:
            offer = await self.placing.reserve(party.number, party.media_leg)
            await self.staging.update()
            # Known to be under way before it is: after a crash nobody is called as if they had not been.
            await self.errand.dialling()
            self.customer = await self.placing.dial(offer, self.id, self.tenant.id)
        except NotAllowedOutside as refusal:
            log.warning("call_denied", agent=party.number, reason=refusal.extra.get("reason"))
            await self._not_reached(Result.DENIED)
        except (MediaError, Refusal) as error:
            log.warning("customer_not_called", error=str(error))
            await self._not_reached(Result.UNREACHABLE)

    async def customer_rings(self, event: Ringing) -> None:
        agent = self.agent
        if self.called_by_us and agent is not None:
            await self.placing.rings(event.sdp, agent.media_leg, self.language)

    async def customer_answered(self, event: Answered) -> None:
        agent = self.agent
        if not self.called_by_us or agent is None:
            return
        try:
            await self.placing.answered(event.sdp)
        except MediaError as error:
            log.warning("customer_without_sound", error=str(error))
            await self._not_reached(Result.UNREACHABLE)
            return
        self.called_by_us = False
        await self.errand.over(Result.ANSWERED, agent.agent_id)
        self._owed_nothing(called=True)
        self.spawn(self.placing.meter())
        await self.talking.join(agent)

    async def customer_ended(self, event: Ended) -> None:
        if self.called_by_us:
            await self._not_reached(result_of(event), event.status)
        else:
            await super().customer_ended(event)

    async def _not_reached(self, result: Result, status: int = 0) -> None:
        told = {"result": result.value, **({"status": status} if status else {})}
        await self.recorder.note("callback", "system", told)
        await self._tell(result)
        await self.end(EndReason.NOT_REACHED)

    async def _tell(self, result: Result) -> None:
        agent, self.called_by_us = self.agent, False
        if agent is not None:
            await self.errand.over(result, agent.agent_id)

    async def end(self, reason: EndReason) -> None:
        """Whoever ends it while the customer is still being called has given up."""
        if self.phase in (Phase.WRAPUP, Phase.CLOSED):
            return
        await self._try(self.placing.quiet())
        if self.called_by_us and reason is EndReason.AGENT_HUNG_UP:
            await self._try(self._tell(Result.GIVEN_UP))
            reason = EndReason.NOT_REACHED
        self.called_by_us = False
        await super().end(reason)
        self.placing.over()
        await self._try(self.errand.dropped())


class _Succession(Succession):
    """A customer who has not been reached yet is given to nobody else."""

    async def to_queue(self, party: AgentParty) -> None:
        if self._call.called_by_us:
            await self._call.end(EndReason.AGENT_HUNG_UP)
        else:
            await super().to_queue(party)
