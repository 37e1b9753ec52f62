"""What a caller is told when trunks fail: the status, and why in one line (RFC 3326)."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from tests.telephony.b2bua.house import House
from tests.telephony.trunks.carrier import Carrier, trunk
from tests.telephony.world import Party
from yuelai.bootstrap.station_calls import StationCalls
from yuelai.platform.ids import new_id
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted
from yuelai.telephony.guards import Toll
from yuelai.telephony.hops import Hop
from yuelai.telephony.ports import Ended
from yuelai.telephony.trunks.line import Network
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.trunks.model import Route, Trunk
from yuelai.wire.sip import Response


class Outward(House):
    """A house whose seats call outside by trunks."""

    def __init__(self, *trunks: Trunk) -> None:
        super().__init__(plan=self._plan)
        self.trunks = Trunks(self.net.clock, dice=random.Random(1))
        self.trunks.follow(trunks, [Route(new_id(), "861")])
        self.trunks.attach(self.stack)
        self.calls = StationCalls(
            self.stack,
            SimpleNamespace(),
            self.stack.timers,
            self.trunks,
            Toll(self.net.clock),
            self.board.take,
            lambda number: False,
            host="127.0.0.1",
            names={"8001": "王芳"},
        )

    async def _plan(self, wanted: Wanted) -> Plan | Refuse:
        return await self.calls.plan(Wanted(wanted.leg, wanted.number, "8001"))

    async def told(self, number: str = "13800000002", seconds: float = 6) -> tuple[int, str]:
        phone: Party = self.party(6000 + len(self.parties))
        await self.dial(phone, number)
        await self.net.run(seconds)
        (ended,) = [event for event in phone.events if isinstance(event, Ended)]
        answers = [m for _, target, m in self.net.log if target == phone.hop and isinstance(m, Response)]
        final = next(m for m in answers if m.status >= 300)
        assert final.status == ended.status
        return final.status, final.get("reason") or ""


async def test_a_trunk_that_cannot_be_reached() -> None:
    house = Outward(trunk("east", options_seconds=0))
    said = SimpleNamespace(code="refused", text="nothing listens at udp:127.0.0.1:5070")

    def error(hop: Hop) -> Any:
        return said

    house.trunks.network = Network(last_error=error)
    house.trunks.close()
    house.trunks.attach(house.stack)
    assert await house.told() == (408, 'SIP;cause=408;text="trunk east: nothing listens at udp:127.0.0.1:5070"')
    await house.net.run(60)


@pytest.mark.parametrize(
    ("status", "told", "text"),
    [
        (407, 502, "trunk east does not accept our user name and password (407"),
        (503, 503, "trunk east"),
        (486, 486, ""),
    ],
)
async def test_a_trunk_that_fails_the_call(status: int, told: int, text: str) -> None:
    house = Outward(trunk("east", options_seconds=0))
    Carrier(house.net, 5070).calls = status
    found, reason = await house.told()
    assert found == told
    assert text in reason
    assert bool(reason) is bool(text)


async def test_trunks_that_are_full_and_numbers_without_a_way() -> None:
    east = trunk("east", options_seconds=0, max_channels_out=1)
    house = Outward(east)
    Carrier(house.net, 5070)
    state = house.trunks.state(east.id)
    assert state is not None
    assert state.outward.enter()
    assert await house.told() == (503, 'SIP;cause=503;text="trunk east is full: 1 calls out"')
    assert await house.told("057188886666") == (404, 'SIP;cause=404;text="No trunk can carry this call: no_route"')
