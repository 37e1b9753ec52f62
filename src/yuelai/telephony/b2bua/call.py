"""One call, one owner: two halves, those who are being called for one of them, and the end of all of them together.

Everything that happens to a leg comes through a mailbox and is taken one after the other; verbs may be called by
anybody at any time and decide before they wait. How somebody is reached stands in `reaching`, what is said between the
halves in `talk`, transfers in `transfer`, who takes whose place in `replacing`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.media.ports import MediaError, MediaUnfit
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.media import MediaBridge
from yuelai.telephony.b2bua.metrics import WITHOUT_HALF
from yuelai.telephony.b2bua.plan import Plan, Planner
from yuelai.telephony.b2bua.reaching import Reaching, Setup
from yuelai.telephony.b2bua.talk import Talk
from yuelai.telephony.ports import (
    Answered,
    Confirmed,
    Ended,
    InfoDigit,
    Leg,
    LegEvent,
    Reanswered,
    Referred,
    Reoffered,
    Ringing,
    Telephony,
)
from yuelai.telephony.timers import Timers

log = structlog.get_logger()

LOOK_SECONDS = 20.0
"""How often the supervision timer looks at a call."""
DECISION_SECONDS = 30.0
"""How long deciding whom to call may take."""
HALF_SECONDS = 40.0
"""How long a call may be without two standing halves while nobody is being called: a 200 waits 32 s for its ACK."""
LEAVING_SECONDS = 3.0
"""How long somebody whose place was taken may take to hang up by themselves."""


class House(Protocol):
    """What calls need from whoever has them."""

    telephony: Telephony
    media: MediaBridge
    timers: Timers
    plan: Planner
    host: str
    """What we are called in URIs."""
    halves: dict[LegId, Half]
    """Every half of every call that has a leg."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...

    def closed(self, call: Call) -> None: ...


