"""The verbs of a call: each may be said twice, at any time, and whatever is said, every leg is let go in the end."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.media.ports import LegKind
from yuelai.telephony.b2bua.call import Call
from yuelai.telephony.b2bua.plan import Plan
from yuelai.telephony.b2bua.transfer import Silent, transfer_attended, transfer_blind
from yuelai.telephony.ports import Answered, Confirmed, Leg, Ringing

from .engine import Books
from .house import House, answer_offers, audio, description


class Owner:
    """Takes calls and does nothing with them by itself, as a room of its own would."""

    def __init__(self, engine: Books | None = None) -> None:
        self.house = House(engine=engine)
        self.caller, self.callee = self.house.party(5070), self.house.party(5080, "8001")
        self.house.stack.on_call(self._take)
        self.call = Call(self.house.board)

    async def _take(self, leg: Leg) -> None:
        self.house.board.calls[self.call.id] = self.call
        await self.call.accept(leg)
        await self.call.accept(leg)

    def plan(self, user: str = "8001") -> Plan:
        return Plan([self.house.stack.places(user, browser=False)], timeout=60)

    async def end(self) -> None:
        await self.call.hangup()
        await self.call.hangup()
        await self.house.net.run(130)
        assert self.house.empty()


async def test_ringing_answering_and_refusing_are_said_once_however_often() -> None:
    owner = Owner()
    await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    for _ in range(2):
        await owner.call.ring()
    await owner.house.net.run(1)
    assert len([event for event in owner.caller.events if isinstance(event, Ringing)]) == 2
    for _ in range(2):
        await owner.call.answer(description(owner.callee))
        await owner.call.ring()
    await owner.house.net.run(1)
    assert len([event for event in owner.caller.events if isinstance(event, Answered)]) == 1
    for _ in range(2):
        await owner.call.refuse(486)
    await owner.house.net.run(1)
    assert len(owner.caller.ended) == 1
    await owner.end()


async def test_somebody_is_dialled_once_for_a_caller_who_was_answered_before() -> None:
    engine = Books()
    owner = Owner(engine)
    leg = await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    near = owner.call.near
    assert near is not None
    assert near.said is not None
    near.media = True
    await owner.call.answer(await engine.create_leg(near.sound, LegKind.PLAIN, lambda event: None, offer=near.said))
    await owner.house.net.run(1)
    assert near.stands
    await owner.call.dial(owner.plan())
    await owner.call.dial(owner.plan())
    await owner.house.net.run(1)
    (offered,) = owner.callee.offered
    await offered.answer(description(owner.callee))
    await owner.house.net.run(1)
    assert owner.call.whole
    await leg.hangup()
    await owner.end()
    assert engine.open == {}


@pytest.mark.parametrize("anchored", [False, True])
async def test_a_parked_party_hears_nobody_and_comes_back(anchored: bool) -> None:
    engine = Books() if anchored else None
    owner = Owner(engine)
    await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    await owner.call.dial(owner.plan())
    await owner.house.net.run(1)
    await owner.callee.offered[0].answer(description(owner.callee))
    await owner.house.net.run(1)
    near, far = owner.call.near, owner.call.far
    assert near is not None
    assert far is not None
    for verb in (owner.call.hold, owner.call.hold, owner.call.retrieve, owner.call.retrieve):
        doing = asyncio.ensure_future(verb(near))
        for _ in range(8):
            await owner.house.net.run(0.3)
            await answer_offers(owner.caller)
            await answer_offers(owner.callee)
        await doing
        assert near.parked is (verb == owner.call.hold)
        if engine is not None:
            assert engine.hears(near.sound, far.sound) is not near.parked
            assert (near.sound in engine.playing) is near.parked
        elif near.parked:
            assert near.told is not None
            assert "a=inactive" in near.told
        else:
            assert audio(near.told) == 5080
            assert "a=sendrecv" in str(near.told)
    bridging = asyncio.ensure_future(owner.call.bridge())
    for _ in range(8):
        await owner.house.net.run(0.3)
        await answer_offers(owner.caller)
        await answer_offers(owner.callee)
    await bridging
    assert owner.call.whole
    await owner.end()


async def test_transfers_are_verbs_too() -> None:
    owner = Owner(Books())
    third = owner.house.party(5090, "8002")
    await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    await owner.call.dial(owner.plan())
    await owner.house.net.run(1)
    await owner.callee.offered[0].answer(description(owner.callee))
    await owner.house.net.run(1)
    far = owner.call.far
    assert far is not None
    told = Silent()
    assert await transfer_blind(owner.call, far, "9999") == 404
    assert await transfer_attended(owner.call, far, far.sound) == 481
    assert await transfer_blind(owner.call, far, "8002", told) == 100
    assert await transfer_blind(owner.call, far, "8002") == 491
    await owner.house.net.run(1)
    await third.offered[0].answer(description(third))
    await owner.house.net.run(5)
    assert told.status == 200
    assert owner.call.whole
    assert len(owner.callee.ended) == 1
    await owner.end()


async def test_verbs_of_a_call_that_is_over_do_nothing() -> None:
    owner = Owner()
    leg = await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    await leg.hangup()
    await owner.house.net.run(40)
    assert owner.call.over
    await owner.call.ring()
    await owner.call.answer(description(owner.callee))
    await owner.call.dial(owner.plan())
    await owner.call.bridge()
    await owner.end()
    assert owner.callee.offered == []


async def test_a_call_whose_other_half_is_lost_without_a_word_is_found_and_ended() -> None:
    owner = Owner()
    await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    await owner.call.dial(owner.plan())
    await owner.house.net.run(1)
    await owner.callee.offered[0].answer(description(owner.callee))
    await owner.house.net.run(1)
    far = owner.call.far
    assert far is not None
    assert far.leg is not None
    far.leg.listen(lambda event: None)  # our own fault: nobody hears it any more
    await owner.callee.offered[0].hangup()
    assert owner.call.whole
    await owner.house.net.run(150)
    assert len(owner.caller.ended) == 1
    assert owner.house.empty()


async def test_an_owner_that_never_dials_does_not_keep_its_caller_for_ever() -> None:
    owner = Owner()
    await owner.house.dial(owner.caller, "x")
    await owner.house.net.run(1)
    await owner.call.answer(description(owner.callee))
    await owner.house.net.run(1)
    assert any(isinstance(event, Answered) for event in owner.caller.events)
    assert not any(isinstance(event, Confirmed) for event in owner.caller.events)
    await owner.house.net.run(80)
    assert len(owner.caller.ended) == 1
    await owner.end()
