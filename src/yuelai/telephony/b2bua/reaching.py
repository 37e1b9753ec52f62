"""Somebody is called for a party of a call, several at once perhaps; why, and what comes of it, is the errand's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import structlog

from yuelai.media.ports import MediaError, MediaUnfit
from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.headers import crossing, diverted, withheld
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted, Why
from yuelai.telephony.ports import Ended, Leg, Ringing
from yuelai.telephony.reasons import COMPLETED_ELSEWHERE
from yuelai.wire.sip import PeerError, parse_uri

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call

log = structlog.get_logger()

DECIDED = (486, 600, 603)
"""What a person said, not the network."""
MOST_DIVERSIONS = 5
"""How often one call may be sent on by phones."""
SLACK_SECONDS = 45.0
"""Beyond a plan's time-out, until the calling must have ended in one way or another."""


class Errand(Protocol):
    """Why somebody is being called. Told in the call's mailbox."""

    async def rings(self, half: Half, event: Ringing) -> None: ...

    async def reached(self, half: Half, sdp: str) -> None:
        """Somebody answered; nobody else is being called any more."""
        ...

    async def failed(self, end: Ended) -> None:
        """Nobody will come; `end` is the best of their reasons."""
        ...

    def spares(self, half: Half) -> bool:
        """True when the call goes on without this half, as long as somebody is being called."""
        ...