class Call:
    """`near` called, or stayed when the other one left; `far` was called for it."""

    def __init__(self, house: House) -> None:
        self.id: UUID = new_id()
        self.house = house
        self.near: Half | None = None
        self.far: Half | None = None
        self.leaving: list[Half] = []
        """Halves that nobody waits for any more, until their legs have ended."""
        self.guests: list[Half] = []
        """Halves that have joined: they hear both, and may leave without ending the call."""
        self.reaching, self.talk = Reaching(self), Talk(self)
        self.begun = self.ending = self.over = False
        self._mail: deque[tuple[Half, LegEvent]] = deque()
        self._taking = False
        self._deadline = 0.0
        self.expect(DECISION_SECONDS)
        self._watch = house.timers.after(LOOK_SECONDS, self._look)

    # --- who is in it -----------------------------------------------------------------------------------------------

    @property
    def halves(self) -> list[Half]:
        """Everybody whose leg has not ended."""
        mine = [half for half in (self.near, self.far) if half is not None]
        return [half for half in (*mine, *self.reaching.coming, *self.leaving, *self.guests) if not half.over]

    def __repr__(self) -> str:
        ringing, leaving = self.reaching.coming, self.leaving
        return f"<Call {self.id} {self.near} - {self.far}, calling {ringing}, leaving {leaving}, ending {self.ending}>"

    def beside(self, half: Half) -> Half | None:
        """Return the other one of the two, if both are there."""
        if half is self.near:
            return self.far
        return self.near if half is self.far else None

    @property
    def whole(self) -> bool:
        """True while two parties stand in it."""
        return self.near is not None and self.far is not None and self.near.here and self.far.here

    def own(self, half: Half, leg: Leg) -> None:
        """Give a half its leg; from now on the call hears of it."""
        half.leg = leg
        leg.correlation = self.id
        if not half.over:
            self.house.halves[leg.id] = half

    def seat(self, near: Half, far: Half) -> None:
        """These two are the call now; whoever else was leaves."""
        for half in (self.near, self.far):
            if half is not None and half not in (near, far):
                self.leave(half)
        near.call = far.call = self
        self.near, self.far = near, far
        self.leaving = [half for half in self.leaving if half not in (near, far)]
        self.expect(HALF_SECONDS)

    def leave(self, half: Half) -> None:
        """Nobody waits for this half any more; it may hang up by itself, and is ended if it does not."""
        self.near = None if half is self.near else self.near
        self.far = None if half is self.far else self.far
        if not half.over:
            self.leaving.append(half)
            self.house.timers.after(LEAVING_SECONDS, lambda: self.house.spawn(half.hangup(200)))

    # --- verbs ------------------------------------------------------------------------------------------------------

    async def accept(self, leg: Leg) -> None:
        """Take a caller in; nobody else may own this leg."""
        if self.near is None and not self.over:
            self.begun = True
            self.near = Half(self, leg)
            self.own(self.near, leg)
            leg.listen(self.near.hear)

    async def ring(self, sdp: str | None = None, *, status: int = 180) -> None:
        """Tell the caller that somebody is being called."""
        near = self.near
        if near is not None and near.leg is not None and not near.answered and not near.over:
            await near.leg.ringing(sdp, status=status)

    async def answer(self, sdp: str) -> None:
        """Answer the caller, once."""
        near = self.near
        if near is not None and near.leg is not None and not near.answered and not near.over:
            near.answered, near.told = True, sdp
            self.expect(HALF_SECONDS)
            await near.leg.answer(sdp)

    async def refuse(self, status: int, reason: str = "", cause: str = "") -> None:
        """Let nobody be called and tell the caller why."""
        await self.hangup(status, reason, cause)

    async def dial(self, plan: Plan) -> None:
        """Call somebody for the caller, who may have been answered already."""
        if self.near is not None and self.far is None and not self.ending and not self.reaching.busy:
            await self.reaching.call(self.near, plan, Setup(self))
        else:
            plan.drop()

    async def bridge(self) -> None:
        """Let the two halves hear each other, whatever they were told before."""
        if self.whole and self.near is not None and self.far is not None:
            self.near.parked = self.far.parked = False
            await self.house.media.rejoin(self.near, self.far)

    async def hold(self, half: Half) -> None:
        """Park a party: it and the other one do not hear each other."""
        if half.here and not half.parked and half in (self.near, self.far):
            half.parked = True
            await self.house.media.hold(half, self.beside(half))

    async def retrieve(self, half: Half) -> None:
        """Bring a parked party back."""
        beside = self.beside(half)
        if half.here and half.parked and beside is not None and beside.here:
            half.parked = False
            await self.house.media.retrieve(half, beside)

    async def hangup(self, status: int = 480, reason: str = "", cause: str = "") -> None:
        """End everybody's leg; the call is over when the last of them is. `cause` is a Reason field (RFC 3326)."""
        if not self.ending:
            self.ending = True
            self.expect(HALF_SECONDS)
        for half in self.halves:
            await half.hangup(status, reason, cause)
        self.settle()

    # --- events -----------------------------------------------------------------------------------------------------

    def post(self, half: Half, event: LegEvent) -> None:
        self._mail.append((half, event))
        if not self._taking:
            self._taking = True
            self.house.spawn(self._take_all())

    async def _take_all(self) -> None:
        try:
            while self._mail:
                half, event = self._mail.popleft()
                if half.call is self:
                    await self._take(half, event)
                else:
                    half.hear(event)  # it has been taken into another call
        finally:
            self._taking = False
            self.settle()

    async def _take(self, half: Half, event: LegEvent) -> None:
        try:
            await self._handle(half, event)
        except MediaUnfit as error:
            log.info("call_without_common_sound", call=str(self.id), error=str(error))
            await self.hangup(488)
        except (MediaError, Refusal) as error:
            # Mostly a leg that ended while we acted on it; its `Ended` is in the mailbox. If not, nobody may wait.
            log.info("call_broken", call=str(self.id), error=str(error), on=type(event).__name__)
            await self.hangup(500)
        except Exception:
            log.exception("call_failed", call=str(self.id), on=type(event).__name__)
            await self.hangup(500)

    async def _handle(self, half: Half, event: LegEvent) -> None:
        match event:
            case Ringing():
                await self.reaching.ringing(half, event)
            case Answered():
                await self.reaching.answered(half, event.sdp)
            case Confirmed():
                half.stands = True
                await self.talk.confirmed(half, event.sdp)
            case Reanswered():
                self.talk.reanswered(half, event.sdp)
            case Reoffered():
                self.talk.reoffered(half, event.sdp)
            case InfoDigit():
                await self.talk.digit(half, event.digit)
            case Referred():
                self.talk.referred(half, event.referral)
            case Ended():
                await self._ended(half, event)

    async def _ended(self, half: Half, event: Ended) -> None:
        half.finish(self.house.timers.now)
        self.house.halves.pop(event.leg, None)
        await self.house.media.release(half)
        if half in self.leaving:
            self.leaving.remove(half)
        elif half in self.guests:
            self.guests.remove(half)
        elif half in self.reaching.coming:
            await self.reaching.failed(half, event)
        elif self.reaching.spares(half):
            self.leave(half)  # who transferred the other one may go before the transfer is done
        elif half in (self.near, self.far):
            left = half is self.near and event.by == "remote"
            await self.hangup(487 if left else event.status or 480, cause=event.cause)

    # --- the end ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Close the call once everybody's leg is over."""
        if self.over or self._mail or self.halves or (self.near is None and not self.ending):
            return
        self.over = True
        self._watch.cancel()
        self.house.closed(self)

    def expect(self, seconds: float) -> None:
        """Say how long the call may be without two standing halves."""
        self._deadline = self.house.timers.now + seconds

    def _look(self) -> None:
        """The one supervision timer: a call that is not whole when it should be is ended."""
        late = not self._sound and self.house.timers.now >= self._deadline
        if late and self.ending:
            WITHOUT_HALF.inc()
            log.error("call_without_end", call=str(self.id), halves=len(self.halves))
            self.house.spawn(self._forget())
        elif [half for half in self.halves if half.at_its_limit(self.house.timers.now)]:  # each of them is counted
            log.info("call_at_its_limit", call=str(self.id))
            self.house.spawn(self.hangup(480, "limit reached"))
        elif late and self._undecided:
            log.warning("call_not_decided", call=str(self.id))
            self.house.spawn(self.hangup(503))
        elif late:
            WITHOUT_HALF.inc()
            log.error("call_without_half", call=str(self.id), halves=len(self.halves))
            self.house.spawn(self.hangup(480))
        if not self.over:
            self._watch = self.house.timers.after(LOOK_SECONDS, self._look)

    @property
    def _undecided(self) -> bool:
        """True while nobody has been called and the caller was told nothing."""
        near = self.near
        return near is not None and not near.answered and self.far is None and not self.reaching.busy

    @property
    def _sound(self) -> bool:
        """True when both halves stand and telephony has not lost either of them."""
        legs = [half.leg for half in (self.near, self.far) if half is not None and half.leg is not None]
        return self.whole and all(leg.standing for leg in legs)

    async def _forget(self) -> None:
        """Let go of what never ended by itself."""
        for half in self.halves:
            half.finish(self.house.timers.now)
            if half.leg is not None:
                self.house.halves.pop(half.leg.id, None)
            await self.house.media.release(half)
        self._mail.clear()
        self.settle()
