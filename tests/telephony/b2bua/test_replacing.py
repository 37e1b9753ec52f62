"""Calls that take somebody's place: of one who talks (RFC 3891), or of a phone that still rings."""

from __future__ import annotations

import pytest

from tests.telephony.world import Party
from yuelai.telephony.ports import Answered, Leg
from yuelai.wire.sip.transfer import DialogRef

from .house import House, answer_offers, audio, description


def dialog_of(house: House, party: Party, leg: Leg, *, early: bool = False) -> str:
    """A Replaces value for a leg of somebody else's, tags as the desk sees them."""
    key = next(key for key, known in party.stack.ua.dialogs.items() if known.id == leg.id)
    return str(DialogRef(key[0], key[2], key[1], early))


@pytest.mark.parametrize("line", ["caller", "callee"])
async def test_a_call_with_replaces_takes_the_place_of_one_who_talks(line: str) -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg, answered = await house.call(caller, callee, "8001")
    gone, at, stays = (callee, answered, caller) if line == "callee" else (caller, leg, callee)
    taking = await house.dial(third, "8001", replaces=dialog_of(house, gone, at))
    for _ in range(4):
        await house.net.run(0.5)
        heard = await answer_offers(stays)
        assert heard in ([], [5090])
    assert [audio(event.sdp) for event in third.events if isinstance(event, Answered)] == [stays.hop.port]
    await house.net.run(5)
    assert len(gone.ended) == 1
    assert stays.ended == []
    (call,) = house.board.calls.values()
    assert call.whole
    await taking.hangup()
    await house.net.run(70)
    assert len(stays.ended) == 1
    assert house.empty()


async def test_a_ringing_phone_is_picked_up_from_another_one() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    taking = await house.dial(third, "8001", replaces=dialog_of(house, callee, callee.offered[0], early=True))
    await house.net.run(2)
    assert [audio(event.sdp) for event in third.events if isinstance(event, Answered)] == [5070]
    assert [audio(event.sdp) for event in caller.events if isinstance(event, Answered)] == [5090]
    assert [event.status for event in callee.ended] == [487]
    assert "Call completed elsewhere" in callee.ended[0].cause
    (call,) = house.board.calls.values()
    assert call.whole
    await taking.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_a_caller_who_waits_cannot_be_replaced_and_nothing_changes() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    await house.dial(third, "8001", replaces=dialog_of(house, caller, leg))
    await house.net.run(2)
    assert [event.status for event in third.ended] == [481]
    await callee.offered[0].answer(description(callee))
    await house.net.run(1)
    (call,) = house.board.calls.values()
    assert call.whole
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


@pytest.mark.parametrize(
    ("value", "status"),
    [("nobody;to-tag=a;from-tag=b", 481), ("nobody;to-tag=a", 400), ("talking", 486)],
)
async def test_what_cannot_be_replaced_is_told(value: str, status: int) -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg, answered = await house.call(caller, callee, "8001")
    if value == "talking":
        value = dialog_of(house, callee, answered, early=True)
    await house.dial(third, "8001", replaces=value)
    await house.net.run(2)
    assert [event.status for event in third.ended] == [status]
    assert caller.ended == callee.ended == []
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()


async def test_when_the_one_who_stays_refuses_the_newcomer_the_two_go_on() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg, answered = await house.call(caller, callee, "8001")
    await house.dial(third, "8001", replaces=dialog_of(house, callee, answered))
    await house.net.run(1)
    await leg.refuse_offer(488)
    await house.net.run(5)
    assert [event.status for event in third.ended] == [488]
    (call,) = house.board.calls.values()
    assert call.whole
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()
