"""Calls of registered phones and browsers that are no contacts: with each other, and to numbers outside.

Access numbers and calls from trunks are voice's; everything else that a seat dials comes here, and what trunks bring
for a number that leads straight to a seat. Who is called follows from the number: somebody registered, else a number
outside as far as the toll rules let that seat call it, by the trunk that is best. A seat is private from its first
ringing or dialling until the last of these calls is over for it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog

from yuelai.media.ports import LegOptions, MediaEngine
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import LegId
from yuelai.routing.agents.direct import DirectNumbers
from yuelai.telephony.b2bua.anchored import Anchored
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.headers import withheld
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted, Why
from yuelai.telephony.b2bua.switchboard import Switchboard
from yuelai.telephony.guards import Caller, Ticket, Verdict
from yuelai.telephony.ports import Destination, Leg, Telephony
from yuelai.telephony.reasons import cause
from yuelai.telephony.timers import Timers

log = structlog.get_logger()

MOST_CALLS = 2_000
RING_SECONDS = 60.0
"""How long a seat rings."""
OUTSIDE_SECONDS = 120.0
_NUMBER = re.compile(r"\+?[0-9*#]{2,32}")


class Outside(Protocol):
    """`telephony.trunks.manager.Trunks`."""

    def plan(
        self, number: str, *, caller: str, caller_name: str = "", withheld: bool = False
    ) -> Sequence[Sequence[Destination]]: ...

    def price(self, trunk_id: UUID, number: str) -> int | None: ...

    def sound(self, trunk_id: UUID | None) -> LegOptions: ...

    def reason(self, stages: Sequence[Sequence[Destination]], status: int, phrase: str) -> str: ...


class Purse(Protocol):
    """`telephony.guards.Toll`."""

    def begin(self, caller: Caller, number: str) -> tuple[Verdict, Ticket | None]: ...


class StationCalls:
    """`take` is what `Telephony.on_call` wants. `names` maps a seat's user to how it is shown to others."""

    def __init__(
        self,
        telephony: Telephony,
        media: MediaEngine,
        timers: Timers,
        outside: Outside,
        purse: Purse,
        voice: Callable[[Leg], Awaitable[None]],
        is_access: Callable[[str], bool],
        *,
        host: str,
        music: Sequence[Path] = (),
        names: Mapping[str, str] | None = None,
        direct: DirectNumbers | None = None,
        private: Callable[[str, bool, str], None] = lambda user, on, number: None,
        inward: Callable[[str], Destination] | None = None,
    ) -> None:
        """`direct` knows the numbers that lead straight to a seat; `private(user, on, number)` is told of seats whose
        calls begin and end; `inward` is how an access number of our own is called, for transfers to it."""
        self._telephony, self._outside, self._purse = telephony, outside, purse
        self._voice, self._is_access = voice, is_access
        self._names = dict(names or {})
        self.board = Switchboard(telephony, Anchored(media, music, outside.sound), self.plan, timers, host)
        self.direct, self._private = direct or DirectNumbers(), private
        self._inward = inward
        self._lines: dict[str, set[LegId]] = {}
        """The legs of each seat."""
        self.board.on_party = self._party
        self._closing = False

    def __len__(self) -> int:
        return len(self.board.calls)

    def follow(self, names: Mapping[str, str]) -> None:
        """These are the seats from now on."""
        self._names = dict(names)

    async def take(self, leg: Leg) -> None:
        """A new leg: to whom it belongs."""
        if leg.replaces is not None or leg.joins is not None:
            await self.board.take(leg)  # 481 for a contact's leg: contacts are moved by routing
        elif self._is_access(leg.called) or (leg.trunk and self.direct.seat(leg.called, leg.trunk_id) is None):
            await self._voice(leg)
        elif self._closing or len(self) >= MOST_CALLS:
            await leg.hangup(503)
        else:
            await self.board.take(leg)

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        """Whom a number leads to, for a seat or a trunk's caller."""
        number = wanted.number
        if not wanted.seat and wanted.why is Why.CALL:
            number = self.direct.seat(number, wanted.leg.trunk_id) or number
        plans = [
            Plan(
                stages,
                caller_name="" if withheld(wanted.leg) else self._names.get(wanted.leg.caller, ""),
                called=number,
                timeout=RING_SECONDS,
                browser=browser,
            )
            for browser in (False, True)
            if (stages := self._telephony.stages(number, browser=browser))
        ]
        if plans:
            return plans[0].with_(*plans[1:])
        if number in self._names:
            return Refuse(480)
        if self._is_access(number) and wanted.seat and wanted.why is Why.TRANSFER and self._inward is not None:
            return self._hand_over(wanted, number, self._inward(number))
        if self._is_access(number) or not wanted.seat or not _NUMBER.fullmatch(number):
            return Refuse(404)
        return self._call_out(wanted, number)

    def _hand_over(self, wanted: Wanted, number: str, place: Destination) -> Plan:
        """The party that stays becomes somebody who called the access number."""
        leg = wanted.leg
        theirs = leg.called if leg.caller == wanted.seat else leg.caller
        return Plan([[place]], caller="anonymous" if withheld(leg) else theirs, called=number, timeout=OUTSIDE_SECONDS)

    def _call_out(self, wanted: Wanted, number: str) -> Plan | Refuse:
        verdict, ticket = self._purse.begin(Caller(seat=wanted.seat), number)
        if ticket is None:
            code = verdict.denied.value if verdict.denied is not None else "toll"
            log.info("call_outside_denied", seat=wanted.seat, code=code)
            return Refuse(403, cause=f'SIP;cause=403;text="{code}"')
        hidden = withheld(wanted.leg)
        name = "" if hidden else self._names.get(wanted.leg.caller, "")
        try:
            stages = self._outside.plan(number, caller=wanted.leg.caller, caller_name=name, withheld=hidden)
        except Refusal as refusal:
            ticket.over(0)
            log.info("call_outside_without_trunk", code=refusal.code)
            status = 404 if refusal.extra.get("reason") == "no_route" else 503
            return Refuse(status, cause=cause(status, refusal.detail))
        except Exception:
            ticket.over(0)
            raise

        def price(trunk_id: UUID | None) -> int:
            return (self._outside.price(trunk_id, number) if trunk_id is not None else None) or 0

        def so_far(trunk_id: UUID | None, seconds: float) -> bool:
            return ticket.so_far(seconds, per_minute_micro=price(trunk_id))

        def over(trunk_id: UUID | None, seconds: float) -> None:
            ticket.over(seconds, per_minute_micro=price(trunk_id))

        def explain(status: int, phrase: str) -> str:
            return self._outside.reason(stages, status, phrase)

        return Plan(
            stages,
            called=number,
            timeout=OUTSIDE_SECONDS,
            longest=ticket.seconds,
            so_far=so_far,
            over=over,
            explain=explain,
        )

    def _party(self, half: Half) -> None:
        """A leg of a call has come or gone: of seats it is told whether they have any."""
        leg = half.leg
        if leg is None or half.user not in self._names:
            return
        lines = self._lines.setdefault(half.user, set())
        had = bool(lines)
        (lines.add if leg.id in self.board.halves else lines.discard)(leg.id)
        if not lines:
            del self._lines[half.user]
        if bool(lines) != had:
            self._private(half.user, bool(lines), leg.called if half is half.call.near else leg.caller)

    async def close(self) -> None:
        """End every call; take no new ones."""
        self._closing = True
        await self.board.close()
