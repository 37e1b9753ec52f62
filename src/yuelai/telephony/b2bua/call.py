"""One call, one owner: two halves, those who are being called for one of them, and the end of all of them together.

Everything that happens to a leg comes through a mailbox and is taken one after the other; verbs may be called by
anybody at any time and decide before they wait. What is said between the halves stands in `talk`, how somebody is
reached in `reaching`, transfers in `transfer`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import new_id
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.media import MediaBridge
from yuelai.telephony.b2bua.plan import Plan, Planner
from yuelai.telephony.b2bua.reaching import Reaching
from yuelai.telephony.b2bua.talk import Talk
from yuelai.telephony.ports import (
    Answered,
    Confirmed,
    Ended,
    InfoDigit,
    Leg,
    LegEvent,
    Reoffered,
    Ringing,
    Telephony,
)
from yuelai.telephony.timers import Timer, Timers

log = structlog.get_logger()

SETUP_SECONDS = 30.0
"""How long deciding whom to call may take, and how long a call may stand with one half only."""
LOOK_SECONDS = 60.0
"""How often a standing call is looked at."""


class House(Protocol):
    """What calls need from whoever has them."""

    telephony: Telephony
    media: MediaBridge
    timers: Timers
    plan: Planner

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...

    def closed(self, call: Call) -> None: ...


class Call:
    """`near` has somebody called for it; `far` is who answered. Either may leave by a transfer."""

    def __init__(self, house: House) -> None:
        self.id: UUID = new_id()
        self.house = house
        self.near: Half | None = None
        self.far: Half | None = None
        self.leaving: list[Half] = []
        """Halves whose place somebody else has taken, until their legs have ended."""
        self.reaching, self.talk = Reaching(self), Talk(self)
        self.over = False
        self._ending = False
        self._mail: deque[tuple[Half, LegEvent]] = deque()
        self._taking = False
        self._watch: Timer = house.timers.after(SETUP_SECONDS, self._look)

    # --- who is in it -----------------------------------------------------------------------------------------------

    @property
    def halves(self) -> list[Half]:
        """Everybody whose leg has not ended."""
        mine = [half for half in (self.near, self.far) if half is not None]
        return [half for half in (*mine, *self.reaching.coming, *self.leaving) if not half.over]

    def beside(self, half: Half) -> Half | None:
        """Return the other one of the two, if both are there."""
        if half is self.near:
            return self.far
        return self.near if half is self.far else None

    def listener(self, half: Half) -> Callable[[LegEvent], None]:
        return lambda event: self.post(half, event)

    # --- verbs ------------------------------------------------------------------------------------------------------

    async def accept(self, leg: Leg) -> None:
        """Take a caller in; nobody else may own this leg."""
        if self.near is None and not self.over:
            self.near = Half(leg)
            leg.correlation = self.id
            leg.listen(self.listener(self.near))

    async def ring(self, sdp: str | None = None, *, status: int = 180) -> None:
        """Tell the caller that somebody is being called."""
        near = self.near
        if near is not None and near.leg is not None and not near.answered and not near.over:
            await near.leg.ringing(sdp, status=status)

    async def answer(self, sdp: str) -> None:
        """Answer the caller, once."""
        near = self.near
        if near is not None and near.leg is not None and not near.answered and not near.over:
            near.answered = True
            near.told = sdp
            await near.leg.answer(sdp)

    async def refuse(self, status: int, reason: str = "") -> None:
        """Let nobody be called and tell the caller why."""
        await self.hangup(status, reason)

    async def dial(self, plan: Plan) -> None:
        """Call somebody for the caller; several calls of this ring side by side, and the first to answer has it."""
        if self.near is not None and self.far is None and not self._ending:
            await self.reaching.call(self.near, plan)

    async def hangup(self, status: int = 480, reason: str = "") -> None:
        """End everybody's leg; the call is over when the last of them is."""
        self._ending = True
        for half in self.halves:
            await half.hangup(status, reason)
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
                await self._take(half, event)
        finally:
            self._taking = False
            self.settle()

    async def _take(self, half: Half, event: LegEvent) -> None:
        try:
            await self._handle(half, event)
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
            case Reoffered():
                await self.talk.reoffered(half, event.sdp)
            case InfoDigit():
                await self.talk.digit(half, event.digit)
            case Ended():
                await self._ended(half, event)

    async def _ended(self, half: Half, event: Ended) -> None:
        half.over, half.status = True, event.status
        await self.house.media.release(half)
        if half in self.leaving:
            self.leaving.remove(half)
        elif half in self.reaching.coming:
            await self.reaching.failed(half, event.status, event.reason)
        elif half in (self.near, self.far):
            await self.hangup(487 if event.by == "remote" else event.status or 480)

    # --- the end ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Close the call once everybody's leg is over."""
        if self.over or self._mail or self.halves:
            return
        self.over = True
        self._watch.cancel()
        self.house.closed(self)

    def _look(self) -> None:
        """The one supervision timer: a call that is not whole when it should be is ended."""
        self._watch = self.house.timers.after(LOOK_SECONDS, self._look)
        if not self.reaching.busy and not self.whole:
            log.error("call_without_half", call=str(self.id), halves=len(self.halves))
            self.house.spawn(self.hangup(480))

    @property
    def whole(self) -> bool:
        """True while two parties stand in it."""
        near, far = self.near, self.far
        return near is not None and far is not None and near.stands and far.stands and not near.over and not far.over
