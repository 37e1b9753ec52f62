"""A browser whose connection broke in a call is given time to come back on another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.telephony.timers import Timer

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

FLOW_GRACE_SECONDS = 32.0
"""How long a standing dialog waits for its browser to come back on a new flow."""


class Grace:
    __slots__ = ("_leg", "_timer")

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._timer: Timer | None = None

    def begin(self) -> None:
        """The connection is gone."""
        if self._timer is None:
            self._timer = self._leg.ua.timers.after(FLOW_GRACE_SECONDS, self._over)

    def stop(self) -> None:
        """It came back, or the call is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _over(self) -> None:
        self._leg.end("system", 503, "connection lost")
        self._leg.drop()
