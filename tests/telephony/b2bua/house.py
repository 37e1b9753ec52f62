"""A switchboard between parties in memory, all in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from tests.telephony.world import OFFER, Net, Party
from yuelai.telephony.b2bua.passthrough import Passthrough
from yuelai.telephony.b2bua.plan import Plan, Planner, Refuse, Wanted
from yuelai.telephony.b2bua.switchboard import Switchboard
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.ports import Destination, Leg


class House:
    """`desk` is the party in the middle; whoever it `know`s is called, everybody else gets 404."""

    def __init__(self, fate: Callable[[], list[float]] = lambda: [0.01], plan: Planner | None = None) -> None:
        self.net = Net(fate)
        self.desk = Party(self.net, 5060)
        self.stack = self.desk.stack
        self.board = Switchboard(self.stack, Passthrough(self.stack.timers), plan or self.plan, self.stack.timers)
        self.stack.on_call(self.board.take)
        self.parties: list[Party] = []

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        places = self.stack.places(wanted.number, browser=False)
        return Plan([places], timeout=60) if places else Refuse(404)

    def party(self, port: int, user: str | None = None) -> Party:
        """Add a party; `user` is the name the desk knows it by."""
        party = Party(self.net, port)
        party.know("desk", self.desk.hop)
        self.parties.append(party)
        if user is not None:
            self.desk.know(user, party.hop)
        return party

    async def dial(self, party: Party, number: str, *, sdp: str = OFFER) -> Leg:
        """Let a party call a number of the desk's."""
        return await dial(party, number, self.desk.hop, sdp=sdp)

    def empty(self) -> bool:
        """Nothing is left anywhere: no call, leg, dialog, transaction or timer."""
        return (
            not self.board.calls
            and not self.board._tasks
            and self.desk.empty()
            and self.stack.timers.next_due() is None
            and all(party.empty() for party in self.parties)
        )


async def dial(party: Party, number: str, hop: UdpHop, *, sdp: str = OFFER) -> Leg:
    place = Destination(f"sip:{number}@{hop.host}:{hop.port}", (hop,))
    return await party.stack.dial_to(
        [[place]], sdp=sdp, caller="13800000001", called=number, listener=party.events.append
    )
