"""One party of a call: its leg, what it last said it can receive, and how far it has come."""

from __future__ import annotations

import contextlib

from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.ports import Leg


class Half:
    """`leg` is None until dialling has begun; `over` once its leg has ended, or never will begin."""

    __slots__ = ("answered", "browser", "holds", "leg", "media", "over", "said", "spoken", "stands", "status", "told")

    def __init__(self, leg: Leg | None = None, *, browser: bool = False) -> None:
        self.leg = leg
        self.browser = leg.browser if leg is not None else browser
        self.over = False
        self.answered = False
        """A 2xx was sent or received: its INVITE can no longer be refused."""
        self.stands = False
        """The 2xx was acknowledged: it can be sent requests."""
        self.status = 0
        """How its leg ended, or the failure that it did not begin with."""
        self.said = leg.offer if leg is not None else None
        """The last description this party gave of itself."""
        self.told: str | None = None
        """The last description it was given."""
        self.spoken = LegId(new_id())
        """What the media engine calls it."""
        self.media = False
        """True while the engine has it."""
        self.holds = False
        """It put the other one on hold."""

    async def hangup(self, status: int, reason: str = "") -> None:
        """End its leg, if it has begun; `Ended` follows."""
        if self.leg is not None and not self.over:
            with contextlib.suppress(Refusal):
                await self.leg.hangup(status, reason)
