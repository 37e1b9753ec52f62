"""What the user agent tells of its legs; everything else about a call is seen on the wire."""

from __future__ import annotations

from typing import Protocol

from yuelai.telephony.ports import Leg
from yuelai.wire.sip import Request


class CallObserver(Protocol):
    """Both verbs must be cheap and never raise."""

    def began(self, leg: Leg, request: Request) -> None:
        """This INVITE belongs to the leg: the one that made it, or one of those it sends, each with its Call-ID."""
        ...

    def ended(self, leg: Leg, status: int, reason: str) -> None:
        """The leg is over, once."""
        ...
