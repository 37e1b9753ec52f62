"""The agent's side of a call: a media leg, a SIP leg, and the offer they serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.channels.voice.services import VoiceServices
from yuelai.media.ports import KeyMode, LegKind, LegOptions
from yuelai.platform.ids import InteractionId, LegId, new_id
from yuelai.routing.events import Offer, Seat
from yuelai.telephony.ports import Leg

INTERACTION_HEADER = "X-Yuelai-Interaction"
REJOIN_HEADER = "X-Yuelai-Rejoin"


@dataclass(eq=False)
class AgentParty:
    offer: Offer
    media_leg: LegId = field(default_factory=lambda: LegId(new_id()))
    leg: Leg | None = None

    @property
    def browser(self) -> bool:
        return self.offer.seat is Seat.BROWSER

    def owns(self, leg_id: LegId) -> bool:
        """Is this one of its two legs, SIP or media?"""
        return leg_id == self.media_leg or (self.leg is not None and self.leg.id == leg_id)

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
        kind = LegKind.BROWSER if self.browser else LegKind.PLAIN
        # Whom an agent speaks with may be a machine that asks for keys.
        options = LegOptions(keys=KeyMode.TRANSLATE)
        sdp = await services.media.create_leg(self.media_leg, kind, post, options=options, beside=beside)
        headers = {INTERACTION_HEADER: str(interaction_id)}
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

    async def release(self, services: VoiceServices) -> None:
        """End whatever stands of it. Idempotent."""
        if self.leg is not None:
            await self.leg.hangup()
        await services.media.close(self.media_leg)
