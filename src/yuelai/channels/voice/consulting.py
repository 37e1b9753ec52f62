"""An agent asks somebody about the customer: a colleague, a queue, a number outside; and what may come of it.

One consultation at a time. The customer waits with music, or goes on with the others of a conference; the agent speaks
with whom they asked, or changes between the two. Who was asked may get the customer, or come into a conference; if they
do not come, or go, the customer is on hold until the agent takes them back.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import NotPossibleNow
from yuelai.channels.voice.outside_party import OutsideParty
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.channels.voice.targets import NotToYourself, Target, ToAgent, ToFlow, ToNumber, ToQueue, line
from yuelai.interactions.events import Role
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import new_id
from yuelai.routing.errors import OfferGone
from yuelai.routing.events import Offer, Withdraw
from yuelai.routing.model import CONTACT_GONE
from yuelai.telephony.ports import Answered, Ended

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

BUSY_STATUSES = (486, 600, 603)


class Consulting:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self.by: AgentParty | None = None
        """Who asks; None without a consultation."""
        self.target: Target | None = None
        self._contact: UUID | None = None
        """What routing calls the consultation."""
        self._asked: list[Party] = []

    @property
    def party(self) -> Party | None:
        """Who was asked and has answered."""
        return next((one for one in self._asked if one.stands), None)

    @property
    def contact(self) -> UUID | None:
        """What routing calls the consultation, if one of agents is under way."""
        return self._contact

    @property
    def rings(self) -> bool:
        """Somebody is asked and has not answered yet."""
        return self.by is not None and self.party is None

    def asks(self, party: Party) -> bool:
        return party in self._asked

    def rung(self, agent_id: UUID) -> AgentParty | None:
        """The agent of that id, if they are asked."""
        return next((one for one in self._asked if isinstance(one, AgentParty) and one.agent_id == agent_id), None)

    def replace(self, old: Party, new: Party) -> None:
        """The same person has another line."""
        if self.by is old:
            assert isinstance(new, AgentParty)
            self.by = new
        self._asked = [new if one is old else one for one in self._asked]

    # --- asking -----------------------------------------------------------------------------------------------------

    async def begin(self, by: AgentParty, wanted: Target) -> None:
        """Ask. Raises what routing and trunks refuse; then nothing has changed."""
        call = self._call
        if self.by is not None or by.place is not Place.ROOM or call.phase is not Phase.TALKING:
            raise NotPossibleNow("somebody is being asked already")
        if isinstance(wanted, ToFlow):
            raise NotPossibleNow("a flow cannot be asked")
        party: OutsideParty | None = None
        if isinstance(wanted, ToNumber):
            party = OutsideParty(line=line(call, wanted.number, by.number))
            # From here on nothing is refused any more: what fails is told as the answer of whom we called.
        else:
            self._contact = await self._ask_routing(by, wanted)
        self.by, self.target = by, wanted
        by.place, call.talking.held = Place.ASIDE, False
        await call.recorder.note("consult", by.number, wanted.told())
        if party is not None:
            await self._dial(party)
        if self.by is by:
            await call.staging.update()

    async def _ask_routing(self, by: AgentParty, wanted: ToAgent | ToQueue) -> UUID:
        call, contact = self._call, new_id()
        agent_id = wanted.agent_id if isinstance(wanted, ToAgent) else None
        if agent_id is not None and any(
            isinstance(one, AgentParty) and one.agent_id == agent_id for one in call.parties
        ):
            raise NotToYourself
        code = wanted.queue.code if isinstance(wanted, ToQueue) else None
        await call.services.routing.consult(
            contact, call.id, tenant_id=call.tenant.id, agent_id=agent_id, queue_code=code, by=by.agent_id
        )
        return contact

    async def _dial(self, party: OutsideParty) -> None:
        call = self._call
        self._asked.append(party)
        call.parties.append(party)
        party.participant_id = await call.recorder.joined(Role.THIRD, address=party.number)
        try:
            await party.ring(call.services, call.id, call.post, account=call.tenant.id, beside=call.customer_media)
        except (MediaError, Refusal) as error:
            log.warning("outside_not_called", error=str(error))
            await self._nobody_comes(party, "unreachable")

    async def offered(self, offer: Offer) -> None:
        """Routing chose whom to ring."""
        call = self._call
        if offer.contact_id != self._contact or self.by is None or self.party is not None:
            with contextlib.suppress(OfferGone):
                await call.services.routing.refused(offer.contact_id or call.id, offer.agent_id, CONTACT_GONE)
            return
        party = AgentParty(offer)
        party.role = Role.CONSULTED
        self._asked.append(party)
        call.parties.append(party)
        party.participant_id = await call.recorder.joined(Role.CONSULTED, agent_id=party.agent_id, number=party.number)
        await call.staging.update()
        try:
            await party.ring(
                call.services,
                call.id,
                self.by.number,
                "",
                call.post,
                account=call.tenant.id,
                beside=call.customer_media,
            )
        except MediaError as error:
            log.warning("no_sound_for_agent", agent=offer.number, error=str(error))
            await self.not_taken(party, CONTACT_GONE)
        except Refusal as error:
            log.warning("agent_unreachable", agent=offer.number, error=str(error))
            await self.not_taken(party, "unreachable")

    async def withdrawn(self, withdraw: Withdraw) -> None:
        """Routing takes the offer back."""
        party = self.rung(withdraw.agent_id)
        if party is not None and not party.stands:
            await self._nobody_comes(party, withdraw.reason)

    async def not_taken(self, party: AgentParty, reason: str) -> None:
        """The agent who is asked does not come."""
        with contextlib.suppress(OfferGone):
            await self._call.services.routing.refused(party.contact_id, party.agent_id, reason)
        await self._nobody_comes(party, reason)

    async def ended(self, party: Party, event: Ended) -> None:
        """The telephone of somebody who is asked says no."""
        reason = "busy" if event.status in BUSY_STATUSES else "unreachable"
        if isinstance(party, AgentParty):
            await self.not_taken(party, reason)
        else:
            await self._nobody_comes(party, reason)

    async def _nobody_comes(self, party: Party, reason: str) -> None:
        """Of a queue somebody else may still come; else the question is over."""
        call = self._call
        await self._drop(party, "released")
        number = party.number
        if self.by is not None and not isinstance(self.target, ToQueue):
            await call.recorder.note("consult", "system", {**self._told(), "failed": reason})
            await self._back(held=True)
        else:
            await call.recorder.note("offer", "system", {"agent": number, "failed": reason})
            await call.staging.update()

    async def closed(self) -> None:
        """The queue that was asked is no more."""
        if self.rings:
            await self._call.recorder.note("consult", "system", {**self._told(), "failed": "closed"})
            await self._back(held=True)

    async def answered(self, party: Party, event: Answered) -> None:
        """Somebody who is asked has answered: the agent speaks with them."""
        call = self._call
        try:
            await call.services.media.answer(party.media_leg, event.sdp)
        except MediaError as error:
            log.warning("asked_without_sound", number=party.number, error=str(error))
            await self.ended(party, Ended(event.leg, "local", 488, ""))
            return
        if isinstance(party, AgentParty):
            try:
                await call.services.routing.accepted(party.contact_id, party.agent_id)
            except OfferGone:
                await self._nobody_comes(party, "too_late")
                return
            for other in [one for one in self._asked if one is not party]:
                await self._drop(other, "released")
        else:
            assert isinstance(party, OutsideParty)
            call.meter(party)
        party.place = Place.ASIDE
        await call.staging.update()

    # --- what may come of it ----------------------------------------------------------------------------------------

    async def alternate(self) -> None:
        """Speak with the other one: the customer, or who was asked. Raises NotPossibleNow."""
        if self.by is None or self.party is None:
            raise NotPossibleNow("nobody was asked, or they have not answered")
        self._call.talking.held = False
        self.by.place = Place.ROOM if self.by.place is Place.ASIDE else Place.ASIDE
        await self._call.staging.update()

    async def cancel(self) -> None:
        """Ask no more, and speak with the customer."""
        if self.by is None:
            raise NotPossibleNow("nobody is being asked")
        await self._back(held=False)

    async def complete(self) -> None:
        """Who was asked takes the customer, and the agent leaves. Raises NotPossibleNow."""
        call, by, party = self._call, self.by, self.party
        if by is None:
            raise NotPossibleNow("nobody is being asked")
        if party is None:
            if self._others_with_customer(by):
                raise NotPossibleNow("others are with the customer, and who is asked has not answered")
            await call.transferring.instead_of_asking(by)
            return
        told = self._told()
        await call.recorder.note("transfer", by.number, {**told, "kind": "attended"})
        if isinstance(party, AgentParty):
            await call.succession.hand_over(by, party)
        else:
            assert isinstance(party, OutsideParty)
            await call.succession.to_outside(by, party)

    async def confer(self) -> None:
        """Customer, agent and who was asked speak together. Raises NotPossibleNow."""
        call, by, party = self._call, self.by, self.party
        if by is None or party is None:
            raise NotPossibleNow("nobody was asked, or they have not answered")
        await call.recorder.note("conference", by.number, self._told())
        by.place = party.place = Place.ROOM
        call.talking.held = False
        if isinstance(party, AgentParty):
            party.role = Role.AGENT
            party.participant_id = await call.recorder.joined(Role.AGENT, agent_id=party.agent_id, number=party.number)
        self._forget()
        await call.staging.update()

    async def left(self, party: Party, reason: str) -> None:
        """Who was asked has gone again: the customer is on hold until the agent takes them back."""
        await self._drop(party, reason)
        await self._back(held=True)

    async def over(self, keep: Party | None = None) -> None:
        """Ask no more, whatever becomes of the agent; `keep` stays in the call. The scene is to be updated."""
        asked, contact = [one for one in self._asked if one is not keep], self._contact
        by, self.by = self.by, None
        kept = keep in self._asked
        self._asked = [one for one in self._asked if one is keep]
        stood = any(one.stands for one in asked if isinstance(one, AgentParty))
        for party in asked:
            await self._drop(party, "released")
        if by is not None and contact is not None and not kept and not stood:
            await self._call.services.routing.left(contact)
        self._forget()

    async def _back(self, *, held: bool) -> None:
        call, by = self._call, self.by
        with_customer = by is not None and by.place is Place.ROOM
        await self.over()
        if by is not None and by in call.parties:
            by.place = Place.ROOM
            call.talking.held = held and not with_customer and not self._others_with_customer(by)
            await call.staging.update()

    def _others_with_customer(self, by: Party) -> bool:
        return any(one is not by and one.place is Place.ROOM for one in self._call.parties)

    async def _drop(self, party: Party, reason: str) -> None:
        call = self._call
        if party in self._asked:
            self._asked.remove(party)
        if isinstance(party, AgentParty) and party.stands:
            await call.succession.part(party, reason)
        else:
            await call.succession.discard(party, reason)

    def _forget(self) -> None:
        self.by = self.target = self._contact = None
        self._asked = []

    def _told(self) -> dict[str, str]:
        return self.target.told() if self.target is not None else {}
