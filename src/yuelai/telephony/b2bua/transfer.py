"""Somebody in a call has the other one connected to somebody else, and leaves (RFC 5589).

Blind: the target is called for the party that stays, while the two remain the call; whoever asked hears how it goes.
When nobody comes, the two are still the call. Attended: whoever asked has a second call; the two others become one
call. Where that second call still rings, its target is taken over ringing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from yuelai.platform.ids import LegId
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.metrics import TRANSFERS
from yuelai.telephony.b2bua.plan import RING_SECONDS, Refuse, Wanted, Why
from yuelai.telephony.b2bua.reaching import across
from yuelai.telephony.ports import Ended, Referral, Ringing

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call

log = structlog.get_logger()

NO_SUCH_CALL = 481
NOT_NOW = 491


class Progress(Protocol):
    """Who asked for it is told how it goes: 1xx, then one final status."""

    def accept(self) -> None: ...
    def refuse(self, status: int = 603) -> None: ...
    def progress(self, status: int) -> None: ...


class Silent:
    """Nobody asked by REFER. `status` is the last that was told."""

    def __init__(self) -> None:
        self.status = 0

    def accept(self) -> None:
        self.status = 100

    def refuse(self, status: int = 603) -> None:
        self.status = status

    def progress(self, status: int) -> None:
        self.status = status


class Transfer:
    """The errand: `by` has `stay` connected to somebody else."""

    def __init__(self, call: Call, by: Half, stay: Half, told: Progress) -> None:
        self._call, self._by, self._stay, self._told = call, by, stay, told

    async def rings(self, half: Half, event: Ringing) -> None:
        self._told.progress(event.status)

    async def reached(self, half: Half, sdp: str) -> None:
        if self._stay.over or self._call.ending:
            self._told.progress(NO_SUCH_CALL)
            await self._call.hangup(487)
            return
        self._call.seat(self._stay, half)
        await self._call.house.media.answered(half, sdp, self._stay)
        self._told.progress(200)
        self._call.talk.rejoin()

    async def failed(self, end: Ended) -> None:
        self._told.progress(across(end.status))
        if self._by.over:
            await self._call.hangup(across(end.status), cause=end.cause)

    def spares(self, half: Half) -> bool:
        return half is self._by


async def refer(call: Call, by: Half, referral: Referral) -> None:
    """A REFER came."""
    try:
        if referral.replaces is not None:
            kind, status = "attended", await transfer_attended(call, by, referral.replaces, referral)
        else:
            kind, status = "blind", await transfer_blind(call, by, referral.user, referral)
    except Exception:
        referral.refuse(500)
        raise
    TRANSFERS.labels(kind, "begun" if status < 300 else "refused").inc()


async def transfer_blind(call: Call, by: Half, number: str, told: Progress | None = None) -> int:
    """Have the other one call `number`; return 100 once that is under way, else why it is not."""
    told = told or Silent()
    stay = call.beside(by)
    if stay is None or stay.leg is None or not call.whole or call.reaching.busy or call.ending:
        told.refuse(NOT_NOW)
        return NOT_NOW
    plan = await call.house.plan(Wanted(stay.leg, number, by.user, Why.TRANSFER))
    if isinstance(plan, Refuse):
        told.refuse(plan.status)
        return plan.status
    if call.beside(by) is not stay or not call.whole or call.reaching.busy or call.ending:
        plan.drop()
        told.refuse(NOT_NOW)
        return NOT_NOW
    told.accept()
    told.progress(100)
    await call.reaching.call(stay, plan, Transfer(call, by, stay, told))
    return 100


async def transfer_attended(call: Call, by: Half, second: LegId, told: Progress | None = None) -> int:
    """Connect the other one to whoever is beside leg `second`, of whoever asks, in another call."""
    told = told or Silent()
    stay, theirs = call.beside(by), call.house.halves.get(second)
    if theirs is None or theirs.call is call:
        told.refuse(NO_SUCH_CALL)
        return NO_SUCH_CALL
    other = theirs.call
    if stay is None or not call.whole or call.reaching.busy or call.ending or other.ending:
        told.refuse(NOT_NOW)
        return NOT_NOW
    beside = other.beside(theirs)
    if beside is not None and other.whole and not other.reaching.busy:
        told.accept()
        _join(call, by, stay, beside)
        told.progress(200)
        return 200
    if theirs is other.near and not theirs.answered and other.reaching.busy:
        told.accept()
        told.progress(180)
        call.reaching.adopt(other.reaching.release(), stay, Transfer(call, by, stay, told), RING_SECONDS)
        await other.hangup(487)
        return 180
    told.refuse(NO_SUCH_CALL)
    return NO_SUCH_CALL


def _join(call: Call, by: Half, stay: Half, wanted: Half) -> None:
    """`wanted` leaves its call for ours; whoever remains in that one has nobody any more."""
    other = wanted.call
    left = other.beside(wanted)
    other.near = other.far = None
    other.ending = True
    if left is not None:
        other.leave(left)
    call.seat(stay, wanted)
    call.talk.rejoin()
