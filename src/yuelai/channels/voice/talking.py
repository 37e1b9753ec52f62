"""Customer and agents joined: answer, hold, re-INVITEs, a phone's own hold key."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.interactions.events import Role
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId
from yuelai.routing.errors import OfferGone
from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import Answered, Leg, Reanswered, Reoffered
from yuelai.wire.sdp import parse_sdp

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()


class Talking:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self.held = False
        """The customer is on hold by an agent's hand."""

    async def answered(self, party: AgentParty, event: Answered) -> None:
        """The phone of an agent who was rung for the customer was picked up."""
        call, services = self._call, self._call.services
        try:
            await services.media.answer(party.media_leg, event.sdp)
        except MediaError as error:
            log.warning("agent_without_sound", agent=party.number, error=str(error))
            await call.waiting.not_taken(party, "unreachable")
            return
        try:
            await services.routing.accepted(party.contact_id, party.agent_id)
        except OfferGone:
            await call.waiting.back(party, "too_late")
            return
        await call.waiting.taken(party)
        call.phase = Phase.TALKING
        await call.agent_joined(party)

    async def join(self, party: AgentParty) -> None:
        """Customer and agent speak with each other from now on."""
        call = self._call
        party.place = Place.ROOM
        if party not in call.parties:
            call.parties.append(party)
        self.held = False
        await call.arrival.answer()
        await call.staging.sound()
        await call.taping.start()
        call.recorder.show.until(None)
        party.participant_id = await call.recorder.joined(Role.AGENT, agent_id=party.agent_id, number=party.number)
        await call.transferring.arrived(party)
        await call.staging.update()
        await call.treatment.introduce(party.number)

    async def hold(self, held: bool) -> None:
        """Put the customer on hold, or take them back. Asking twice changes nothing."""
        call = self._call
        if call.phase is not Phase.TALKING or call.agent is None or held == self.held:
            return
        self.held = held
        await call.staging.update()

    def _whose(self, leg: LegId) -> tuple[Leg, LegId, Party | None] | None:
        call = self._call
        if call.customer is not None and leg == call.customer.id:
            return call.customer, call.customer_media, None
        party = call.party(leg)
        return (party.leg, party.media_leg, party) if party is not None and party.leg is not None else None

    async def reoffered(self, event: Reoffered) -> None:
        """A re-INVITE: the phone's own hold key, or changed addresses."""
        found = self._whose(event.leg)
        if found is None:
            return
        leg, media_leg, party = found
        try:
            answer = await self._call.services.media.reoffer(media_leg, event.sdp)
        except MediaError as error:
            log.info("reoffer_refused", error=str(error))
            with contextlib.suppress(WrongState):
                await leg.refuse_offer()
            return
        try:
            await leg.accept(answer)
        except WrongState:
            return  # taken back, or hung up: `Ended` is in the mailbox then
        if party is not None:
            await self._phone_holds(party, event.sdp)

    async def reanswered(self, event: Reanswered) -> None:
        """Somebody between us and the party asked for our description and answered with another one of its own."""
        found = self._whose(event.leg)
        if found is None:
            return
        try:
            await self._call.services.media.answer(found[1], event.sdp)
        except MediaError as error:
            log.info("reanswer_refused", error=str(error))

    async def _phone_holds(self, party: Party, sdp: str) -> None:
        """The key of the only agent with the customer is their hold; anybody else's leaves the others talking."""
        call, session = self._call, parse_sdp(sdp)
        holds = session.direction(session.audio) in ("sendonly", "inactive")
        if holds == party.pressed_hold or call.phase is not Phase.TALKING:
            return
        party.pressed_hold = holds
        alone = party is call.agent and len(call.parties) == 1
        if alone or (party is call.agent and not holds and self.held and not party.holds):
            await self.hold(holds)
        elif party.stands:
            party.holds = holds
            await call.staging.update()
