"""Random calls to numbers outside, forwarded, transferred, lost: every ticket and every channel comes back."""

from __future__ import annotations

import pytest

from tests.telephony.world import Channels
from yuelai.platform.ids import new_id
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted
from yuelai.telephony.guards import Caller, Toll
from yuelai.telephony.guards.toll import Action, Limits, TollRule
from yuelai.telephony.leg import LegState
from yuelai.telephony.ports import Destination

from .test_chaos import STEPS, USERS, Chaos

OUTSIDE = "01012345678"


class Paid(Chaos):
    """Numbers outside are paid for, and led to one party over a trunk of few channels."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.toll = Toll(self.house.net.clock)
        self.toll.apply([TollRule(new_id(), "day", 1, Action.LIMIT, limits=Limits(concurrent=6, spend_day=10**12))])
        self.channels, self.trunk_id, self.begun = Channels(5), new_id(), 0
        self.carrier = self.house.party(5200)
        self.parties.append(self.carrier)
        self.house.board.plan = self.plan

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        if wanted.number != OUTSIDE:
            return await self.house.plan(wanted)
        _, ticket = self.toll.begin(Caller(seat=wanted.seat or "8001"), wanted.number)
        if ticket is None:
            return Refuse(403)
        self.begun += 1
        hop = self.carrier.hop
        place = Destination(
            f"sip:{OUTSIDE}@127.0.0.1:{hop.port}", (hop,), trunk_id=self.trunk_id, capacity=self.channels, patience=4.0
        )
        return Plan(
            [[place]],
            called=OUTSIDE,
            timeout=30,
            so_far=lambda _, seconds: ticket.so_far(seconds, per_minute_micro=1),
            over=lambda _, seconds: ticket.over(seconds, per_minute_micro=1),
        )

    def step(self) -> None:
        if self.dice.random() < 0.25:
            self.dice.choice([self.outside, self.outside, self.forward, self.refer_outside])()
        else:
            super().step()

    def outside(self) -> None:
        party = self.dice.choice(self.parties)
        if len(party.stack.ua.legs) < 4:
            self.later(self.house.dial(party, OUTSIDE))

    def forward(self) -> None:
        if found := self._some(LegState.OFFERED):
            self.later(found[1].redirect(f"sip:{self.dice.choice([OUTSIDE, *USERS])}@127.0.0.1:5060"))

    def refer_outside(self) -> None:
        if found := self._some(LegState.CONFIRMED):
            self.later(found[1].refer(f"sip:{OUTSIDE}@127.0.0.1:5060"))


@pytest.mark.parametrize("seed", range(16))
async def test_whatever_happens_every_ticket_and_every_channel_comes_back(seed: int) -> None:
    paid = Paid(seed)
    for _ in range(STEPS):
        paid.step()
        await paid.house.net.run(paid.dice.choice([0.0, 0.005, 0.02, 0.3, 2.0]))
    await paid.rest(110)
    for _, leg in paid.legs(*LegState):
        await leg.hangup()
    await paid.rest(250)
    assert paid.begun > 0
    assert paid.house.left() == []
    assert paid.channels.used == 0
    assert [count.concurrent for count in paid.toll._counts.values() if count.concurrent] == []
