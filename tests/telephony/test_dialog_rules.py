"""What RFC 3261 asks of both ends of a dialog beyond the plain call, and the sweep that should find nothing."""

from __future__ import annotations

import pytest

from yuelai.telephony.leg import LegState
from yuelai.telephony.ports import Confirmed
from yuelai.wire.sip import Request, Response

from .test_calls import establish, pair
from .world import ANSWER, OFFER, Net, Party, RawPeer

TARGET = "sip:10000@127.0.0.1:5060"


def scene() -> tuple[Net, Party, RawPeer]:
    net = Net()
    return net, Party(net, 5060), RawPeer(net, 6000)


async def called(**headers: str) -> tuple[Net, Party, RawPeer]:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER, **headers))
    await net.run(0.1)
    return net, ours, peer


async def stood(net: Net, ours: Party, peer: RawPeer) -> str:
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = peer.last(200).to.tag
    assert tag
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a", to_tag=tag))
    await net.run(0.1)
    return tag


async def test_a_caller_that_waits_only_so_long_is_refused_then() -> None:
    net, ours, peer = await called(expires="15")
    await net.run(14)
    assert ours.ended == []
    await net.run(1.1)
    assert peer.responses()[-1] == 487
    assert [(e.by, e.status) for e in ours.ended] == [("remote", 487)]


async def test_an_answered_call_does_not_expire() -> None:
    net, ours, peer = await called(expires="15")
    await stood(net, ours, peer)
    await net.run(60)
    assert ours.ended == []


async def test_a_call_that_rings_long_is_told_so_every_minute() -> None:
    net, ours, peer = await called()
    await ours.offered[0].ringing()
    await net.run(185)
    assert peer.responses().count(180) == 4
    await ours.offered[0].hangup()
    await net.run(200)
    assert peer.responses().count(180) == 4


async def test_what_goes_on_is_counted_down_so_that_no_call_goes_round_for_ever() -> None:
    net, ours, peer = await called(max_forwards="3")
    assert ours.offered[0].carried["max-forwards"] == ("3",)
    await ours.call([peer.to()], headers={"max-forwards": "2"})
    await net.run(0.1)
    assert peer.invites()[-1].raw("max-forwards") == ["2"]


async def test_an_answer_says_what_we_understand() -> None:
    net, ours, peer = await called()
    await stood(net, ours, peer)
    assert {"timer", "100rel", "replaces"} <= set(peer.last(200).options("supported"))


async def test_a_phone_behind_a_nat_that_moves_is_followed_and_the_journal_told() -> None:
    net, ours, peer = scene()
    invite = peer.request("INVITE", TARGET, branch="1", sdp=OFFER)
    invite.set("via", "SIP/2.0/UDP 10.1.1.1:5060;branch=z9hG4bK1;rport")
    peer.send(ours.hop, invite)
    await net.run(0.1)
    tag = await stood(net, ours, peer)
    moved = RawPeer(net, 6100)
    info = moved.request("INFO", TARGET, branch="i", cseq=2, to_tag=tag)
    moved.send(ours.hop, info)
    await net.run(0.1)
    await ours.offered[0].digit("5")
    await net.run(0.1)
    assert "INFO" in moved.requests()
    assert [record.hop for record in ours.journal.open.values()] == ["udp:127.0.0.1:6100"]


async def test_a_changed_target_is_journalled() -> None:
    net, ours, peer = await called()
    tag = await stood(net, ours, peer)
    peer.send(
        ours.hop,
        peer.request("UPDATE", TARGET, branch="u", cseq=2, to_tag=tag, contact="<sip:elsewhere@127.0.0.1:6000>"),
    )
    await net.run(0.1)
    (record,) = ours.journal.open.values()
    assert (record.target, record.role, record.origin) == (
        "sip:elsewhere@127.0.0.1:6000", "called", "- 1 1 IN IP4 127.0.0.1"
    )  # fmt: skip


