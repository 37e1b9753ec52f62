"""Sound that does not pass through us: each party's description is carried to the other."""

from __future__ import annotations

import asyncio

from yuelai.telephony.b2bua.descriptions import crossed, directed, same_place, succeeding
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.errors import OfferRefused, WrongState
from yuelai.telephony.timers import Timers
from yuelai.wire.errors import PeerError

TRIES = 10
PAUSE = 0.7
"""Seconds between tries to make an offer to somebody who is busy with another one."""


class Passthrough:
    """Implements `media.MediaBridge`. Nothing is kept but what the halves said, and were told."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    async def offer(self, half: Half, beside: Half) -> str | None:
        said = beside.said if beside.said is None or not beside.stands else directed(beside.said, "sendrecv")
        half.told = said
        return said

    async def early(self, half: Half, sdp: str, beside: Half) -> str | None:
        # Without an offer of the caller's this is one, and an early offer has no place to be answered without 100rel.
        return sdp if beside.said is not None else None

    async def answered(self, half: Half, sdp: str, beside: Half) -> str:
        half.said = sdp
        return sdp

    async def completed(self, half: Half, sdp: str, beside: Half) -> str | None:
        half.said, beside.told = sdp, sdp
        return sdp

    async def digit(self, half: Half, digit: str, beside: Half) -> bool:
        return False

    async def bridge(self, one: Half, other: Half) -> None:
        return None

    async def reoffered(self, half: Half, sdp: str, beside: Half) -> str:
        if beside.leg is None:
            raise OfferRefused
        offer = succeeding(beside.told, sdp)
        answer = await beside.leg.reoffer(offer)
        half.said, beside.told, beside.said = sdp, offer, answer
        half.told = succeeding(half.told, answer)
        return half.told

    async def rejoin(self, one: Half, other: Half) -> None:
        """Each is offered what the other said last; whoever then says something new is heard once more."""
        if one.said is not None and other.told is not None and not same_place(one.said, other.told):
            await self._ask(other, one.said)
        assert other.said is not None
        before = one.said
        await self._ask(one, other.said)
        if before is None or not same_place(str(one.said), before):
            await self._ask(other, str(one.said))

    async def take(self, half: Half, beside: Half) -> str:
        if half.said is None:
            raise OfferRefused
        await self._ask(beside, half.said)
        half.told = beside.said
        return str(beside.said)

    async def pick(self, half: Half, beside: Half) -> tuple[str, str]:
        if half.said is None or beside.said is None:
            raise OfferRefused
        try:
            half.told, beside.told = crossed(half.said, beside.said), crossed(beside.said, half.said)
        except PeerError:
            raise OfferRefused from None
        return half.told, beside.told

    async def attend(self, half: Half, near: Half, far: Half) -> str:
        raise OfferRefused("nobody here mixes sound")

    async def hold(self, half: Half, beside: Half | None) -> None:
        if half.told is not None:
            await self._ask(half, half.told, "inactive")

    async def retrieve(self, half: Half, beside: Half) -> None:
        await self.rejoin(half, beside)

    async def release(self, half: Half) -> None:
        return None

    async def _ask(self, half: Half, sdp: str, direction: str = "sendrecv") -> None:
        """Offer a standing party something, after whatever it is just being offered, or offers itself."""
        for left in reversed(range(TRIES)):
            offer = succeeding(half.told, directed(sdp, direction))
            try:
                if half.leg is None or half.over:
                    raise OfferRefused
                half.said = await half.leg.reoffer(offer)
            except WrongState:
                if half.over or not left:
                    raise
                await self._pause()
            else:
                half.told = offer
                return

    async def _pause(self) -> None:
        done = asyncio.Event()
        timer = self._timers.after(PAUSE, done.set)
        try:
            await done.wait()
        finally:
            timer.cancel()
