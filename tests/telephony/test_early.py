"""Before a call stands: early media, provisional responses that must arrive, offers by UPDATE, and late offers."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import Answered, Confirmed, Reanswered, Reoffered, Ringing
from yuelai.wire.sip import Request, Response

from .world import ANSWER, OFFER, Net, Party, RawPeer, shaky

TARGET = "sip:10000@127.0.0.1:5060"
EARLY = ANSWER.replace("5000", "5500")
ALLOW = "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK"


def scene() -> tuple[Net, Party, RawPeer]:
    net = Net()
    return net, Party(net, 5060), RawPeer(net, 6000)


def pair(**line: float) -> tuple[Net, Party, Party]:
    net = Net(shaky(11, **line))
    caller, callee = Party(net, 5070), Party(net, 5060)
    caller.know("10000", callee.hop)
    return net, caller, callee


async def over(net: Net, *parties: Party) -> None:
    for party in parties:
        for leg in list(party.stack.ua.legs.values()):
            await leg.hangup()
    await net.run(140)
    assert all(party.empty() for party in parties)


@pytest.mark.parametrize("line", [{}, {"loss": 0.3}, {"double": 0.6, "spread": 0.4}])
async def test_early_media_arrives_reliably_between_two_of_us_and_the_call_keeps_it(line: dict[str, float]) -> None:
    net, caller, callee = pair(**line)
    await caller.dial("10000")
    await net.run(5)
    leg = callee.offered[0]
    await leg.ringing(EARLY, status=183)
    await net.run(10)
    assert [(e.status, e.sdp) for e in caller.events if isinstance(e, Ringing)] == [(183, EARLY)]
    assert net.sent(caller.hop, "PRACK") >= 1
    await leg.answer(EARLY)
    await net.run(15)
    assert [e.sdp for e in caller.events if isinstance(e, Answered)] == [EARLY]
    assert caller.kinds().count("Answered") == callee.kinds().count("Confirmed") == 1
    oks = [m for source, _, m in net.log if isinstance(m, Response) and m.status == 200 and m.cseq.method == "INVITE"]
    assert all(ok.sdp is None for ok in oks)
    await over(net, caller, callee)


async def test_the_200_waits_for_the_prack_of_a_description_and_comes_after_it() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, supported="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing(EARLY, status=183)
    answering = asyncio.ensure_future(ours.offered[0].answer(EARLY))
    await net.run(1.2)
    rings = [m for m in peer.heard if isinstance(m, Response) and m.status == 183]
    assert len(rings) == 2
    assert {m.get("rseq") for m in rings} == {rings[0].get("rseq")}
    assert rings[0].options("require") == ["100rel"]
    assert 200 not in peer.responses()
    tag = rings[0].to.tag
    wrong = peer.request("PRACK", TARGET, branch="p0", cseq=2, to_tag=tag, rack="1 1 INVITE")
    peer.send(ours.hop, wrong)
    await net.run(0.1)
    assert peer.responses()[-1] == 481
    peer.send(
        ours.hop,
        peer.request("PRACK", TARGET, branch="p1", cseq=3, to_tag=tag, rack=f"{rings[0].get('rseq')} 1 INVITE"),
    )
    await net.run(0.1)
    await answering
    assert peer.responses()[-2:] == [200, 200]
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a", to_tag=tag))
    await net.run(0.1)
    assert ours.kinds() == ["Confirmed"]


async def test_provisional_responses_go_one_after_the_other_and_count_up() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, require="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing()
    await ours.offered[0].ringing(status=182)
    await net.run(0.1)
    assert 182 not in peer.responses()
    first = peer.last(180)
    peer.send(
        ours.hop,
        peer.request("PRACK", TARGET, branch="p", cseq=2, to_tag=first.to.tag, rack=f"{first.get('rseq')} 1 INVITE"),
    )
    await net.run(0.1)
    assert int(peer.last(182).get("rseq") or 0) == int(first.get("rseq") or 0) + 1


async def test_a_prack_that_the_answer_overtook_is_answered_all_the_same() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, require="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing()
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    first = peer.last(180)
    for branch, status in (("p", 200), ("q", 481)):
        rack = f"{first.get('rseq')} 1 INVITE"
        cseq = 2 if branch == "p" else 3
        peer.send(ours.hop, peer.request("PRACK", TARGET, branch=branch, cseq=cseq, to_tag=first.to.tag, rack=rack))
        await net.run(0.1)
        last = [m for m in peer.heard if isinstance(m, Response) and m.cseq.method == "PRACK"][-1]
        assert last.status == status


async def test_a_caller_that_never_sends_the_prack_it_asked_for_is_refused() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, require="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing()
    await net.run(33)
    assert peer.responses()[-1] == 504
    assert [(e.by, e.status) for e in ours.ended] == [("system", 504)]
    await net.run(70)
    assert ours.empty()


async def test_a_caller_that_does_not_know_of_it_gets_plain_provisional_responses() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(0.1)
    await ours.offered[0].ringing(EARLY, status=183)
    await net.run(5)
    rings = [m for m in peer.heard if isinstance(m, Response) and m.status == 183]
    assert [(m.get("rseq"), m.sdp) for m in rings] == [(None, EARLY)]
    await ours.offered[0].answer(EARLY)
    await net.run(0.1)
    assert peer.last(200).sdp == EARLY


async def test_another_description_at_the_answer_than_the_early_one_becomes_a_new_offer() -> None:
    net, caller, callee = pair()
    await caller.dial("10000")
    await net.run(1)
    await callee.offered[0].ringing(EARLY, status=183)
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(1)
    assert [e.sdp for e in caller.events if isinstance(e, Reoffered)] == [ANSWER]
    await next(iter(caller.stack.ua.legs.values())).accept(OFFER)
    await net.run(1)
    assert [e.sdp for e in callee.events if isinstance(e, Reanswered)] == [OFFER]
    await over(net, caller, callee)


@pytest.mark.parametrize("sequences", [[7, 7, 8], [7, 9, 8]])
async def test_reliable_responses_out_of_order_or_repeated_are_told_once_and_in_order(sequences: list[int]) -> None:
    net, ours, peer = scene()
    await ours.call([peer.to()])
    await net.run(0.1)
    assert "100rel" in peer.invites()[0].options("supported")
    for number in sequences:
        peer.answer(ours.hop, peer.invites()[0], 180 + number - 7, require="100rel", rseq=str(number))
        await net.run(0.1)
    racks = [m.get("rack") for m in peer.heard if isinstance(m, Request) and m.method == "PRACK"]
    cseq = peer.invites()[0].cseq.number
    # Those PRACKs are repeated, as nobody answers them.
    assert list(dict.fromkeys(racks)) == [f"7 {cseq} INVITE", f"8 {cseq} INVITE"]
    assert [e.status for e in ours.events if isinstance(e, Ringing)] == [180, 181]


async def test_either_side_may_offer_anew_before_the_answer_once_the_first_exchange_is_sure() -> None:
    net, caller, callee = pair()
    out = await caller.dial("10000")
    await net.run(1)
    leg = callee.offered[0]
    with pytest.raises(WrongState):
        await leg.reoffer(ANSWER)
    await leg.ringing(EARLY, status=183)
    await net.run(1)
    again = asyncio.ensure_future(leg.reoffer(EARLY.replace("5500", "5501")))
    await net.run(1)
    assert [e.sdp for e in caller.events if isinstance(e, Reoffered)] == [EARLY.replace("5500", "5501")]
    await out.accept(OFFER.replace("4000", "4001"))
    await net.run(1)
    assert "4001" in await again
    assert net.sent(callee.hop, "UPDATE") >= 1
    await leg.answer(EARLY)
    await net.run(2)
    assert caller.kinds().count("Answered") == 1
    await over(net, caller, callee)


async def test_an_update_before_the_first_answer_is_told_to_wait() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, allow=ALLOW))
    await net.run(0.1)
    await ours.offered[0].ringing()
    await net.run(0.1)
    tag = peer.last(180).to.tag
    peer.send(ours.hop, peer.request("UPDATE", TARGET, branch="u", cseq=2, to_tag=tag, sdp=OFFER))
    await net.run(0.1)
    assert peer.responses()[-1] == 500
    assert peer.last(500).get("retry-after") is not None
    assert ours.ended == []


@pytest.mark.parametrize("line", [{}, {"loss": 0.3}, {"double": 0.6, "spread": 0.3}])
async def test_a_late_offer_is_answered_in_the_ack(line: dict[str, float]) -> None:
    net, caller, callee = pair(**line)
    leg = await caller.call([RawPeer.to(type("P", (), {"hop": callee.hop})())], sdp=None)  # type: ignore[arg-type]
    await net.run(6)
    assert callee.offered[0].offer is None
    await callee.offered[0].answer(OFFER)
    await net.run(6)
    assert [e.sdp for e in caller.events if isinstance(e, Answered)] == [OFFER]
    assert callee.events == []
    await leg.accept(ANSWER)
    await net.run(10)
    assert [e.sdp for e in callee.events if isinstance(e, Confirmed)] == [ANSWER]
    await over(net, caller, callee)


@pytest.mark.parametrize("how", ["hangs up", "forgets", "is hung up on"])
async def test_an_offer_in_a_200_that_nobody_answers_ends_with_ack_and_bye(how: str) -> None:
    net, ours, peer = scene()
    leg = await ours.call([peer.to()], sdp=None)
    await net.run(0.1)
    peer.answer(ours.hop, peer.invites()[0], 200, sdp=OFFER)
    await net.run(0.2)
    assert "ACK" not in peer.requests()
    if how == "hangs up":
        await leg.hangup()
    elif how == "is hung up on":
        invite = peer.invites()[0]
        peer.send(
            ours.hop,
            peer.request(
                "BYE", "sip:x@127.0.0.1", branch="b", call_id=invite.call_id, from_tag="pt", to_tag=invite.from_.tag
            ),
        )
    await net.run(25)
    assert "ACK" in peer.requests()
    assert ("BYE" in peer.requests()) is (how != "is hung up on")
    assert len(ours.ended) == 1
    await net.run(80)
    assert ours.empty()


async def test_an_offer_of_ours_in_a_reliable_response_is_answered_in_the_prack() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", supported="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing(OFFER, status=183)
    await net.run(0.1)
    ring = peer.last(183)
    assert ring.sdp == OFFER
    peer.send(
        ours.hop,
        peer.request(
            "PRACK", TARGET, branch="p", cseq=2, to_tag=ring.to.tag, rack=f"{ring.get('rseq')} 1 INVITE", sdp=ANSWER
        ),
    )
    await net.run(0.1)
    await ours.offered[0].answer(OFFER)
    await net.run(0.1)
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a", to_tag=ring.to.tag))
    await net.run(0.1)
    assert [e.sdp for e in ours.events if isinstance(e, Confirmed)] == [ANSWER]


async def test_a_new_offer_in_a_prack_is_answered_in_its_200() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, supported="100rel"))
    await net.run(0.1)
    await ours.offered[0].ringing(EARLY, status=183)
    await net.run(0.1)
    ring = peer.last(183)
    new = OFFER.replace("4000", "4002")
    peer.send(
        ours.hop,
        peer.request(
            "PRACK", TARGET, branch="p", cseq=2, to_tag=ring.to.tag, rack=f"{ring.get('rseq')} 1 INVITE", sdp=new
        ),
    )
    await net.run(0.1)
    assert [e.sdp for e in ours.events if isinstance(e, Reoffered)] == [new]
    await ours.offered[0].accept(EARLY)
    await net.run(0.1)
    assert (peer.last(200).cseq.method, peer.last(200).sdp) == ("PRACK", EARLY)


async def test_a_re_invite_without_an_offer_gets_what_counts_and_its_answer_is_told() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(0.1)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = peer.last(200).to.tag
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a", to_tag=tag))
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="2", cseq=2, to_tag=tag))
    await net.run(0.1)
    assert peer.last(200).sdp == ANSWER
    moved = OFFER.replace("4000", "4003")
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a2", cseq=2, to_tag=tag, sdp=moved))
    await net.run(0.1)
    assert [e.sdp for e in ours.events if isinstance(e, Reanswered)] == [moved]