async def test_a_new_offer_of_ours_waits_for_the_ack_to_theirs() -> None:
    net, ours, peer = await called()
    tag = await stood(net, ours, peer)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="2", cseq=2, to_tag=tag))
    await net.run(0.1)
    leg = ours.offered[0]
    ours.stack.ua.spawn(_reoffer(leg))
    await net.run(1.2)
    assert "INVITE" not in peer.requests()
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="a2", cseq=2, to_tag=tag, sdp=OFFER))
    await net.run(0.6)
    assert peer.requests()[-1] == "INVITE"


async def _reoffer(leg: object) -> None:
    await leg.reoffer(ANSWER)  # type: ignore[attr-defined]


async def test_a_bye_that_crosses_a_bye_ends_both_sides_once() -> None:
    net, caller, callee = pair()
    await establish(net, caller, callee)
    await next(iter(caller.stack.ua.legs.values())).hangup()
    await callee.offered[0].hangup()
    await net.run(70)
    assert (len(caller.ended), len(callee.ended)) == (1, 1)
    assert caller.empty()
    assert callee.empty()


async def test_a_re_invite_of_ours_that_is_never_decided_does_not_stay_for_ever() -> None:
    net, ours, peer = await called()
    await stood(net, ours, peer)
    ours.stack.ua.spawn(_reoffer(ours.offered[0]))
    await net.run(0.1)
    invite = peer.invites()[0]
    peer.answer(ours.hop, invite, 100, tag="")
    await ours.offered[0].hangup()
    await net.run(0.1)
    bye = peer.last("BYE")
    assert isinstance(bye, Request)
    peer.answer(ours.hop, bye, 200)
    await net.run(100)
    assert ours.stack.layer.size == 0
    assert ours.empty()


@pytest.mark.parametrize("late", [0.0, 5.0, 31.0])
async def test_a_200_that_comes_again_is_acknowledged_again(late: float) -> None:
    net, ours, peer = scene()
    await ours.call([peer.to()])
    await net.run(0.1)
    ok = peer.answer(ours.hop, peer.invites()[0], 200, sdp=ANSWER)
    await net.run(0.1 + late)
    acks = peer.requests().count("ACK")
    peer.send(ours.hop, ok)
    await net.run(0.1)
    assert peer.requests().count("ACK") == acks + 1


async def test_the_sweep_ends_what_nobody_owns_and_nothing_else() -> None:
    net, ours, peer = await called()
    await stood(net, ours, peer)
    await net.run(70)
    assert ours.stack.ua.sweep() == 0
    leg = next(iter(ours.stack.ua.legs.values()))
    del ours.stack.ua.dialogs[leg.dialog.key]  # type: ignore[union-attr]
    assert ours.stack.ua.sweep() == 1
    assert leg.state is LegState.ENDED
    assert len(ours.ended) == 1
    await net.run(0.1)
    assert peer.requests()[-1] == "BYE"


async def test_the_sweep_answers_a_request_that_was_forgotten() -> None:
    net, ours, peer = scene()
    ours.stack.ua.understand("MESSAGE")
    ours.stack.dispatcher.outside["MESSAGE"] = lambda transaction: None
    peer.send(ours.hop, peer.request("MESSAGE", TARGET, branch="m"))
    await net.run(60)
    assert ours.stack.ua.sweep() == 0
    await net.run(10)
    assert ours.stack.ua.sweep() == 1
    await net.run(0.1)
    assert peer.responses()[-1] == 500
    await net.run(70)
    assert ours.empty()


async def test_an_ack_with_the_branch_of_its_invite_is_understood() -> None:
    net, ours, peer = await called()
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = peer.last(200).to.tag
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="1", to_tag=tag))
    await net.run(0.1)
    assert [type(event) for event in ours.events] == [Confirmed]
    assert [m.status for m in peer.heard if isinstance(m, Response)] == [100, 200]
