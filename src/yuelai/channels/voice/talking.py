"""Customer and agent joined: answer, hold, a reloaded page's rejoin, re-INVITEs, the recording."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import NotPossibleNow, RejoinOver
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import SegmentKind
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import RecordingId
from yuelai.routing.errors import OfferGone
from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import Answered, Reanswered, Reoffered
from yuelai.wire.sdp import parse_sdp

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

REJOIN_SECONDS = 20.0
"""How long a customer is kept for an agent whose page has gone."""


class Talking:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self.held = False
        self.rejoining: AgentParty | None = None
        self._lost: AgentParty | None = None
        self._patience: asyncio.Task[None] | None = None
        self._phone_held = False
        """What the agent's phone last said of its own hold key; a refresh that repeats it changes nothing."""
        self._recording: RecordingId | None = None
        self._recording_paused = False

    async def answered(self, event: Answered) -> None:
        """An agent's phone was picked up."""
        call, services = self._call, self._call.services
        if self.rejoining is not None and self.rejoining.owns(event.leg):
            await self._rejoined(event.sdp)
            return
        party = call.agent
        if call.phase is not Phase.RINGING or party is None or not party.owns(event.leg):
            return  # withdrawn meanwhile; its hang-up is under way
        try:
            await services.media.answer(party.media_leg, event.sdp)
        except MediaError as error:
            log.warning("agent_without_sound", agent=party.offer.number, error=str(error))
            await call.waiting.not_taken("unreachable")
            return
        try:
            await services.routing.accepted(call.id, party.offer.agent_id)
        except OfferGone:
            await call.waiting.back("too_late")
            return
        call.phase = Phase.TALKING
        self._phone_held = False
        await call.hearing.quiet()
        await services.media.bridge(call.customer_media, party.media_leg)
        await self._start_recording()
        call.recorder.show.until(None)
        await call.recorder.segment(SegmentKind.TALK, party.offer.agent_id, call.waiting.queue_id)

    async def hold(self, held: bool) -> None:
        """Put the customer on hold, or take them back. Asking twice changes nothing."""
        call, services = self._call, self._call.services
        if call.phase is not Phase.TALKING or call.agent is None or held == self.held:
            return
        self.held = held
        await services.media.hold(call.customer_media, held)
        if held or self._lost is not None:
            await call.hearing.music(call.language)
        else:
            await call.hearing.quiet()
        kind = SegmentKind.HOLD if held else SegmentKind.TALK
        await call.recorder.segment(kind, call.agent.offer.agent_id, call.waiting.queue_id)
        await services.routing.held(call.id, held)

    async def rejoin(self) -> None:
        """Call the agent's seat again: the page was reloaded and its old leg is dead. The customer stays."""
        call = self._call
        if call.phase is not Phase.TALKING or call.agent is None:
            return
        await self.drop_rejoin()
        self.rejoining = party = AgentParty(call.agent.offer)
        try:
            caller = call.customer.caller
            await party.ring(
                call.services,
                call.id,
                caller,
                "",
                call.post,
                account=call.tenant.id,
                beside=call.customer_media,
                rejoin=True,
            )
        except (MediaError, Refusal) as error:
            log.warning("rejoin_failed", error=str(error))
            await self.drop_rejoin()

    async def drop_rejoin(self) -> None:
        party, self.rejoining = self.rejoining, None
        if party is not None:
            await party.release(self._call.services)

    async def _rejoined(self, sdp: str) -> None:
        call, party = self._call, self.rejoining
        assert party is not None
        try:
            await call.services.media.answer(party.media_leg, sdp)
        except MediaError as error:
            log.warning("rejoin_failed", error=str(error))
            await self.drop_rejoin()
            return
        self.rejoining = self._lost = None
        self._phone_held = False
        old, call.agent = call.agent, party
        try:
            if not self.held:
                await call.hearing.quiet()
            await call.services.media.bridge(call.customer_media, party.media_leg)
            await call.recorder.note("system", "system", {"rejoined": party.offer.number})
        finally:
            if old is not None:
                await old.release(call.services)

    async def reoffered(self, event: Reoffered) -> None:
        """A re-INVITE: the phone's own hold key, or changed addresses."""
        call = self._call
        if event.leg == call.customer.id:
            leg, media_leg, by_agent = call.customer, call.customer_media, False
        elif call.agent is not None and call.agent.leg is not None and call.agent.owns(event.leg):
            leg, media_leg, by_agent = call.agent.leg, call.agent.media_leg, True
        else:
            return
        try:
            answer = await call.services.media.reoffer(media_leg, event.sdp)
        except MediaError as error:
            log.info("reoffer_refused", error=str(error))
            with contextlib.suppress(WrongState):
                await leg.refuse_offer()
            return
        try:
            await leg.accept(answer)
        except WrongState:
            return  # taken back, or hung up: `Ended` is in the mailbox then
        if by_agent:
            await self._phone_holds(event.sdp)

    async def reanswered(self, event: Reanswered) -> None:
        """Somebody between us and the party asked for our description and answered with another one of its own."""
        call = self._call
        if event.leg == call.customer.id:
            media_leg = call.customer_media
        elif call.agent is not None and call.agent.leg is not None and call.agent.owns(event.leg):
            media_leg = call.agent.media_leg
        else:
            return
        try:
            await call.services.media.answer(media_leg, event.sdp)
        except MediaError as error:
            log.info("reanswer_refused", error=str(error))

    async def _phone_holds(self, sdp: str) -> None:
        session = parse_sdp(sdp)
        held = session.direction(session.audio) in ("sendonly", "inactive")
        if held != self._phone_held:
            self._phone_held = held
            await self.hold(held)

    async def lose(self, party: AgentParty) -> None:
        """The agent's page or machine is gone. The customer hears music while the page may come back and rejoin."""
        call = self._call
        if call.phase is not Phase.TALKING or party is not call.agent or self._lost is party:
            return
        self._lost = party
        await call.recorder.note("system", "system", {"agent_lost": party.offer.number})
        await call.services.media.unbridge(call.customer_media, party.media_leg)
        await call.hearing.music(call.language)
        if self._patience is not None:
            self._patience.cancel()  # that of an earlier loss, which is over
        self._patience = call.spawn(self._wait_for(party))

    async def regain(self, party: AgentParty) -> None:
        """Its sound is back by itself, a network having failed for a while. Without its SIP leg it has to rejoin."""
        call = self._call
        if call.phase is not Phase.TALKING or self._lost is not party or party.leg is None:
            return
        self._lost = None
        await self.drop_rejoin()
        if not self.held:
            await call.hearing.quiet()
        await call.services.media.bridge(call.customer_media, party.media_leg)
        await call.recorder.note("system", "system", {"rejoined": party.offer.number})

    async def _wait_for(self, party: AgentParty, *, last: bool = False) -> None:
        await asyncio.sleep(REJOIN_SECONDS)
        self._call.post(RejoinOver(party, last))

    async def give_up(self, event: RejoinOver) -> None:
        """The agent has not come back: somebody else takes the customer, before all others who wait."""
        call = self._call
        if call.phase is not Phase.TALKING or call.agent is not event.party or self._lost is not event.party:
            return
        if self.rejoining is not None and not event.last:
            self._patience = call.spawn(self._wait_for(event.party, last=True))  # the page is back and about to answer
            return
        await self.drop_rejoin()
        party, call.agent = event.party, None
        self.held, self._lost = False, None
        await call.services.media.hold(call.customer_media, False)
        await party.release(call.services)
        await self.stop_recording()
        await call.services.routing.released(call.id)
        call.recorder.show.agent(None)
        queue = call.waiting.queue
        await call.waiting.enqueue(queue.code if queue else None, {"again": True}, "vip")

    async def _start_recording(self) -> None:
        """Record the talk. Without a recording the talk goes on: the customer does not pay for a full disk."""
        call = self._call
        try:
            self._recording = await call.services.capture.start(call.id, call.tenant.id, call.customer_media)
        except (MediaError, Refusal, OSError) as error:
            log.error("recording_not_started", error=str(error))
            await call.recorder.note("system", "system", {"recording": "failed"})
        else:
            self._recording_paused = False
            call.recorder.show.recording(True)

    async def pause_recording(self, paused: bool, number: str) -> None:
        """The agent with that number wants nothing kept for a while, or again everything. Twice changes nothing.

        Raises NotPossibleNow: whoever reads out a card number must know that it was not so.
        """
        call = self._call
        if self._recording is None:
            raise NotPossibleNow("nothing is being recorded")
        if paused is self._recording_paused:
            return
        try:
            await call.services.capture.pause(self._recording, paused)
        except MediaError as error:
            log.warning("recording_not_paused", error=str(error))
            raise NotPossibleNow("the recording cannot be reached") from None
        self._recording_paused = paused
        call.recorder.show.recording(True, paused=paused)
        await call.recorder.note("recording", number, {"paused": paused})

    async def stop_recording(self) -> None:
        """Complete the recording, if one runs."""
        call = self._call
        recording, self._recording = self._recording, None
        if recording is None:
            return
        call.recorder.show.recording(False)
        try:
            duration_ms = await call.services.capture.stop(recording)
        except MediaError as error:
            # The engine died: the recordings room completes the file from what was written.
            log.warning("recording_cut", error=str(error))
            return
        await call.recorder.recorded(recording, duration_ms)
