"""Somebody in a call beside the customer: a SIP leg, a media leg, where they are, and what they are in the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.channels.voice.scene import Place, Seen
from yuelai.interactions.events import Role
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.ports import Leg

if TYPE_CHECKING:
    from yuelai.channels.voice.services import VoiceServices


@dataclass(eq=False, kw_only=True)
class Party:
    media_leg: LegId = field(default_factory=lambda: LegId(new_id()))
    leg: Leg | None = None
    place: Place = Place.CALLED
    role: Role = Role.AGENT
    participant_id: UUID | None = None
    lost: bool = False
    """The page or machine is gone; it may come back."""
    pressed_hold: bool = False
    """Their phone's own hold key, as it last said; a refresh that repeats it changes nothing."""
    holds: bool = False
    """They have left the others for a while by that key."""

    @property
    def agent_id(self) -> UUID | None:
        return None

    @property
    def number(self) -> str:
        raise NotImplementedError

    @property
    def absent(self) -> bool:
        return self.lost or self.holds

    @property
    def stands(self) -> bool:
        """They have answered."""
        return self.place is not Place.CALLED

    def owns(self, leg_id: LegId) -> bool:
        """Is this one of its two legs, SIP or media?"""
        return leg_id == self.media_leg or (self.leg is not None and self.leg.id == leg_id)

    def seen(self, in_charge: bool) -> Seen:
        return Seen(self.media_leg, self.place, self.agent_id, in_charge, self.absent)

    async def release(self, services: VoiceServices) -> None:
        """End whatever stands of it. Idempotent."""
        if self.leg is not None:
            await self.leg.hangup()
        await services.media.close(self.media_leg)
