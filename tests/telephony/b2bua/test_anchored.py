"""Calls whose sound passes through the media engine: who hears whom, and that nothing stays open there."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.media.ports import Digit, KeyMode, MediaError
from yuelai.telephony.b2bua.call import Call
from yuelai.telephony.ports import Answered, InfoDigit, Reoffered, Ringing

from .engine import Books
from .house import House, audio, description
from .test_replacing import dialog_of


def talking(house: House, engine: Books) -> Call:
    """The one call there is, both of whom hear each other and nobody else."""
    (call,) = [call for call in house.board.calls.values() if call.near is not None]
    assert call.near is not None
    assert call.far is not None
    assert call.whole
    near, far = call.near.sound, call.far.sound
    assert engine.hears(near, far)
    assert engine.hears(far, near)
    assert {pair for pair in engine.heard if {near, far} & set(pair)} == {(near, far), (far, near)}
    return call


async def done(house: House, engine: Books) -> None:
    await house.net.run(70)
    assert house.empty()
    assert engine.open == {}


async def test_nobody_is_rung_for_a_caller_who_offers_no_sound_we_speak() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.dial(caller, "8001", sdp=description(caller).replace("RTP/AVP 0", "RTP/SAVP 99"))
    await house.net.run(2)
    assert callee.offered == []
    assert [event.status for event in caller.ended] == [488]
    await house.net.run(130)
    assert house.empty()
    assert not engine.open


async def test_each_party_agrees_with_the_engine_and_they_hear_each_other() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, answered = await house.call(caller, callee, "8001")
    talking(house, engine)
    assert audio(answered.offer) >= 7000
    assert [audio(event.sdp) >= 7000 for event in caller.events if isinstance(event, Answered)] == [True]
    assert sorted(audio(sdp) for sdp in engine.theirs.values()) == [5070, 5080]
    await leg.hangup()
    await done(house, engine)


async def test_who_is_on_hold_hears_music_and_nobody_is_asked_anew() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    call = talking(house, engine)
    assert call.near is not None
    assert call.far is not None
    for direction, waits in (("sendonly", True), ("sendrecv", False), ("inactive", True), ("sendrecv", False)):
        asked = asyncio.ensure_future(leg.reoffer(description(caller, 2, direction)))
        await house.net.run(0.5)
        assert asked.done()
        assert (call.far.sound in engine.playing) is waits
        assert engine.hears(call.far.sound, call.near.sound) is not waits
    assert not any(isinstance(event, Reoffered) for event in callee.events)
    await leg.hangup()
    await done(house, engine)


async def test_a_call_is_held_and_goes_on_though_its_music_cannot_be_played(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    call = talking(house, engine)
    assert call.near is not None
    assert call.far is not None

    async def broken(*_: object, **__: object) -> None:
        raise MediaError("cannot play hold_music: it is damaged")

    monkeypatch.setattr(engine, "play", broken)
    for direction, waits in (("sendonly", True), ("sendrecv", False)):
        asked = asyncio.ensure_future(leg.reoffer(description(caller, 2, direction)))
        await house.net.run(0.5)
        assert asked.done()
        assert asked.exception() is None
        assert engine.hears(call.far.sound, call.near.sound) is not waits
    await leg.hangup()
    await done(house, engine)


async def test_a_transfer_asks_nobody_anew_and_who_left_hears_nobody() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090, "8002")
    leg, answered = await house.call(caller, callee, "8001")
    holding = asyncio.ensure_future(answered.reoffer(description(callee, 2, "sendonly")))
    await house.net.run(0.5)
    assert holding.done()
    assert len(engine.playing) == 1
    told = await house.refer(answered, "8002")
    await house.net.run(1)
    await third.offered[0].answer(description(third))
    await house.net.run(0.5)
    talking(house, engine)
    assert engine.playing == set()
    assert await told == 200
    assert not any(isinstance(event, Reoffered) for event in caller.events)
    await house.net.run(5)
    assert len(callee.ended) == 1
    assert len(engine.open) == 2
    await leg.hangup()
    await done(house, engine)


async def test_an_attended_transfer_joins_two_calls() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090, "8002")
    leg, answered = await house.call(caller, callee, "8001")
    second, _ = await house.call(callee, third, "8002")
    told = await house.refer(answered, "8002", replaces=second)
    await house.net.run(0.5)
    assert await told == 200
    talking(house, engine)
    await house.net.run(5)
    assert len(engine.open) == 2
    await leg.hangup()
    await done(house, engine)


async def test_a_ringing_phone_is_picked_up_and_a_talking_one_replaced() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    fourth = house.party(5100)
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing(description(callee), status=183)
    await house.net.run(1)
    assert [event.status for event in caller.events if isinstance(event, Ringing)] == [183]
    taking = await house.dial(third, "8001", replaces=dialog_of(house, callee, callee.offered[0]))
    await house.net.run(2)
    talking(house, engine)
    await house.dial(fourth, "8001", replaces=dialog_of(house, third, taking))
    await house.net.run(5)
    talking(house, engine)
    assert len(third.ended) == 1
    await leg.hangup()
    await done(house, engine)


@pytest.mark.parametrize("knowing", [False, True])
async def test_keys_come_as_events_to_who_knows_them_and_as_info_to_others(knowing: bool) -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    own = description(callee)
    if knowing:
        own = own.replace("RTP/AVP 0", "RTP/AVP 0 101") + "a=rtpmap:101 telephone-event/8000\r\n"
    await callee.offered[0].answer(own)
    await house.net.run(1)
    call = talking(house, engine)
    assert call.near is not None
    assert call.far is not None
    # The engine passes telephone events on by itself.
    assert {options.keys for options in engine.options.values()} == {KeyMode.RELAY}
    engine.open[call.near.sound](Digit(call.near.sound, "5"))
    await house.net.run(0.5)
    assert [event.digit for event in callee.events if isinstance(event, InfoDigit)] == ([] if knowing else ["5"])
    # What came by signalling is pressed in the sound.
    await leg.digit("7")
    await house.net.run(0.5)
    assert engine.keys == ([(call.far.sound, "7")] if knowing else [])
    assert [event.digit for event in callee.events if isinstance(event, InfoDigit)] == ([] if knowing else ["5", "7"])
    await leg.hangup()
    await done(house, engine)


async def test_keys_in_the_sound_reach_the_other_side() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    call = talking(house, engine)
    assert call.near is not None
    engine.open[call.near.sound](Digit(call.near.sound, "5"))
    await house.net.run(0.5)
    assert [event.digit for event in callee.events if isinstance(event, InfoDigit)] == ["5"]
    await leg.hangup()
    await done(house, engine)


async def test_a_late_offer_is_answered_by_the_engine() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg = await house.dial(caller, "8001", sdp=None)
    await house.net.run(1)
    await callee.offered[0].answer(description(callee))
    await house.net.run(1)
    await leg.accept(description(caller))
    await house.net.run(1)
    talking(house, engine)
    assert 5070 in [audio(sdp) for sdp in engine.theirs.values()]
    await leg.hangup()
    await done(house, engine)


async def test_an_engine_that_dies_ends_its_calls_and_one_that_is_full_refuses_them() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.call(caller, callee, "8001")
    engine.die()
    await house.net.run(70)
    assert len(caller.ended) == len(callee.ended) == 1
    engine.full = True
    await house.dial(caller, "8001")
    await house.net.run(70)
    assert [event.status for event in caller.ended][1:] == [503]
    await done(house, engine)


async def test_a_third_one_joins_and_leaves_without_ending_the_call() -> None:
    engine = Books()
    house = House(engine=engine)
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg, answered = await house.call(caller, callee, "8001")
    joining = await house.dial(third, "x", join=dialog_of(house, callee, answered))
    await house.net.run(1)
    assert any(isinstance(event, Answered) for event in third.events)
    assert len(engine.heard) == 6
    await joining.hangup()
    await house.net.run(1)
    assert len(engine.heard) == 2
    talking(house, engine)
    await house.dial(third, "x", join=dialog_of(house, callee, answered))
    await house.net.run(1)
    await leg.hangup()
    await house.net.run(1)
    assert [len(party.ended) for party in (callee, third)] == [1, 2]
    await done(house, engine)


async def test_where_nobody_mixes_sound_joining_is_refused_and_the_call_goes_on() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    leg, answered = await house.call(caller, callee, "8001")
    await house.dial(third, "x", join=dialog_of(house, callee, answered))
    await house.net.run(1)
    assert [event.status for event in third.ended] == [488]
    assert caller.ended == callee.ended == []
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()
