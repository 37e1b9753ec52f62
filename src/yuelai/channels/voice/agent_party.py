"""An agent's side of a call: the offer they were made, and the seat it rings at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.channels.voice.party import Party
from yuelai.channels.voice.services import VoiceServices
from yuelai.interactions.document import Holder
from yuelai.media.ports import KeyMode, LegKind, LegOptions
from yuelai.platform.ids import InteractionId, LegId
from yuelai.routing.events import Offer, Seat

INTERACTION_HEADER = "X-Yuelai-Interaction"
REJOIN_HEADER = "X-Yuelai-Rejoin"
AUTO_ANSWER = {"Answer-Mode": "Auto", "Alert-Info": "<http://yuelai.invalid>;info=alert-autoanswer;delay=0"}
"""Asks a telephone to take the call by itself: RFC 5373 §4.1, and what most makers' phones know instead."""


@dataclass(eq=False)
class AgentParty(Party):
    offer: Offer
    contact_id: UUID = field(init=False)
    """What routing calls the contact they serve: the interaction's id for the agent in charge."""

    def __post_init__(self) -> None:
        self.contact_id = self.offer.contact_id or self.offer.interaction_id

    @property
    def agent_id(self) -> UUID:
        return self.offer.agent_id

    @property
    def number(self) -> str:
        return self.offer.number

    @property
    def holder(self) -> Holder:
        """As the live document wants to know it."""
        return self.agent_id, self.number, self.offer.place

    @property
    def browser(self) -> bool:
        return self.offer.seat is Seat.BROWSER

    async def ring(
        self,
        services: VoiceServices,
        interaction_id: InteractionId,
        caller: str,
        caller_name: str,
        post: Callable[[Any], None],
        *,
        account: UUID,
        beside: LegId | None = None,
        rejoin: bool = False,
    ) -> None:
        """Open the agent's sound and dial the seat, on the account of the tenant whose contact it is, beside
        the customer's sound in the engine.

        Raises MediaError or telephony's NotRegistered.
        """
        sdp = await self.open(services, post, beside=beside)
        await self.dial(services, interaction_id, sdp, caller, caller_name, post, account=account, rejoin=rejoin)

    async def open(self, services: VoiceServices, post: Callable[[Any], None], *, beside: LegId | None = None) -> str:
        """Open the agent's sound; return what the seat is to be offered. Raises MediaError."""
        kind = LegKind.BROWSER if self.browser else LegKind.PLAIN
        # Whom an agent speaks with may be a machine that asks for keys.
        options = LegOptions(keys=KeyMode.TRANSLATE)
        return await services.media.create_leg(self.media_leg, kind, post, options=options, beside=beside)

    async def dial(
        self,
        services: VoiceServices,
        interaction_id: InteractionId,
        sdp: str,
        caller: str,
        caller_name: str,
        post: Callable[[Any], None],
        *,
        account: UUID,
        rejoin: bool = False,
    ) -> None:
        """Raises telephony's NotRegistered."""
        headers = {INTERACTION_HEADER: str(interaction_id)}
        if services.routing.agent(self.agent_id).auto_answer:
            headers |= AUTO_ANSWER
        if rejoin:
            headers[REJOIN_HEADER] = "1"
        self.leg = await services.telephony.dial(
            self.offer.number,
            browser=self.browser,
            sdp=sdp,
            caller=caller,
            caller_name=caller_name,
            listener=post,
            headers=headers,
            account=account,
        )
        self.leg.correlation = interaction_id
