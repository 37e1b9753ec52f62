"""An agent's page that was reloaded or lost: the customer waits with music while it may come back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import RejoinOver
from yuelai.channels.voice.phase import Phase
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

REJOIN_SECONDS = 20.0
"""How long a customer is kept for an agent whose page has gone."""


class Reloading:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._coming: dict[AgentParty, AgentParty] = {}
        """The new leg that rings, by the party it is to take the place of."""
        self._patience: dict[AgentParty, asyncio.Task[None]] = {}

    @property
    def coming(self) -> list[AgentParty]:
        return list(self._coming.values())

    def _whose(self, leg: LegId) -> tuple[AgentParty, AgentParty] | None:
        return next((pair for pair in self._coming.items() if pair[1].owns(leg)), None)

    def owns(self, leg: LegId) -> bool:
        """Is it a leg that rings for an agent to come back?"""
        return self._whose(leg) is not None

    async def rejoin(self, old: AgentParty) -> None:
        """Call the agent's seat again: the page was reloaded and its old leg is dead. The customer stays."""
        call = self._call
        await self.drop(old)
        self._coming[old] = party = AgentParty(old.offer)
        try:
            await party.ring(
                call.services,
                call.id,
                call.number,
                "",
                call.post,
                account=call.tenant.id,
                beside=call.customer_media,
                rejoin=True,
            )
        except (MediaError, Refusal) as error:
            log.warning("rejoin_failed", error=str(error))
            await self.drop(old)

    async def drop(self, old: AgentParty) -> None:
        """The new leg is not wanted any more."""
        party = self._coming.pop(old, None)
        if party is not None:
            await party.release(self._call.services)

    async def dropped(self, leg: LegId) -> None:
        """The new leg has ended before it was answered."""
        pair = self._whose(leg)
        if pair is not None:
            await self.drop(pair[0])

    async def forget(self, party: AgentParty) -> None:
        """The party has left the call."""
        task = self._patience.pop(party, None)
        if task is not None:
            task.cancel()
        await self.drop(party)

    async def answered(self, leg: LegId, sdp: str) -> None:
        call, pair = self._call, self._whose(leg)
        assert pair is not None
        old, party = pair
        try:
            await call.services.media.answer(party.media_leg, sdp)
        except MediaError as error:
            log.warning("rejoin_failed", error=str(error))
            await self.drop(old)
            return
        del self._coming[old]
        if old not in call.parties:
            await party.release(call.services)
            return
        party.place, party.role = old.place, old.role
        party.participant_id, party.contact_id = old.participant_id, old.contact_id
        call.replace(old, party)
        try:
            await call.staging.update()
            await call.recorder.note("system", "system", {"rejoined": party.number})
        finally:
            await self.forget(old)
            await old.release(call.services)
            call.staging.forget(old)

    async def lose(self, party: AgentParty) -> None:
        """The agent's page or machine is gone. Who spoke with them hears music while it may come back and rejoin."""
        call = self._call
        if call.phase is not Phase.TALKING or party not in call.parties or not party.stands or party.lost:
            return
        party.lost = True
        await call.recorder.note("system", "system", {"agent_lost": party.number})
        await call.staging.update()
        self._wait(party)

    async def regain(self, party: AgentParty) -> None:
        """Its sound is back by itself, a network having failed for a while. Without its SIP leg it has to rejoin."""
        call = self._call
        if call.phase is not Phase.TALKING or party not in call.parties or not party.lost or party.leg is None:
            return
        party.lost = False
        await self.forget(party)
        await call.staging.update()
        await call.recorder.note("system", "system", {"rejoined": party.number})

    def _wait(self, party: AgentParty, *, last: bool = False) -> None:
        task = self._patience.pop(party, None)
        if task is not None:
            task.cancel()  # that of an earlier loss, which is over
        self._patience[party] = self._call.spawn(self._patient(party, last))

    async def _patient(self, party: AgentParty, last: bool) -> None:
        await asyncio.sleep(REJOIN_SECONDS)
        self._call.post(RejoinOver(party, last))

    async def give_up(self, event: RejoinOver) -> None:
        """The agent has not come back."""
        call, party = self._call, event.party
        if call.phase is not Phase.TALKING or party not in call.parties or not party.lost:
            return
        if party in self._coming and not event.last:
            self._wait(party, last=True)  # the page is back and about to answer
            return
        await call.succession.lost(party)
