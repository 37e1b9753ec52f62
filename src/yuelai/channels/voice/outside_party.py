"""Somebody outside in a call: their line goes out by a trunk, and counts against the toll rules until it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from yuelai.channels.ports import OutsideLine
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.services import VoiceServices
from yuelai.interactions.events import Role
from yuelai.media.ports import KeyMode, LegKind
from yuelai.platform.ids import InteractionId, LegId

RING_SECONDS = 60.0
METER_SECONDS = 10.0
"""How often it is counted how long they have talked."""


@dataclass(eq=False)
class OutsideParty(Party):
    line: OutsideLine
    since: float | None = None
    """When they answered, on the clock that nobody sets."""
    _over: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.role = Role.THIRD

    @property
    def number(self) -> str:
        return self.line.number

    async def ring(
        self,
        services: VoiceServices,
        interaction_id: InteractionId,
        post: Callable[[Any], None],
        *,
        account: UUID,
        beside: LegId | None = None,
        caller_name: str = "",
    ) -> None:
        """Open their sound and dial. Raises MediaError or a refusal; `release` afterwards in any case."""
        trunk_id = self.line.stages[0][0].trunk_id if self.line.stages else None
        options = replace(services.sound(trunk_id), keys=KeyMode.TRANSLATE)
        sdp = await services.media.create_leg(self.media_leg, LegKind.PLAIN, post, options=options, beside=beside)
        self.leg = await services.telephony.dial_to(
            self.line.stages,
            sdp=sdp,
            caller=self.line.caller,
            called=self.line.number,
            caller_name=caller_name,
            listener=post,
            account=account,
            correlation=interaction_id,
            timeout=RING_SECONDS,
        )

    async def meter(self, services: VoiceServices, spent: Callable[[], None]) -> None:
        """Count from now on; `spent` is called when it may not go on, by what is left of the day."""
        self.since = services.clock.monotonic()
        while not self._over:
            await asyncio.sleep(METER_SECONDS)
            seconds = self._talked(services)
            longest = self.line.longest
            if not self.line.so_far(self._trunk_id, seconds) or (longest is not None and seconds >= longest):
                spent()
                return

    async def release(self, services: VoiceServices) -> None:
        """End whatever stands of it, and its counting. Idempotent."""
        if not self._over:
            self._over = True
            self.line.over(self._trunk_id, self._talked(services))
        await super().release(services)

    @property
    def _trunk_id(self) -> UUID | None:
        return self.leg.trunk_id if self.leg is not None else None

    def _talked(self, services: VoiceServices) -> float:
        return services.clock.monotonic() - self.since if self.since is not None else 0.0
