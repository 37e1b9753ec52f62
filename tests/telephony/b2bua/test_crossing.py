"""What crosses a switchboard besides a call: hold, late offers, digits, histories, privacy, reasons, redirections."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted, Why
from yuelai.telephony.leg import SipLeg
from yuelai.telephony.ports import Answered, InfoDigit, Leg, Reoffered, Ringing
from yuelai.wire.sdp import parse_sdp
from yuelai.wire.sip import Request

from .house import House, answer_offers, audio, description


@pytest.mark.parametrize("by", ["caller", "callee"])
@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
async def test_hold_by_either_side_reaches_the_other_and_is_taken_back(by: str, direction: str) -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, answered = await house.call(caller, callee, "8001")
    holding, held = (caller, callee) if by == "caller" else (callee, caller)
    line: Leg = leg if by == "caller" else answered
    for wanted, answer in ((direction, "recvonly"), ("sendrecv", "sendrecv")):
        asked = asyncio.ensure_future(line.reoffer(description(holding, 2, wanted)))
        await house.net.run(0.5)
        (offer,) = [event.sdp for event in held.events if isinstance(event, Reoffered)]
        session = parse_sdp(offer)
        assert session.direction(session.audio) == wanted
        assert await answer_offers(held, direction=answer) == [holding.hop.port]
        await house.net.run(0.5)
        session = parse_sdp(await asked)
        assert session.direction(session.audio) == answer
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_a_late_offer_is_made_by_the_called_party_and_answered_in_the_ack() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001", sdp=None)
    await house.net.run(1)
    assert callee.offered[0].offer is None
    await callee.offered[0].answer(description(callee))
    await house.net.run(1)
    assert [audio(event.sdp) for event in caller.events if isinstance(event, Answered)] == [5080]
    await leg.accept(description(caller))
    await house.net.run(1)
    (confirmed,) = [event for event in callee.events if type(event).__name__ == "Confirmed"]
    assert audio(confirmed.sdp) == 5070  # type: ignore[union-attr]
    (call,) = house.board.calls.values()
    assert call.whole
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_keys_cross_as_info() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    for digit in "1#":
        await leg.digit(digit)
        await house.net.run(0.5)
    assert [event.digit for event in callee.events if isinstance(event, InfoDigit)] == ["1", "#"]
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


@pytest.mark.parametrize("status", [181, 182, 183])
async def test_what_is_told_of_the_calling_is_told_on(status: int) -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing(status=status)
    await house.net.run(1)
    assert [event.status for event in caller.events if isinstance(event, Ringing)] == [status]
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_user_data_and_histories_cross_and_what_would_make_phones_fetch_something_does_not() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    told = {
        "user-to-user": "56a390f3d2b7310023a2;encoding=hex",
        "diversion": "<sip:100@a.example>;reason=user-busy",
        "alert-info": "<http://example.com/ring.wav>",
    }
    await house.dial(caller, "8001", **told)
    await house.net.run(1)
    carried = callee.offered[0].carried
    assert carried["user-to-user"] == ("56a390f3d2b7310023a2;encoding=hex",)
    assert "100@a.example" in carried["diversion"][0]
    assert "alert-info" not in carried
    await callee.offered[0].hangup(486)
    await house.net.run(70)
    assert house.empty()


async def test_a_caller_who_does_not_want_to_be_known_is_not() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    identity = {"privacy": "id", "p-asserted-identity": "<sip:13800005070@127.0.0.1>"}
    await house.dial(caller, "8001", **identity)
    await house.net.run(1)
    invite = next(m for _, to, m in house.net.log if to == callee.hop and isinstance(m, Request))
    assert b"13800005070" not in invite.to_bytes()
    assert invite.from_.uri.user == "anonymous"
    await callee.offered[0].hangup(486)
    await house.net.run(70)
    assert house.empty()


async def test_the_reason_of_a_hang_up_crosses() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    assert isinstance(leg, SipLeg)
    await leg.hangup(cause='Q.850;cause=16;text="Normal"')
    await house.net.run(70)
    assert "Q.850;cause=16" in callee.ended[0].cause
    assert house.empty()


async def test_a_phone_that_sends_its_caller_on_has_the_number_planned_in_its_name() -> None:
    asked: list[Wanted] = []
    house = House()

    async def plan(wanted: Wanted) -> Plan | Refuse:
        asked.append(wanted)
        return await house.plan(wanted)

    house.board.plan = plan
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090, "8002")
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].redirect("sip:8002@127.0.0.1:5060")
    await house.net.run(1)
    assert [(wanted.number, wanted.seat, wanted.why) for wanted in asked] == [
        ("8001", "", Why.CALL),
        ("8002", "8001", Why.DIVERSION),
    ]
    assert 181 in [event.status for event in caller.events if isinstance(event, Ringing)]
    carried = third.offered[0].carried
    assert "sip:8001@127.0.0.1" in carried["diversion"][0]
    assert "reason=deflection" in carried["diversion"][0]
    assert "8002" in " ".join(carried["history-info"])
    await third.offered[0].answer(description(third))
    await house.net.run(1)
    (call,) = house.board.calls.values()
    assert call.whole
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_phones_that_send_callers_round_in_circles_come_to_an_end() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.dial(caller, "8001")
    for _ in range(20):
        await house.net.run(1)
        for offered in callee.offered:
            if offered.id in callee.stack.ua.legs:
                await offered.redirect("sip:8001@127.0.0.1:5060")
    await house.net.run(70)
    assert [event.status for event in caller.ended] == [480]
    assert len(callee.offered) == 6
    assert house.empty()


async def test_what_was_planned_is_told_once_how_long_was_talked() -> None:
    talked: list[float] = []
    house = House()

    async def plan(wanted: Wanted) -> Plan | Refuse:
        return Plan(
            [house.stack.places(wanted.number, browser=False)],
            over=lambda _trunk, seconds: talked.append(seconds),
            longest=100,
        )

    house.board.plan = plan
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    await house.net.run(30)
    await leg.hangup()
    await house.net.run(70)
    assert [round(seconds) for seconds in talked] == [31]
    await house.call(caller, callee, "8001")
    await house.net.run(200)
    assert 100 <= talked[1] <= 125
    assert len(caller.ended) == 2
    assert house.empty()


async def test_a_call_that_nobody_answers_is_given_up_in_time() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(62)
    assert [event.status for event in caller.ended] == [408]
    await house.net.run(70)
    assert len(callee.ended) == 1
    assert house.empty()


async def test_whoever_decides_for_too_long_does_not_keep_the_caller_waiting() -> None:
    never = asyncio.Event()

    async def plan(wanted: Wanted) -> Plan | Refuse:
        await never.wait()
        return Refuse()

    house = House(plan=plan)
    caller = house.party(5070)
    await house.dial(caller, "8001")
    await house.net.run(70)
    assert [event.status for event in caller.ended] == [503]
    assert not house.board.calls
    never.set()
    await house.net.run(70)
    assert house.empty()
