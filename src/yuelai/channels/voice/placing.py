"""The customer's line of a call that we make: by a trunk, counted against the toll rules, heard while it rings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.callback.events import Result
from yuelai.channels.ports import NotAllowedOutside, OutsideLine
from yuelai.channels.voice.services import VoiceServices
from yuelai.media.ports import LegKind, MediaError
from yuelai.platform.ids import InteractionId, LegId, new_id
from yuelai.telephony.ports import Ended, Leg

log = structlog.get_logger()

RING_SECONDS = 60.0
"""How long a customer's telephone rings."""
METER_SECONDS = 10.0
"""How often it is counted how long they have talked."""

BUSY = (486, 600)
REFUSED = (603, 607, 608)
NO_ANSWER = (408, 480, 487)


def result_of(event: Ended) -> Result:
    """Tell what became of a call that was never answered (RFC 3261 §21; 607 and 608: RFC 8197, RFC 8688)."""
    if event.status in BUSY:
        return Result.BUSY
    if event.status in REFUSED:
        return Result.REFUSED
    return Result.NO_ANSWER if event.status in NO_ANSWER else Result.UNREACHABLE


class Placing:
    """`number` is the customer's, `caller` ours that they see, `post` hears of both the line and its sound."""

    def __init__(
        self, services: VoiceServices, number: str, caller: str, media: LegId, post: Callable[[Any], None]
    ) -> None:
        self._services, self._number, self._caller = services, number, caller
        self._media, self._post = media, post
        self._line: OutsideLine | None = None
        self._leg: Leg | None = None
        self._since: float | None = None
        self._listener: LegId | None = None
        """Whose ear the ring-back tone is in."""
        self._early = False

    async def reserve(self, seat: str, beside: LegId) -> str:
        """Open the customer's sound beside the agent's and take a line on the account of the agent's seat; return the
        offer. Raises MediaError, `NotAllowedOutside`, and telephony's refusals without a trunk."""
        outside = self._services.outside
        if outside is None:
            raise NotAllowedOutside
        self._line = line = outside.line(self._number, caller=self._caller, seat=seat)
        options = self._services.sound(line.stages[0][0].trunk_id if line.stages else None)
        return await self._services.media.create_leg(
            self._media, LegKind.PLAIN, self._post, options=options, beside=beside
        )

    async def dial(self, offer: str, interaction_id: InteractionId, account: UUID) -> Leg:
        """Call them. Raises telephony's refusals."""
        line = self._line
        assert line is not None, "a line is reserved first"
        self._leg = await self._services.telephony.dial_to(
            line.stages,
            sdp=offer,
            caller=line.caller,
            called=line.number,
            listener=self._post,
            account=account,
            correlation=interaction_id,
            timeout=RING_SECONDS,
        )
        return self._leg

    # --- what the agent hears meanwhile -----------------------------------------------------------------------------

    async def rings(self, sdp: str | None, agent: LegId, language: str) -> None:
        """The agent hears what the network sends, else the tone that says that it rings."""
        if sdp is not None and await self._hears_them(sdp):
            await self.quiet()
        elif not self._early and self._listener is None:
            self._listener = agent
            tone = self._services.prompt("ringback", language)
            with contextlib.suppress(MediaError):
                await self._services.media.play(agent, new_id(), [tone], loop=True)

    async def _hears_them(self, sdp: str) -> bool:
        try:
            await self._services.media.answer(self._media, sdp)
        except MediaError as error:
            log.info("early_media_unfit", error=str(error))
            return False
        self._early = True
        return True

    async def quiet(self) -> None:
        """No tone of ours any more."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(MediaError):
                await self._services.media.stop(listener)

    async def answered(self, sdp: str) -> None:
        """They have picked up: the tone is over, and it counts from now on. Raises MediaError."""
        await self.quiet()
        self._since = self._services.clock.monotonic()
        await self._services.media.answer(self._media, sdp)

    # --- what it costs ----------------------------------------------------------------------------------------------

    async def meter(self) -> None:
        """Count until what is left of the day is used up; then the line ends like any other that breaks."""
        line, leg = self._line, self._leg
        assert line is not None
        assert leg is not None
        while True:
            await asyncio.sleep(METER_SECONDS)
            seconds = self._talked()
            if not line.so_far(leg.trunk_id, seconds) or (line.longest is not None and seconds >= line.longest):
                self._post(Ended(leg.id, "system", 0, "spent"))
                return

    def over(self) -> None:
        """The line is given back. Idempotent."""
        line, self._line = self._line, None
        if line is not None:
            line.over(self._leg.trunk_id if self._leg is not None else None, self._talked())

    def _talked(self) -> float:
        return self._services.clock.monotonic() - self._since if self._since is not None else 0.0
