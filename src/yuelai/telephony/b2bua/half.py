"""One party of a call: its leg, what it last said it can receive, and how far it has come."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.b2bua.plan import Plan
from yuelai.telephony.ports import Leg, LegEvent

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call


class Half:
    """`leg` is None until dialling has begun; `over` once its leg has ended, or never will begin."""

    __slots__ = (
        "answered", "browser", "call", "explain", "headers", "leg", "media", "over", "parked", "plan", "said", "since",
        "sound", "stands", "told", "user",
    )  # fmt: skip

    def __init__(self, call: Call, leg: Leg | None = None, plan: Plan | None = None) -> None:
        self.call = call
        """Whose it is: a transfer may take it into another call."""
        self.leg = leg
        self.plan = plan
        self.explain = plan.explain if plan is not None else None
        self.browser = leg.browser if leg is not None else plan is not None and plan.browser
        self.user = _user(leg, plan)
        """The registered user it is; empty for a trunk."""
        self.headers: Mapping[str, str] = {}
        """What it was told of the call's history, when it was called."""
        self.since: float | None = None
        """When it was answered, in seconds of the timers."""
        self.over = False
        self.answered = False
        """A 2xx was sent or received: its INVITE can no longer be refused."""
        self.stands = False
        """The 2xx was acknowledged: it can be sent requests."""
        self.said = leg.offer if leg is not None else None
        """The last description this party gave of itself."""
        self.told: str | None = None
        """The last description it was given."""
        self.sound = LegId(new_id())
        """What the media engine calls it."""
        self.media = False
        """True while the engine has it."""
        self.parked = False
        """Held by us, not by the other one."""

    def hear(self, event: LegEvent) -> None:
        """What its leg tells goes to the call it is in."""
        self.call.post(self, event)

    def __repr__(self) -> str:
        state = "over" if self.over else "stands" if self.stands else "answered" if self.answered else "waits"
        return f"<{self.leg.called if self.leg is not None else None} {state}>"

    @property
    def here(self) -> bool:
        """True while it can be talked to."""
        return self.stands and not self.over

    def at_its_limit(self, now: float) -> bool:
        """True when it has been up for as long as whoever planned it allows."""
        plan, leg = self.plan, self.leg
        if plan is None or self.since is None or self.over:
            return False
        lasted = now - self.since
        spent = plan.so_far is not None and not plan.so_far(leg.trunk_id if leg is not None else None, lasted)
        return spent or (plan.longest is not None and lasted >= plan.longest)

    def finish(self, now: float) -> None:
        """Nothing more can come of it: whoever planned it is told, once."""
        self.over = True
        plan, self.plan = self.plan, None
        if plan is not None and plan.over is not None:
            trunk_id = self.leg.trunk_id if self.leg is not None else None
            plan.over(trunk_id, now - self.since if self.since is not None else 0.0)

    async def hangup(self, status: int, reason: str = "", cause: str = "") -> None:
        """End its leg, if it has begun; `Ended` follows. `cause` is a Reason field (RFC 3326)."""
        if self.leg is not None and not self.over:
            with contextlib.suppress(Refusal):
                await self.leg.hangup(status, reason, cause=cause)


def _user(leg: Leg | None, plan: Plan | None) -> str:
    if leg is not None:
        return "" if leg.trunk else leg.caller
    return next((place.user for stage in plan.stages for place in stage if place.user), "") if plan else ""