class Setup:
    """The errand of a new call: the caller hears what happens."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def rings(self, half: Half, event: Ringing) -> None:
        near = self._call.near
        if near is not None and not near.answered:
            sdp = await self._call.house.media.early(half, event.sdp, near) if event.sdp is not None else None
            await self._call.ring(sdp, status=event.status)

    async def reached(self, half: Half, sdp: str) -> None:
        call, near = self._call, self._call.near
        if near is None or near.over or call.ending:
            await call.hangup(487)
            return
        call.seat(near, half)
        description = await call.house.media.answered(half, sdp, near)
        if near.answered:
            call.talk.rejoin()
        else:
            await call.answer(description)

    async def failed(self, end: Ended) -> None:
        await self._call.hangup(across(end.status), end.reason if end.by == "remote" else "", end.cause)

    def spares(self, half: Half) -> bool:
        return False


class Reaching:
    """`coming` are the halves that are being called, all for the same party."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.coming: list[Half] = []
        self._errand: Errand | None = None
        self._best: Ended | None = None
        self._party: Half | None = None
        self._diversions = 0

    @property
    def busy(self) -> bool:
        return bool(self.coming)

    def spares(self, half: Half) -> bool:
        return self.busy and self._errand is not None and self._errand.spares(half)

    async def call(self, party: Half, plan: Plan, errand: Errand) -> None:
        """Call the places of a plan, and of those beside it."""
        plans = (plan, *plan.beside)
        halves = [Half(self._call, plan=one) for one in plans]
        self.adopt(halves, party, errand, max(one.timeout for one in plans))
        for half, one in zip(halves, plans, strict=True):
            await self._dial(half, party, one)

    def adopt(self, halves: list[Half], party: Half, errand: Errand, timeout: float) -> None:
        """These are being called, all of them before the first can fail; the errand is told."""
        self._party, self._diversions = party, 0
        for half in halves:
            half.call = self._call
        self.coming, self._errand, self._best = halves, errand, None
        self._call.expect(timeout + SLACK_SECONDS)

    def release(self) -> list[Half]:
        """Give those who are being called away, to another call."""
        halves, self.coming = self.coming, []
        return halves

    async def _dial(self, half: Half, party: Half, plan: Plan) -> None:
        call, house, leg = self._call, self._call.house, party.leg
        assert leg is not None
        half.headers = {**crossing(leg), **plan.headers}
        try:
            sdp = await house.media.offer(half, party)
            if half not in self.coming or party.over:
                await self._never(half, 487)
                return
            dialled = await house.telephony.dial_to(
                plan.stages,
                sdp=sdp,
                caller=_caller(leg, plan),
                called=leg.called if plan.called is None else plan.called,
                caller_name=plan.caller_name,
                listener=half.hear,
                headers=half.headers,
                account=plan.account,
                correlation=call.id,
                timeout=plan.timeout,
                browser=plan.browser,
            )
        except (Refusal, MediaError) as error:
            log.info("place_not_called", call=str(call.id), error=str(error))
            # Without sound it is us, not them (full, or a part of us is being restarted), or what the caller offers.
            sound = 488 if isinstance(error, MediaUnfit) else 503
            await self._never(half, sound if isinstance(error, MediaError) else 480)
            return
        call.own(half, dialled)
        if half not in half.call.reaching.coming or half.call.ending:
            await half.hangup(487)  # given up while its address was looked for

    async def _never(self, half: Half, status: int) -> None:
        half.finish(self._call.house.timers.now)
        await self._call.house.media.release(half)
        await half.call.reaching.failed(half, Ended(half.sound, "system", status, ""))
        half.call.settle()

    async def ringing(self, half: Half, event: Ringing) -> None:
        if half in self.coming and self._errand is not None:
            await self._errand.rings(half, event)

    async def answered(self, half: Half, sdp: str) -> None:
        """The first to answer has the call; the others stop ringing."""
        half.answered = half.stands = True
        half.since = self._call.house.timers.now
        if half not in self.coming or self._errand is None or self._call.ending:
            await half.hangup(487, "", COMPLETED_ELSEWHERE)
            return
        half.said = sdp
        self.coming.remove(half)
        self._call.leaving.append(half)  # until it has its seat
        await self.give_up()
        await self._errand.reached(half, sdp)

    async def failed(self, half: Half, end: Ended) -> None:
        """One of them will not come; the last of them decides, for all."""
        if half not in self.coming:
            return
        if end.contacts and half.user and self._diversions < MOST_DIVERSIONS and not self._call.ending:
            self._diversions += 1
            self._call.house.spawn(self._divert(half, end))  # it stays among those who come until that is known
            return
        self.coming.remove(half)
        if half.explain is not None and not end.cause:
            end = replace(end, cause=half.explain(end.status, end.reason))
        if self._best is None or self._best.status not in DECIDED:
            self._best = end
        if not self.coming and self._errand is not None and not self._call.ending:
            await self._errand.failed(self._best)

    async def _divert(self, half: Half, end: Ended) -> None:
        """A phone sends its caller on to a number: that is planned as if its user called it."""
        call, party = self._call, self._party
        number, headers = target(end.contacts[0]), half.headers
        leg = party.leg if party is not None else None
        plan: Plan | Refuse = Refuse(480)
        if leg is not None and number:
            plan = await call.house.plan(Wanted(leg, number, half.user, Why.DIVERSION))
        if isinstance(plan, Refuse) or party is None or half not in self.coming or call.ending:
            if isinstance(plan, Plan):
                plan.drop()
            await self.failed(half, replace(end, contacts=(), status=480))
            call.settle()
            return
        plans = [one.carrying(diverted(headers, call.house.host, half.user, number)) for one in (plan, *plan.beside)]
        halves = [Half(call, plan=one) for one in plans]
        self.coming = [one for one in self.coming if one is not half] + halves
        call.expect(plan.timeout + SLACK_SECONDS)
        if self._errand is not None:
            await self._errand.rings(half, Ringing(end.leg, 181, None))
        for new, one in zip(halves, plans, strict=True):
            await self._dial(new, party, one)

    async def give_up(self) -> None:
        """Call nobody any more, somebody else has the call; the errand is not told."""
        losers, self.coming = self.coming, []
        for half in losers:
            self._call.leaving.append(half)
            await half.hangup(487, "", COMPLETED_ELSEWHERE)


def _caller(leg: Leg, plan: Plan) -> str:
    if plan.caller is not None:
        return plan.caller
    return "anonymous" if withheld(leg) else leg.caller


def target(uri: str) -> str:
    """Return the number or name a URI asks for, empty when there is none."""
    try:
        user = parse_uri(uri).user.partition(";")[0]
    except PeerError:
        return ""
    return user if user.isprintable() and len(user) <= 64 else ""


def across(status: int) -> int:
    """Return what a failure of one leg is on the other (RFC 3261 §16.7, step 6)."""
    if status < 400:
        return 480
    return 502 if status in (401, 407, 420, 421, 422) else status
