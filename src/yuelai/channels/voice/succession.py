"""Somebody leaves a call: who goes on with the customer, and what ends with them.

The customer is given up last. Whoever talks with them goes on; else whoever was asked and has answered; else they come
before all others who wait. Only a hang-up of the last one, or their own, ends their call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.outside_party import OutsideParty
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.interactions.events import EndReason, Role

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall


class Succession:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call

    async def hung_up(self, party: Party) -> None:
        """Somebody who had answered has hung up."""
        await self._gone(party, "hung_up")

    async def lost(self, party: Party) -> None:
        """Somebody's phone, page or sound has died and does not come back."""
        await self._gone(party, "lost")

    async def leave(self, party: Party, reason: str = "released") -> None:
        """Somebody leaves by a wish: of their own, or of the agent in charge."""
        await self._gone(party, reason)

    async def _gone(self, party: Party, reason: str) -> None:
        call = self._call
        if call.phase is not Phase.TALKING or party not in call.parties:
            return
        if call.consulting.asks(party):
            await call.consulting.left(party, reason)
        elif party is not call.agent:
            await self._other_gone(party, reason)
        elif (heir := self._heir(party)) is not None:
            await self._inherit(party, heir, reason)
        elif call.consulting.rings and reason != "lost":
            await call.transferring.instead_of_asking(party)
        elif reason == "lost":
            await self.to_queue(party)
        else:
            await call.end(EndReason.AGENT_HUNG_UP)

    async def _other_gone(self, party: Party, reason: str) -> None:
        """It is not the agent in charge: the others go on, if there are any."""
        call = self._call
        await self.part(party, reason)
        if not call.parties:
            await call.end(EndReason.TRANSFERRED_OUT)
        else:
            await call.staging.update()

    def _heir(self, party: Party) -> Party | None:
        """Return who goes on with the customer: agents before outside numbers, who talks before who was asked."""
        call = self._call
        others = [one for one in call.parties if one is not party and one.stands]
        others.sort(key=lambda one: (one.lost, not isinstance(one, AgentParty), one.place is not Place.ROOM))
        return others[0] if others else None

    async def _inherit(self, party: AgentParty, heir: Party, reason: str) -> None:
        if isinstance(heir, AgentParty):
            await self.hand_over(party, heir, reason)
        else:
            assert isinstance(heir, OutsideParty)
            await self.to_outside(party, heir, reason)

    async def hand_over(self, old: AgentParty, new: AgentParty, reason: str = "transferred") -> None:
        """The other agent is in charge of the customer from now on; the old one wraps up."""
        call = self._call
        if call.consulting.by is old:
            await call.consulting.over(keep=new)
        await call.taping.stop()
        await self._leave_record(old, reason)
        until = await call.services.routing.hand_over(call.id, new.contact_id)
        new.contact_id, new.place, new.role = call.id, Place.ROOM, Role.AGENT
        call.talking.held = False
        call.staging.handed_over()
        await call.taping.start()
        new.participant_id = await call.recorder.joined(Role.AGENT, agent_id=new.agent_id, number=new.number)
        await call.wrapups.begin(old.holder, call.id, until)
        await self._release(old)
        await call.staging.update()

    async def to_outside(self, old: AgentParty, third: OutsideParty, reason: str = "transferred") -> None:
        """The customer speaks on with somebody outside, and no agent; we carry their sound."""
        call = self._call
        if call.consulting.by is old:
            await call.consulting.over(keep=third)
        for other in [one for one in call.parties if isinstance(one, AgentParty) and one is not old]:
            await self.part(other, "released")
        third.place = Place.ROOM
        call.talking.held = False
        await self.part_in_charge(old, reason)
        await call.staging.update()

    async def part_in_charge(self, party: AgentParty, reason: str) -> None:
        """The agent in charge leaves the customer, who stays; the wrap-up begins."""
        await self._call.taping.stop()
        await self.part(party, reason)

    async def part(self, party: Party, reason: str) -> None:
        """Somebody leaves record, routing and sound. The scene is to be updated afterwards."""
        call = self._call
        if party in call.parties:
            call.parties.remove(party)
        try:
            await self._leave_record(party, reason)
            if isinstance(party, AgentParty):
                until = await call.services.routing.released(party.contact_id)
                await call.wrapups.begin(party.holder, party.contact_id, until)
        finally:
            await self._release(party)

    async def discard(self, party: Party, reason: str) -> None:
        """Somebody who never spoke with the customer leaves the record and the sound."""
        try:
            await self._leave_record(party, reason)
        finally:
            await self._release(party)

    async def to_queue(self, party: AgentParty) -> None:
        """The agent was lost with the customer on the line: somebody else takes them, before all others."""
        call = self._call
        await call.consulting.over()
        for other in [one for one in call.parties if one is not party]:
            await self.part(other, "released")
        call.talking.held = False
        await self.part_in_charge(party, "lost")
        await call.staging.leave()
        queue = call.waiting.queue
        await call.waiting.enqueue(queue.code if queue else None, {"again": True}, "vip", again=True)

    async def _leave_record(self, party: Party, reason: str) -> None:
        if party in self._call.parties:
            self._call.parties.remove(party)
        if party.participant_id is not None:
            await self._call.recorder.left(party.participant_id, reason)

    async def _release(self, party: Party) -> None:
        call = self._call
        if isinstance(party, AgentParty):
            await call.reloading.forget(party)
        await party.release(call.services)
        call.staging.forget(party)
