"""What crosses between the halves of a standing call: new offers, hold, digits, the wish to transfer.

What may take long (the other side is asked) runs beside the mailbox and looks again at the call when it is back.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import structlog

from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.descriptions import same_place
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.transfer import refer
from yuelai.telephony.errors import OfferRefused, WrongState
from yuelai.telephony.ports import Referral

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call

log = structlog.get_logger()


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

    def reoffered(self, half: Half, sdp: str) -> None:
        self._call.house.spawn(self._carry(half, sdp))

    async def _carry(self, half: Half, sdp: str) -> None:
        leg, beside = half.leg, self._call.beside(half)
        assert leg is not None
        with contextlib.suppress(Refusal):  # the leg ended meanwhile, or the offer was taken back
            if beside is None or not beside.here:
                await leg.refuse_offer(488 if half in self._call.guests else 491)
                return
            try:
                answer = await self._call.house.media.reoffered(half, sdp, beside)
            except OfferRefused as refusal:
                await leg.refuse_offer(int(refusal.extra.get("sip_status", 488)))
            except WrongState:
                await leg.refuse_offer(491)
            except MediaError:
                await leg.refuse_offer(488)
            else:
                await leg.accept(answer)

    def reanswered(self, half: Half, sdp: str) -> None:
        """It was asked what it hears now, and said something new: the other one is told."""
        if half.said is None or not same_place(half.said, sdp):
            self._call.house.spawn(self._tell(half, sdp))

    async def _tell(self, half: Half, sdp: str) -> None:
        beside = self._call.beside(half)
        if beside is not None and beside.here:
            with contextlib.suppress(Refusal, MediaError):
                await self._call.house.media.reoffered(half, sdp, beside)

    def rejoin(self) -> None:
        """The two who are the call now are made to hear each other; if that fails, there is no call."""
        self._call.house.spawn(self._rejoin())

    async def _rejoin(self) -> None:
        call = self._call
        one, other = call.near, call.far
        if one is None or other is None:
            return
        one.parked = other.parked = False
        try:
            await call.house.media.rejoin(one, other)
            for guest in [guest for guest in call.guests if not guest.over]:
                await call.house.media.attend(guest, one, other)
        except (Refusal, MediaError) as error:
            if {one, other} == {call.near, call.far}:
                log.warning("call_not_joined", call=str(call.id), error=str(error))
                await call.hangup(488)

    async def digit(self, half: Half, digit: str) -> None:
        beside = self._call.beside(half)
        if beside is not None and beside.leg is not None and beside.here:
            with contextlib.suppress(Refusal, MediaError):
                if not await self._call.house.media.digit(half, digit, beside):
                    await beside.leg.digit(digit)

    def referred(self, half: Half, referral: Referral) -> None:
        self._call.house.spawn(refer(self._call, half, referral))
