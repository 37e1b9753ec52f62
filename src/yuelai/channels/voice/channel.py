"""All calls of the voice channel; `Actors` brings them what routing and screens say."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from uuid import UUID

import structlog

from yuelai.channels.actors import Actors
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.commands import VERBS
from yuelai.channels.voice.services import VoiceServices
from yuelai.telephony.ports import Leg

log = structlog.get_logger()

MAX_CALLS = 2000
"""Beyond this many calls at once new ones get 503: those that stand stay good."""


class VoiceChannel(Actors[VoiceCall]):
    name = "voice"
    verbs = VERBS

    def __init__(self, services: VoiceServices) -> None:
        super().__init__(services.customers)
        self._services = services
        self._arriving: dict[UUID, float] = {}
        """Since when each call waits for our answer, the oldest first; monotonic."""

    def taking_up(self) -> float:
        """Return for how many seconds the oldest of the calls that wait for our answer has done so."""
        oldest = next(iter(self._arriving.values()), None)
        return 0.0 if oldest is None else self._services.clock.monotonic() - oldest

    @property
    def full(self) -> bool:
        """No more calls can begin."""
        return self._closing or len(self) >= MAX_CALLS

    def agents_of(self, interaction_id: UUID) -> Collection[UUID]:
        """Return who has the call: rings, talks, is asked about it, or wraps up."""
        call = self._calls.get(interaction_id)
        if call is None:
            return ()
        talking = {party.agent_id for party in call.parties if isinstance(party, AgentParty)}
        return talking | call.waiting.ringing.keys() | call.wrapups.holders.keys()

    async def let_go(self, interaction_id: UUID, agent_id: UUID) -> None:
        """End the agent's line, which the call hears of, and their wrap-up."""
        call = self._calls.get(interaction_id)
        if call is None:
            return
        await super().let_go(interaction_id, agent_id)
        for party in (*call.parties, *call.waiting.ringing.values()):
            if isinstance(party, AgentParty) and party.agent_id == agent_id and party.leg is not None:
                await party.leg.hangup(480)

    async def on_call(self, leg: Leg) -> None:
        """A new leg from a trunk or a phone."""
        if self.full:
            await leg.hangup(503, "Service Unavailable")
            return
        entry = self._services.flows.entry(leg.called)
        if entry is None:
            log.info("call_to_unknown_number")
            await leg.hangup(404, "Not Found")
        else:
            leg.account = entry.tenant.id
            call = VoiceCall(self._services, entry.tenant, leg=leg, entry=entry)
            leg.correlation = call.id
            self._arriving[call.id] = self._services.clock.monotonic()
            call.taken_up = partial(self._arriving.pop, call.id, None)
            self.adopt(call)
