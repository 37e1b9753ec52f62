"""Somebody is called for a party of a call, several at once perhaps: what the party hears of it, and who gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.plan import Plan
from yuelai.telephony.ports import Ringing

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call

log = structlog.get_logger()

ELSEWHERE = "Call completed elsewhere"
"""What phones are told that lose, so that they count no missed call (RFC 3326 §2)."""
_DECIDED = (486, 600, 603)


class Reaching:
    """`coming` are the halves that are being called, all for the same party."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.coming: list[Half] = []
        self._worst = (0, "")

    @property
    def busy(self) -> bool:
        return bool(self.coming)

    async def call(self, party: Half, plan: Plan) -> None:
        """Call the places of a plan, and of those beside it."""
        plans = (plan, *plan.beside)
        halves = [Half(browser=one.browser) for one in plans]
        self.coming += halves  # all of them first: one that fails at once must not count as the last
        for half, one in zip(halves, plans, strict=True):
            await self._dial(half, party, one)

    async def _dial(self, half: Half, party: Half, plan: Plan) -> None:
        house, leg = self._call.house, party.leg
        assert leg is not None
        try:
            sdp = await house.media.offer(half, party)
            if half not in self.coming or party.over:
                half.over = True
                await house.media.release(half)
                await self.failed(half, 487, "")
                return
            half.leg = await house.telephony.dial_to(
                plan.stages,
                sdp=sdp,
                caller=leg.caller if plan.caller is None else plan.caller,
                called=leg.called if plan.called is None else plan.called,
                caller_name=plan.caller_name,
                listener=self._call.listener(half),
                headers=plan.headers,
                account=plan.account,
                correlation=self._call.id,
                timeout=plan.timeout,
                browser=plan.browser,
            )
        except (Refusal, MediaError) as error:
            log.info("place_not_called", call=str(self._call.id), error=str(error))
            half.over = True
            await house.media.release(half)
            await self.failed(half, 480, "")
            return
        if half not in self.coming:
            await half.hangup(487)  # given up while its address was looked for

    async def ringing(self, half: Half, event: Ringing) -> None:
        near = self._call.near
        if half not in self.coming or near is None or near.answered:
            return
        sdp = await self._call.house.media.early(half, event.sdp, near) if event.sdp is not None else None
        await self._call.ring(sdp, status=event.status)

    async def answered(self, half: Half, sdp: str) -> None:
        """The first to answer has the call."""
        call, near = self._call, self._call.near
        half.answered = half.stands = True
        if half not in self.coming or near is None:
            await half.hangup(200, ELSEWHERE)
            return
        self.coming.remove(half)
        call.far = half
        await self.release(200, ELSEWHERE)
        await call.answer(await call.house.media.answered(half, sdp, near))

    async def failed(self, half: Half, status: int, reason: str) -> None:
        """One of them will not come; the last of them decides."""
        if half not in self.coming:
            return
        self.coming.remove(half)
        if self._worst[0] not in _DECIDED:
            self._worst = (status, reason)
        if not self.coming and self._call.far is None:
            await self._call.hangup(across(self._worst[0]), self._worst[1])

    async def release(self, status: int, reason: str) -> None:
        """Nobody else is wanted."""
        losers, self.coming = self.coming, []
        self._call.leaving += losers
        for half in losers:
            await half.hangup(status, reason)


def across(status: int) -> int:
    """Return what a failure of one leg is on the other (RFC 3261 §16.7, step 6)."""
    if status < 400:
        return 480
    return 502 if status in (401, 407, 420, 421, 422) else status
