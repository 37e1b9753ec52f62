"""Whole calls between two ends in memory: every leg ends once, and nothing stays behind."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.telephony.errors import NotRegistered, OfferRefused, WrongState
from yuelai.telephony.ports import Answered, Ended, Reoffered

from .world import ANSWER, OFFER, Net, Party, shaky

LINES = {
    "clean": {},
    "losing": {"loss": 0.3},
    "doubling": {"double": 0.8},
    "reordering": {"spread": 0.4},
    "all of it": {"loss": 0.2, "double": 0.3, "spread": 0.3},
}


def pair(**line: float) -> tuple[Net, Party, Party]:
    net = Net(shaky(7, **line))
    caller, callee = Party(net, 5070), Party(net, 5060)
    caller.know("10000", callee.hop)
    return net, caller, callee


async def establish(net: Net, caller: Party, callee: Party) -> None:
    await caller.dial("10000")
    await net.run(8)
    await callee.offered[0].answer(ANSWER)
    await net.run(20)


@pytest.mark.parametrize("line", list(LINES))
@pytest.mark.parametrize("who", ["caller", "callee"])
async def test_a_call_is_made_and_ended_once_on_every_line(line: str, who: str) -> None:
    net, caller, callee = pair(**LINES[line])
    leg = await caller.dial("10000")
    await net.run(8)
    assert [(offered.caller, offered.called, offered.trunk) for offered in callee.offered] == [
        ("13800000001", "10000", True)
    ]
    assert callee.offered[0].offer == OFFER
    await callee.offered[0].ringing()
    await net.run(8)
    await callee.offered[0].answer(ANSWER)
    await net.run(20)
    assert [type(e) for e in caller.events if isinstance(e, Answered)] == [Answered]
    assert callee.kinds() == ["Confirmed"]
    await (leg if who == "caller" else callee.offered[0]).hangup()
    await net.run(70)
    near, far = (caller, callee) if who == "caller" else (callee, caller)
    assert [(e.by, e.status) for e in near.ended] == [("local", 480)]
    assert [(e.by, e.status) for e in far.ended] == [("remote", 0)]
    assert caller.empty()
    assert callee.empty()


@pytest.mark.parametrize("line", list(LINES))
async def test_a_caller_who_gives_up_leaves_nothing_on_any_line(line: str) -> None:
    net, caller, callee = pair(**LINES[line])
    leg = await caller.dial("10000")
    await net.run(4)
    await leg.hangup(487)
    await net.run(120)
    assert [e.by for e in caller.ended] == ["local"]
    assert [(e.by, e.status) for e in callee.ended] == [("remote", 487)]
    assert caller.empty()
    assert callee.empty()


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.01, 0.015, 0.02, 0.03])
@pytest.mark.parametrize("spread", [0.0, 0.05])
async def test_cancel_crossing_the_200_leaves_nothing(delay: float, spread: float) -> None:
    net, caller, callee = pair(spread=spread)
    leg = await caller.dial("10000")
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(delay)
    await leg.hangup()
    await net.run(120)
    assert len(caller.ended) == 1
    assert len(callee.ended) == 1
    assert caller.empty()
    assert callee.empty()


@pytest.mark.parametrize("status", [486, 404, 603])
async def test_a_refusal_reaches_the_caller_with_its_status(status: int) -> None:
    net, caller, callee = pair(loss=0.2)
    await caller.dial("10000")
    await net.run(8)
    await callee.offered[0].hangup(status, "No")
    await net.run(120)
    assert [(e.by, e.status) for e in caller.ended] == [("remote", status)]
    assert caller.empty()
    assert callee.empty()


async def test_nobody_there_ends_with_a_time_out() -> None:
    net, caller, callee = pair()
    del net.ends[callee.hop]
    await caller.dial("10000")
    await net.run(31.9)
    assert caller.ended == []
    await net.run(0.2)
    assert [(e.by, e.status) for e in caller.ended] == [("system", 408)]
    assert caller.empty()


async def test_a_200_without_its_ack_is_repeated_and_then_ended_with_bye() -> None:
    net, caller, callee = pair()
    await caller.dial("10000")
    await net.run(1)
    del net.ends[caller.hop]
    await callee.offered[0].answer(ANSWER)
    await net.run(31)
    assert net.sent(callee.hop, 200) >= 10
    assert callee.ended == []
    await net.run(2)
    assert [(e.by, e.status) for e in callee.ended] == [("system", 408)]
    assert net.sent(callee.hop, "BYE") >= 1
    await net.run(70)
    assert callee.empty()


async def test_hanging_up_before_the_ack_waits_for_it_with_the_bye() -> None:
    net, caller, callee = pair()
    caller.journal.gate = asyncio.Event()
    await caller.dial("10000")
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(0.1)
    await callee.offered[0].hangup()
    await net.run(1)
    assert len(callee.ended) == 1
    assert net.sent(callee.hop, "BYE") == 0
    caller.journal.gate.set()
    await net.run(70)
    assert net.sent(callee.hop, "BYE") == 1
    assert len(caller.ended) == 1
    assert caller.empty()
    assert callee.empty()


async def test_the_200_waits_for_the_journal_and_a_cancel_meanwhile_wins() -> None:
    net, caller, callee = pair()
    callee.journal.gate = asyncio.Event()
    leg = await caller.dial("10000")
    await net.run(1)
    answering = asyncio.ensure_future(callee.offered[0].answer(ANSWER))
    await net.run(1)
    assert net.sent(callee.hop, 200) == 0
    await leg.hangup()
    await net.run(1)
    callee.journal.gate.set()
    await answering
    await net.run(70)
    assert net.sent(callee.hop, 487) == 1
    assert [(e.by, e.status) for e in callee.ended] == [("remote", 487)]
    assert caller.empty()
    assert callee.empty()


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_without_a_journal_there_is_no_call(side: str) -> None:
    net, caller, callee = pair()
    (caller if side == "caller" else callee).journal.broken = True
    await establish(net, caller, callee)
    await net.run(70)
    assert len(caller.ended) == len(callee.ended) == 1
    assert (caller if side == "caller" else callee).ended[0].status == 503
    assert caller.empty()
    assert callee.empty()


@pytest.mark.parametrize("by", ["caller", "callee"])
async def test_a_new_offer_is_answered_either_way_even_when_messages_are_lost(by: str) -> None:
    net, caller, callee = pair(loss=0.25)
    leg = await caller.dial("10000")
    await net.run(8)
    await callee.offered[0].answer(ANSWER)
    await net.run(20)
    asking, asked = (leg, callee) if by == "caller" else (callee.offered[0], caller)
    answering = callee.offered[0] if by == "caller" else leg
    again = asyncio.ensure_future(asking.reoffer(OFFER.replace("4000", "4444")))  # type: ignore[attr-defined]
    await net.run(10)
    offers = [e for e in asked.events if isinstance(e, Reoffered)]
    assert [e.sdp.count("4444") for e in offers] == [1]
    await answering.accept(ANSWER.replace("5000", "5555"))
    await net.run(20)
    assert "5555" in await again
    await asking.hangup()
    await net.run(70)
    assert caller.empty()
    assert callee.empty()


async def test_a_refused_offer_leaves_the_call_standing() -> None:
    net, caller, callee = pair()
    leg = await caller.dial("10000")
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(1)
    again = asyncio.ensure_future(leg.reoffer(OFFER))  # type: ignore[attr-defined]
    await net.run(1)
    await callee.offered[0].refuse_offer(488)
    await net.run(1)
    with pytest.raises(OfferRefused):
        await again
    assert caller.ended == callee.ended == []


async def test_offers_that_meet_are_both_made_in_the_end() -> None:
    net, caller, callee = pair()
    leg = await caller.dial("10000")
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(1)
    theirs = asyncio.ensure_future(callee.offered[0].reoffer(ANSWER))  # type: ignore[attr-defined]
    ours = asyncio.ensure_future(leg.reoffer(OFFER))  # type: ignore[attr-defined]
    answered = 0
    for _ in range(100):
        await net.run(0.1)
        for party, answering in ((caller, leg), (callee, callee.offered[0])):
            offers = [e for e in party.events if isinstance(e, Reoffered)]
            if offers:
                party.events.remove(offers[0])
                await answering.accept(ANSWER)
                answered += 1
    assert answered == 2
    assert ours.done()
    assert theirs.done()
    assert net.sent(caller.hop, 491) + net.sent(callee.hop, 491) >= 1


async def test_verbs_in_the_wrong_state_are_refused_and_hangup_may_be_repeated() -> None:
    net, caller, callee = pair()
    leg = await caller.dial("10000")
    with pytest.raises(WrongState):
        await leg.answer(ANSWER)
    await net.run(1)
    with pytest.raises(WrongState):
        await callee.offered[0].accept(ANSWER)
    await callee.offered[0].answer(ANSWER)
    with pytest.raises(WrongState):
        await callee.offered[0].answer(ANSWER)
    await net.run(1)
    for _ in range(3):
        await leg.hangup()
    await net.run(70)
    assert len(caller.ended) == len(callee.ended) == 1


async def test_dialling_somebody_who_is_not_registered_is_refused() -> None:
    _, caller, _ = pair()
    with pytest.raises(NotRegistered):
        await caller.dial("9999")
    with pytest.raises(NotRegistered):
        await caller.dial("10000", browser=True)


async def test_the_first_of_several_phones_to_answer_has_the_call_and_the_others_stop_ringing() -> None:
    net = Net()
    caller, desk, mobile = Party(net, 5070), Party(net, 5060), Party(net, 5061)
    caller.know("8001", desk.hop, mobile.hop)
    leg = await caller.dial("8001")
    await net.run(1)
    await desk.offered[0].ringing()
    await mobile.offered[0].answer(ANSWER)
    await net.run(1)
    assert caller.kinds() == ["Ringing", "Answered"]
    assert [(e.by, e.status) for e in desk.ended] == [("remote", 487)]
    await leg.hangup()
    await net.run(70)
    assert all(party.empty() for party in (caller, desk, mobile))


async def test_two_phones_that_answer_at_once_make_one_call() -> None:
    net = Net()
    caller, desk, mobile = Party(net, 5070), Party(net, 5060), Party(net, 5061)
    caller.know("8001", desk.hop, mobile.hop)
    leg = await caller.dial("8001")
    await net.run(1)
    await desk.offered[0].answer(ANSWER)
    await mobile.offered[0].answer(ANSWER)
    await net.run(2)
    assert caller.kinds() == ["Answered"]
    assert len(desk.ended) + len(mobile.ended) == 1
    await leg.hangup()
    await net.run(70)
    assert all(party.empty() for party in (caller, desk, mobile))


async def test_all_phones_refusing_tells_the_best_reason_once() -> None:
    net = Net()
    caller, desk, mobile = Party(net, 5070), Party(net, 5060), Party(net, 5061)
    caller.know("8001", desk.hop, mobile.hop)
    await caller.dial("8001")
    await net.run(1)
    await desk.offered[0].hangup(503)
    await net.run(1)
    assert caller.ended == []
    await mobile.offered[0].hangup(486)
    await net.run(1)
    assert [(e.by, e.status) for e in caller.ended] == [("remote", 486)]


async def test_a_restart_ends_the_dialogs_of_the_earlier_life_with_bye() -> None:
    net, caller, callee = pair()
    await establish(net, caller, callee)
    records = list(callee.journal.open.values())
    assert len(records) == 1
    net.stacks.remove(callee.stack)
    reborn = Party(net, 5060)
    reborn.journal.open = {record.leg_id: record for record in records}
    for record in records:
        reborn.stack.ua.end_restored(record, lambda leg=record.leg_id: reborn.stack.ua.journal_ended(leg))
    await net.run(70)
    assert [(e.by, e.status) for e in caller.ended] == [("remote", 0)]
    assert reborn.journal.open == {}
    assert caller.empty()


async def test_an_owner_that_fails_leaves_the_caller_with_a_500() -> None:
    net, caller, callee = pair()

    async def fail(leg: object) -> None:
        raise RuntimeError("owner fell over")

    callee.stack.on_call(fail)
    await caller.dial("10000")
    await net.run(70)
    assert [(type(e), e.by, e.status) for e in caller.ended] == [(Ended, "remote", 500)]
    assert caller.empty()
    assert callee.empty()
