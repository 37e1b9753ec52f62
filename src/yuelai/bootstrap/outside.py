"""`channels.ports.Outside` over telephony's trunks and toll rules."""

from __future__ import annotations

import re
from uuid import UUID

from yuelai.bootstrap.station_calls import Outside, Purse
from yuelai.channels.ports import NotAllowedOutside, OutsideLine
from yuelai.telephony.guards import Caller

_NUMBER = re.compile(r"\+?[0-9*#]{2,32}")


class OutsideCalls:
    """As seats call outside by themselves (`bootstrap.station_calls`), so do contacts."""

    def __init__(self, trunks: Outside, purse: Purse) -> None:
        self._trunks, self._purse = trunks, purse

    def line(
        self, number: str, *, caller: str, caller_name: str = "", seat: str = "", trunk: UUID | None = None
    ) -> OutsideLine:
        """See `channels.ports.Outside`."""
        if not _NUMBER.fullmatch(number):
            raise NotAllowedOutside("this is no number that can be called")
        verdict, ticket = self._purse.begin(Caller(seat=seat, trunk=trunk), number)
        if ticket is None:
            raise NotAllowedOutside(reason=verdict.denied.value if verdict.denied is not None else "toll")
        try:
            stages = self._trunks.plan(number, caller=caller, caller_name=caller_name)
        except BaseException:
            ticket.over(0)
            raise

        def price(trunk_id: UUID | None) -> int:
            return (self._trunks.price(trunk_id, number) if trunk_id is not None else None) or 0

        return OutsideLine(
            number,
            stages,
            caller,
            ticket.seconds,
            lambda trunk_id, seconds: ticket.so_far(seconds, per_minute_micro=price(trunk_id)),
            lambda trunk_id, seconds: ticket.over(seconds, per_minute_micro=price(trunk_id)),
        )
