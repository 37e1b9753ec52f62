"""Whom a seat's number leads to, and that nobody calls outside who may not."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from tests.telephony.b2bua.engine import Books
from tests.telephony.b2bua.house import description
from tests.telephony.world import Channels, Net, Party
from yuelai.bootstrap.station_calls import StationCalls
from yuelai.media.ports import LegOptions
from yuelai.platform.ids import new_id
from yuelai.routing.agents.direct import DirectNumbers
from yuelai.telephony.admission import Inbound
from yuelai.telephony.guards import Toll
from yuelai.telephony.guards.toll import Action, Counted, Limits, TollRule
from yuelai.telephony.hops import Hop, UdpHop
from yuelai.telephony.ports import Destination, Digest, Leg
from yuelai.telephony.trunks.errors import NoTrunk
from yuelai.wire.sip import Request

CARRIER = UdpHop("127.0.0.1", 5200)
PRICE = 300_000
"""Millionths a minute."""
DIRECT = DirectNumbers({"02188880002": ("8002", None), "02188880003": ("8003", None)})


class CarriersCalls:
    """Every call from the carrier's port is its trunk's."""

    def known(self, invite: Request, source: Hop) -> Inbound | None:
        if source != CARRIER:
            return None
        return Inbound(new_id(), Channels(5), lambda number: number, lambda request: request.uri.user)

    def by_address(self, invite: Request, address: str) -> Inbound | None:
        return None

    def account(self, user: str) -> Inbound | None:
        return None


class OneTrunk:
    def __init__(self) -> None:
        self.id, self.up = new_id(), True
        self.asked: list[tuple[str, str, str]] = []

    def plan(
        self, number: str, *, caller: str, caller_name: str = "", withheld: bool = False
    ) -> Sequence[Sequence[Destination]]:
        if not self.up:
            raise NoTrunk("unreachable")
        self.asked.append((number, caller, caller_name))
        return [[Destination(f"sip:{number}@127.0.0.1:5200", (CARRIER,), trunk_id=self.id, codecs=("PCMA",))]]

    def reason(self, stages: Sequence[Sequence[Destination]], status: int, phrase: str) -> str:
        return ""

    def sound(self, trunk_id: UUID | None) -> LegOptions:
        return LegOptions(codecs=("PCMA",) if trunk_id == self.id else ())

    def price(self, trunk_id: UUID, number: str) -> int | None:
        return PRICE if trunk_id == self.id else None


class Centre:
    """Seats 8001 and 8002 have phones, 8003 has none; 10000 is an access number."""

    def __init__(self) -> None:
        self.net, self.engine, self.trunk = Net(), Books(), OneTrunk()
        self.desk = Party(self.net, 5060, trunks="127.0.0.9")
        self.one, self.two = Party(self.net, 5080), Party(self.net, 5090)
        self.carrier = Party(self.net, CARRIER.port)
        self.desk.know("8001", self.one.hop)
        self.desk.know("8002", self.two.hop)
        self.toll = Toll(self.net.clock)
        self.voice: list[Leg] = []
        self.private: list[tuple[str, bool, str]] = []
        self.stations = StationCalls(
            self.desk.stack, self.engine, self.desk.stack.timers, self.trunk, self.toll, self._contact,
            lambda number: number == "10000", host="127.0.0.1",
            names={"8001": "王芳", "8002": "李明", "8003": "张伟"},
            direct=DIRECT,
            private=lambda user, on, called: self.private.append((user, on, called)),
            inward=lambda number: self.desk.stack.inward(number, self.desk.hop),
        )  # fmt: skip
        self.desk.stack.on_call(self.stations.take)

    async def _contact(self, leg: Leg) -> None:
        self.voice.append(leg)
        await leg.hangup(480)

    async def call_in(self, number: str) -> Leg:
        """Somebody outside calls."""
        self.desk.stack.admission.trunks = CarriersCalls()
        place = Destination(f"sip:{number}@127.0.0.1:5060", (self.desk.hop,))
        leg = await self.carrier.stack.dial_to(
            [[place]], sdp=description(self.carrier), caller="13800000001", called=number,
            listener=self.carrier.events.append,
        )  # fmt: skip
        await self.net.run(1)
        return leg

    async def dial(self, number: str) -> Leg:
        """Seat 8001 dials."""
        place = Destination(f"sip:{number}@127.0.0.1:5060", (self.desk.hop,), digest=Digest("8001", "secret"))
        leg = await self.one.stack.dial_to(
            [[place]], sdp=description(self.one), caller="8001", called=number, listener=self.one.events.append
        )
        await self.net.run(1)
        return leg

    async def end(self) -> None:
        await self.net.run(130)
        assert len(self.stations) == 0
        assert self.stations._lines == {}
        assert self.engine.open == {}
        for party in (self.desk, self.one, self.two, self.carrier):
            assert party.empty()


async def test_seats_call_each_other_and_see_each_others_names() -> None:
    centre = Centre()
    leg = await centre.dial("8002")
    (offered,) = centre.two.offered
    assert offered.caller == "8001"
    invite = next(m for start, to, m in centre.net.log if (start, to) == (centre.desk.hop, centre.two.hop))
    assert "王芳" in str(invite.get("from"))
    await offered.answer(description(centre.two))
    await centre.net.run(1)
    (call,) = centre.stations.board.calls.values()
    assert call.whole
    await leg.hangup()
    await centre.end()
    assert centre.trunk.asked == []


@pytest.mark.parametrize(("number", "status"), [("8003", 480), ("nobody", 404), ("8", 404)])
async def test_numbers_that_lead_nowhere_are_told_so(number: str, status: int) -> None:
    centre = Centre()
    await centre.dial(number)
    assert [event.status for event in centre.one.ended] == [status]
    await centre.end()


async def test_an_access_number_is_a_contact() -> None:
    centre = Centre()
    await centre.dial("10000")
    assert [leg.called for leg in centre.voice] == ["10000"]
    await centre.end()


async def test_a_number_outside_goes_by_a_trunk_and_is_paid_for() -> None:
    centre = Centre()
    limit = TollRule(
        new_id(), "day", 1, Action.LIMIT, counted=Counted.SEAT, limits=Limits(concurrent=1, spend_day=10_000_000)
    )
    centre.toll.apply([limit])
    leg = await centre.dial("01012345678")
    assert centre.trunk.asked == [("01012345678", "8001", "王芳")]
    (offered,) = centre.carrier.offered
    assert "RTP/AVP 8\r\n" in str(offered.offer)
    await offered.answer(description(centre.carrier))
    await centre.net.run(1)
    await centre.dial("01012345678")
    assert [(event.status, "toll_concurrent" in event.cause) for event in centre.one.ended] == [(403, True)]
    await centre.net.run(90)
    await leg.hangup()
    await centre.end()
    (count,) = centre.toll._counts.values()
    assert (count.concurrent, count.spend) == (0, 2 * PRICE)


async def test_what_a_seat_may_not_call_is_not_called_by_sending_callers_on_either() -> None:
    centre = Centre()
    deny = TollRule(new_id(), "no outside for 8002", 1, Action.DENY, seats=("8002",))
    centre.toll.apply([deny])
    await centre.dial("8002")
    await centre.two.offered[0].redirect("sip:01012345678@127.0.0.1:5060")
    await centre.net.run(1)
    assert [event.status for event in centre.one.ended] == [480]
    assert centre.carrier.offered == []
    await centre.end()


async def test_without_a_trunk_the_seat_is_told_why_and_nothing_is_counted() -> None:
    centre = Centre()
    centre.trunk.up = False
    centre.toll.apply([TollRule(new_id(), "one", 1, Action.LIMIT, limits=Limits(concurrent=1))])
    for _ in range(2):
        await centre.dial("01012345678")
    assert [(event.status, "trunk" in event.cause) for event in centre.one.ended] == [(503, True)] * 2
    await centre.end()


@pytest.mark.parametrize("limits", [Limits(minutes_day=5), Limits(spend_day=5 * PRICE)])
async def test_calls_at_the_same_time_share_what_is_left_of_the_day(limits: Limits) -> None:
    centre = Centre()
    centre.toll.apply([TollRule(new_id(), "day", 1, Action.LIMIT, counted=Counted.SEAT, limits=limits)])
    for _ in range(5):
        await centre.dial("01012345678")
    for offered in centre.carrier.offered:
        await offered.answer(description(centre.carrier))
    await centre.net.run(110)
    assert len(centre.carrier.ended) == 5
    (count,) = centre.toll._counts.values()
    assert count.concurrent == 0
    assert count.seconds <= 5 * 60 + 5 * 20
    await centre.end()


async def test_what_a_call_has_used_is_known_while_it_lasts() -> None:
    centre = Centre()
    rule = TollRule(new_id(), "day", 1, Action.LIMIT, counted=Counted.SEAT, limits=Limits(minutes_day=500))
    centre.toll.apply([rule])
    leg = await centre.dial("01012345678")
    await centre.carrier.offered[0].answer(description(centre.carrier))
    await centre.net.run(130)
    usages = centre.toll.changes()  # as they are written down every other second, whenever we die
    assert [usage.seconds >= 100 for usage in usages] == [True]
    await leg.hangup()
    await centre.end()


async def test_a_seat_cannot_say_at_a_carrier_that_somebody_else_has_sent_its_call_on() -> None:
    centre = Centre()
    forged = {"diversion": "<sip:+862188886666@x>;reason=unconditional", "p-asserted-identity": "<sip:+86110@x>"}
    place = Destination(
        "sip:01012345678@127.0.0.1:5060", (centre.desk.hop,), digest=Digest("8001", "secret"), headers=forged
    )
    leg = await centre.one.stack.dial_to(
        [[place]], sdp=description(centre.one), caller="8002", called="01012345678", listener=centre.one.events.append
    )
    await centre.net.run(1)
    assert [caller for _, caller, _ in centre.trunk.asked] == ["8001"]
    invite = next(m for _, to, m in centre.net.log if to == CARRIER)
    assert b"62188886666" not in invite.to_bytes()
    assert b"86110" not in invite.to_bytes()
    await leg.hangup()
    await centre.end()


async def test_seats_are_private_from_their_first_ringing_to_the_end() -> None:
    centre = Centre()
    leg = await centre.dial("8002")
    assert centre.private == [("8001", True, "8002"), ("8002", True, "8001")]
    await centre.two.offered[0].answer(description(centre.two))
    await centre.net.run(30)
    assert len(centre.private) == 2
    await leg.hangup()
    await centre.end()
    assert sorted(centre.private[2:]) == [("8001", False, "8002"), ("8002", False, "8001")]


@pytest.mark.parametrize("number", ["8003", "01012345678"])
async def test_a_seat_is_private_only_as_long_as_it_dials(number: str) -> None:
    centre = Centre()
    centre.trunk.up = False
    await centre.dial(number)
    await centre.end()
    assert centre.private == [("8001", True, number), ("8001", False, number)]


async def test_who_transfers_a_call_is_free_and_who_gets_it_is_not() -> None:
    centre = Centre()
    centre.desk.know("8003", centre.two.hop)
    await centre.dial("8002")
    first = centre.two.offered[0]
    await first.answer(description(centre.two))
    await centre.net.run(1)
    centre.net.stacks[0].ua.spawn(_refer(first, "sip:8003@127.0.0.1:5060"))
    await centre.net.run(1)
    await centre.two.offered[1].answer(description(centre.two))
    await centre.net.run(5)
    state = {user: on for user, on, _ in centre.private}
    assert state == {"8001": True, "8002": False, "8003": True}
    await centre.two.offered[1].hangup()
    await centre.end()
    assert not any({user: on for user, on, _ in centre.private}.values())


async def _refer(leg: Leg, target: str) -> None:
    await leg.refer(target)


async def test_a_call_from_outside_straight_to_a_seat_is_a_private_one() -> None:
    centre = Centre()
    leg = await centre.call_in("02188880002")
    (offered,) = centre.two.offered
    assert (offered.caller, centre.voice) == ("13800000001", [])
    assert [(user, on) for user, on, _ in centre.private] == [("8002", True)]
    await offered.answer(description(centre.two))
    await centre.net.run(1)
    (call,) = centre.stations.board.calls.values()
    assert call.whole
    await leg.hangup()
    await centre.end()
    assert [(user, on) for user, on, _ in centre.private] == [("8002", True), ("8002", False)]


async def test_a_direct_number_of_a_seat_without_a_phone_is_not_answered() -> None:
    centre = Centre()
    await centre.call_in("02188880003")
    assert [event.status for event in centre.carrier.ended] == [480]
    await centre.end()


async def test_other_numbers_that_trunks_bring_are_contacts_even_those_of_seats() -> None:
    centre = Centre()
    await centre.call_in("8002")
    assert [leg.called for leg in centre.voice] == ["8002"]  # where voice says that there is no such number
    assert centre.two.offered == []
    await centre.end()


async def test_a_private_call_is_handed_to_an_access_number_and_goes_on_as_a_contact() -> None:
    centre = Centre()
    await centre.call_in("02188880002")
    (offered,) = centre.two.offered
    await offered.answer(description(centre.two))
    await centre.net.run(1)
    taken: list[Leg] = []

    async def flow(leg: Leg) -> None:
        taken.append(leg)
        leg.listen(lambda event: None)
        await leg.answer(description(centre.desk))

    centre.stations._voice = flow
    centre.net.stacks[0].ua.spawn(_refer(offered, "sip:10000@127.0.0.1:5060"))
    await centre.net.run(5)
    (contact,) = taken
    assert (contact.called, contact.caller, contact.trunk) == ("10000", "13800000001", True)
    assert contact.standing
    (call,) = centre.stations.board.calls.values()
    assert call.whole
    assert {user: on for user, on, _ in centre.private} == {"8002": False}
    await contact.hangup()
    await centre.end()
    assert [event.by for event in centre.carrier.ended] == ["remote"]


async def test_nobody_is_let_in_by_a_word_that_was_used_before_or_never_given() -> None:
    centre = Centre()
    for word in (centre.desk.stack.admission.hand_over(), {"X-Yuelai-Handover": "guess"}):
        for _ in range(2):
            place = Destination("sip:10000@127.0.0.1:5060", (centre.desk.hop,), headers=word)
            await centre.carrier.stack.dial_to(
                [[place]], sdp=description(centre.carrier), caller="13800000001", called="10000",
                listener=centre.carrier.events.append,
            )  # fmt: skip
            await centre.net.run(1)
    assert [leg.called for leg in centre.voice] == ["10000"]
