"""What crosses between the halves of a standing call: new offers, hold, digits."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.errors import OfferRefused, WrongState

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call


class Talk:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def confirmed(self, half: Half, sdp: str | None) -> None:
        """Our 200 was acknowledged, with an answer when it had offered."""
        beside = self._call.beside(half)
        if beside is None:
            return
        media = self._call.house.media
        if sdp is not None:
            answer = await media.completed(half, sdp, beside)
            if answer is not None and beside.leg is not None:
                await beside.leg.accept(answer)
        if self._call.whole:
            await media.bridge(half, beside)

    async def reoffered(self, half: Half, sdp: str) -> None:
        """Carry a new offer across, beside the mailbox: the other side may take half a minute to answer."""
        self._call.house.spawn(self._carry(half, sdp))

    async def _carry(self, half: Half, sdp: str) -> None:
        leg, beside = half.leg, self._call.beside(half)
        assert leg is not None
        with contextlib.suppress(Refusal):  # the leg ended meanwhile, or the offer was taken back
            if beside is None or not beside.stands:
                await leg.refuse_offer(491)
                return
            try:
                answer = await self._call.house.media.reoffered(half, sdp, beside)
            except OfferRefused as refusal:
                await leg.refuse_offer(int(refusal.extra.get("sip_status", 488)))
            except WrongState:
                await leg.refuse_offer(491)
            else:
                await leg.accept(answer)

    async def digit(self, half: Half, digit: str) -> None:
        beside = self._call.beside(half)
        if beside is not None and beside.leg is not None and beside.stands:
            with contextlib.suppress(Refusal):
                await beside.leg.digit(digit)
