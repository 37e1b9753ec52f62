"""Where a call goes: what is asked before anybody is called, and the answers there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from yuelai.telephony.ports import Destination, Leg

RING_SECONDS = 120.0
"""How long somebody is called at most. RFC 3261 §16.6 wants more than three minutes of a proxy; people do not."""


class Why(StrEnum):
    CALL = "call"
    TRANSFER = "transfer"
    DIVERSION = "diversion"
    """A phone answered 302 with a number of ours."""


@dataclass(frozen=True)
class Wanted:
    """Somebody is to be called: at first by the caller, later because a party asks for it."""

    leg: Leg
    """Who is to be connected: the caller; in a transfer the party that stays."""
    number: str
    """The number or name wanted."""
    seat: str = ""
    """The registered user whose rights count: who calls, transfers or diverts; empty for a trunk."""
    why: Why = Why.CALL


@dataclass(frozen=True)
class Plan:
    """Whom to call and how they see it. What is None follows from the call."""

    stages: Sequence[Sequence[Destination]]
    caller: str | None = None
    caller_name: str = ""
    called: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Fields of the INVITE, over those that are carried across."""
    account: UUID | None = None
    timeout: float = RING_SECONDS
    browser: bool = False
    """True when these places are on SIP over WebSocket, hence want ICE and DTLS."""
    longest: float | None = None
    """Seconds after which the call is ended."""
    so_far: Callable[[UUID | None, float], bool] | None = None
    """Told now and then by which trunk it goes and how many seconds it has been up; false when it has to end."""
    over: Callable[[UUID | None, float], None] | None = None
    """Told once, when nothing more can come of it, by which trunk it went and how many seconds were talked; 0 when
    nobody answered."""
    explain: Callable[[int, str], str] | None = None
    """Asked for a Reason field (RFC 3326; empty: none) when all of them failed, given the status and phrase of that."""
    beside: tuple[Plan, ...] = ()
    """Called at the same time, on legs of their own; the first who answers has the call."""

    def with_(self, *others: Plan) -> Plan:
        """The same with others called at the same time."""
        return replace(self, beside=(*self.beside, *others))

    def drop(self) -> None:
        """Nobody was called after all."""
        for one in (self, *self.beside):
            if one.over is not None:
                one.over(None, 0.0)

    def carrying(self, headers: Mapping[str, str]) -> Plan:
        """The same with further fields; its own go before them."""
        return replace(self, headers={**headers, **self.headers}, beside=())


@dataclass(frozen=True)
class Refuse:
    """Nobody is called; the caller is told this status."""

    status: int = 404
    reason: str = ""
    cause: str = ""
    """A Reason field (RFC 3326)."""


Planner = Callable[[Wanted], Awaitable[Plan | Refuse]]
