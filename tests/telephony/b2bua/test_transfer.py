"""Transfers through the switchboard: who talks to whom afterwards, who hears how it went, and what is left."""

from __future__ import annotations

import asyncio

import pytest

from tests.telephony.world import Party
from yuelai.telephony.ports import Leg, Reoffered

from .house import House, answer_offers, audio, description


class Three:
    """5070 calls 8001 at 5080; 8002 is at 5090."""

    def __init__(self) -> None:
        self.house = House()
        self.caller, self.desk = self.house.party(5070), self.house.party(5080, "8001")
        self.third = self.house.party(5090, "8002")

    async def talk(self) -> tuple[Leg, Leg]:
        return await self.house.call(self.caller, self.desk, "8001")

    async def joined(self, *parties: Party) -> dict[int, list[int]]:
        """Let everybody accept what they are offered; return whose sound each was offered."""
        heard: dict[int, list[int]] = {party.hop.port: [] for party in parties}
        for _ in range(6):
            await self.house.net.run(0.5)
            for party in parties:
                heard[party.hop.port] += await answer_offers(party)
        return heard


@pytest.mark.parametrize("by", ["caller", "callee"])
async def test_a_blind_transfer_connects_the_one_who_stays_with_the_target(by: str) -> None:
    three = Three()
    leg, answered = await three.talk()
    asking, asked = (three.caller, leg) if by == "caller" else (three.desk, answered)
    stays = three.desk if by == "caller" else three.caller
    told = await three.house.refer(asked, "8002")
    await three.house.net.run(1)
    (offered,) = three.third.offered
    assert audio(offered.offer) == stays.hop.port
    assert not told.done()
    assert asking.ended == []
    await offered.answer(description(three.third))
    heard = await three.joined(stays)
    assert heard[stays.hop.port] == [5090]
    assert await told == 200
    await three.house.net.run(5)
    assert len(asking.ended) == 1
    (call,) = three.house.board.calls.values()
    assert call.whole
    await offered.hangup()
    await three.house.net.run(70)
    assert len(stays.ended) == 1
    assert three.house.empty()


@pytest.mark.parametrize(("number", "status"), [("8002", 486), ("9999", 404)])
async def test_a_transfer_that_fails_leaves_the_two_as_they_were(number: str, status: int) -> None:
    three = Three()
    leg, answered = await three.talk()
    told = await three.house.refer(answered, number)
    await three.house.net.run(1)
    if three.third.offered:
        await three.third.offered[0].hangup(status)
        await three.house.net.run(1)
    assert await told == status
    (call,) = three.house.board.calls.values()
    assert call.whole
    assert three.caller.ended == three.desk.ended == []
    # The held party comes back: its new offer crosses as before.
    again = asyncio.ensure_future(answered.reoffer(description(three.desk, 2)))
    await three.house.net.run(1)
    assert await answer_offers(three.caller) == [5080]
    await three.house.net.run(1)
    assert audio(await again) == 5070
    await leg.hangup()
    await three.house.net.run(70)
    assert three.house.empty()


async def test_who_transfers_may_hang_up_before_the_target_answers() -> None:
    three = Three()
    leg, answered = await three.talk()
    told = await three.house.refer(answered, "8002")
    await three.house.net.run(1)
    await answered.hangup()
    await three.house.net.run(3)
    assert await told == 0
    assert three.caller.ended == []
    await three.third.offered[0].answer(description(three.third))
    assert (await three.joined(three.caller))[5070] == [5090]
    await leg.hangup()
    await three.house.net.run(70)
    assert len(three.third.ended) == 1
    assert three.house.empty()


async def test_when_nobody_comes_and_who_transferred_is_gone_nobody_is_left_hanging() -> None:
    three = Three()
    await three.talk()
    await three.house.refer(three.desk.offered[0], "8002")
    await three.house.net.run(1)
    await three.desk.offered[0].hangup()
    await three.house.net.run(1)
    await three.third.offered[0].hangup(486)
    await three.house.net.run(70)
    assert len(three.caller.ended) == 1
    assert three.house.empty()


async def test_when_the_one_who_stays_gives_up_the_target_stops_ringing() -> None:
    three = Three()
    leg, answered = await three.talk()
    await three.house.refer(answered, "8002")
    await three.house.net.run(1)
    await leg.hangup()
    await three.house.net.run(70)
    assert len(three.third.ended) == len(three.desk.ended) == 1
    assert three.house.empty()


async def test_an_attended_transfer_joins_the_two_others() -> None:
    three = Three()
    _, answered = await three.talk()
    second, theirs = await three.house.call(three.desk, three.third, "8002")
    told = await three.house.refer(answered, "8002", replaces=second)
    heard = await three.joined(three.caller, three.third)
    assert heard == {5070: [5090], 5090: [5070]}
    assert await told == 200
    await three.house.net.run(5)
    assert len(three.desk.ended) == 2
    (call,) = three.house.board.calls.values()
    assert call.whole
    await theirs.hangup()
    await three.house.net.run(70)
    assert len(three.caller.ended) == 1
    assert three.house.empty()


async def test_an_attended_transfer_to_somebody_who_still_rings_goes_on_ringing() -> None:
    three = Three()
    leg, answered = await three.talk()
    second = await three.house.dial(three.desk, "8002")
    await three.house.net.run(1)
    await three.third.offered[0].ringing()
    await three.house.net.run(1)
    told = await three.house.refer(answered, "8002", replaces=second)
    await three.house.net.run(1)
    assert three.third.ended == []
    await three.third.offered[0].answer(description(three.third))
    heard = await three.joined(three.caller, three.third)
    assert heard[5070] == [5090]
    assert heard[5090] == [5070]
    assert await told == 200
    await leg.hangup()
    await three.house.net.run(70)
    assert len(three.third.ended) == 1
    assert three.house.empty()


async def test_a_transfer_to_a_call_that_is_not_there_is_refused() -> None:
    three = Three()
    leg, answered = await three.talk()
    second, theirs = await three.house.call(three.desk, three.third, "8002")
    await theirs.hangup()
    await three.house.net.run(0)
    told = await three.house.refer(answered, "8002", replaces=second)
    await three.house.net.run(5)
    assert await told in (481, 491)
    assert three.caller.ended == []
    await leg.hangup()
    await three.house.net.run(70)
    assert three.house.empty()


async def test_a_party_that_refuses_the_new_sound_ends_the_call_for_both() -> None:
    three = Three()
    leg, answered = await three.talk()
    await three.house.refer(answered, "8002")
    await three.house.net.run(1)
    await three.third.offered[0].answer(description(three.third))
    await three.house.net.run(1)
    assert any(isinstance(event, Reoffered) for event in three.caller.events)
    await leg.refuse_offer(488)
    await three.house.net.run(70)
    assert len(three.caller.ended) == len(three.third.ended) == 1
    assert three.house.empty()
