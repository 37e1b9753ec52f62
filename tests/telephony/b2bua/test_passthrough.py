"""Two parties through a switchboard whose sound does not pass through it."""

from __future__ import annotations

import pytest

from tests.telephony.world import ANSWER, shaky
from yuelai.telephony.ports import Answered, Confirmed, Ended, Ringing

from .house import House, description

LINES = {"clean": {}, "losing": {"loss": 0.25}, "all of it": {"loss": 0.2, "double": 0.3, "spread": 0.3}}


@pytest.mark.parametrize("line", list(LINES))
@pytest.mark.parametrize("who", ["caller", "callee"])
async def test_a_call_crosses_rings_is_answered_and_its_end_reaches_the_other(line: str, who: str) -> None:
    house = House(shaky(3, **LINES[line]))
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001")
    await house.net.run(8)
    (offered,) = callee.offered
    assert (offered.caller, offered.called, offered.offer) == ("13800005070", "8001", description(caller))
    await offered.ringing()
    await house.net.run(8)
    if line == "clean":  # a lost 180 is not sent again
        assert [event.status for event in caller.events if isinstance(event, Ringing)] == [180]
    await offered.answer(ANSWER)
    await house.net.run(20)
    assert [event.sdp for event in caller.events if isinstance(event, Answered)] == [ANSWER]
    assert any(isinstance(event, Confirmed) for event in callee.events)
    (call,) = house.board.calls.values()
    assert call.whole
    await (leg if who == "caller" else offered).hangup()
    await house.net.run(70)
    assert [event.by for event in (callee if who == "caller" else caller).ended] == ["remote"]
    assert house.empty()


async def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    await leg.hangup(487)
    await house.net.run(70)
    assert [(event.by, event.status) for event in callee.ended] == [("remote", 487)]
    assert house.empty()


@pytest.mark.parametrize("status", [404, 486, 603])
async def test_a_refusal_reaches_the_caller_as_it_is(status: int) -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].hangup(status)
    await house.net.run(70)
    assert [(event.by, event.status) for event in caller.ended] == [("remote", status)]
    assert house.empty()


async def test_a_number_nobody_has_is_not_found() -> None:
    house = House()
    caller = house.party(5070)
    await house.dial(caller, "9999")
    await house.net.run(70)
    assert [event.status for event in caller.events if isinstance(event, Ended)] == [404]
    assert house.empty()


async def test_early_media_reaches_the_caller() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing(ANSWER, status=183)
    await house.net.run(1)
    assert [(e.status, e.sdp) for e in caller.events if isinstance(e, Ringing)] == [(183, ANSWER)]
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_the_first_of_two_parties_to_answer_has_the_call_and_the_other_stops_ringing() -> None:
    house = House()
    caller, one, other = house.party(5070), house.party(5080), house.party(5090)
    house.desk.know("8001", one.hop, other.hop)
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await other.offered[0].answer(ANSWER)
    await house.net.run(5)
    assert len(one.ended) == 1
    assert other.ended == []
    await leg.hangup()
    await house.net.run(70)
    assert len(other.ended) == 1
    assert house.empty()
