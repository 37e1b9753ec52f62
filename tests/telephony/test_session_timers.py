"""Session timers of calls of ours (RFC 4028): asked for, made longer, refreshed, and run out."""

from __future__ import annotations

from typing import Any

import pytest

from yuelai.wire.sip import Request

from .world import ANSWER, Net, Party, RawPeer

UPDATES = "INVITE, ACK, CANCEL, BYE, UPDATE"


async def called(seconds: int = 200, **headers: Any) -> tuple[Net, Party, RawPeer]:
    net = Net()
    ours, peer = Party(net, 5060, idle_seconds=1e6), RawPeer(net, 6000)
    ours.stack.ua.session_seconds = seconds
    await ours.call([peer.to()])
    await net.run(0.1)
    peer.answer(ours.hop, peer.invites()[0], 200, sdp=ANSWER, **headers)
    await net.run(0.1)
    return net, ours, peer


def last(peer: RawPeer, method: str) -> Request:
    message = peer.last(method)
    assert isinstance(message, Request)
    return message


async def test_calls_of_ours_ask_for_a_session_timer_and_take_part_without_one_too() -> None:
    net, ours, peer = await called(1800)
    invite = peer.invites()[0]
    assert (invite.get("session-expires"), invite.get("min-se")) == ("1800", "90")
    assert "timer" in invite.options("supported")
    await net.run(4000)
    assert ours.ended == []


async def test_a_session_too_brief_for_them_is_made_longer_once() -> None:
    net = Net()
    ours, peer = Party(net, 5060), RawPeer(net, 6000)
    await ours.call([peer.to()])
    await net.run(0.1)
    peer.answer(ours.hop, peer.invites()[0], 422, min_se="3600")
    await net.run(0.1)
    first, second = peer.invites()
    assert (second.get("session-expires"), second.get("min-se")) == ("3600", "3600")
    assert (second.call_id, second.cseq.number) == (first.call_id, first.cseq.number + 1)
    peer.answer(ours.hop, second, 422, min_se="3600")
    await net.run(0.1)
    assert [e.status for e in ours.ended] == [422]


@pytest.mark.parametrize(("allow", "method"), [(UPDATES, "UPDATE"), ("INVITE, ACK, BYE", "INVITE")])
async def test_a_session_of_ours_is_refreshed_at_half_time_with_what_the_peer_knows(allow: str, method: str) -> None:
    net, ours, peer = await called(allow=allow, require="timer", session_expires="200;refresher=uac")
    for count in range(3):
        await net.run(99)
        assert len(peer.invites()) == 1 + (count if method == "INVITE" else 0)
        await net.run(1)
        refresh = last(peer, method)
        assert (refresh.get("session-expires"), refresh.to.tag) == ("200;refresher=uac", "pt")
        assert (refresh.sdp is not None) is (method == "INVITE")
        peer.answer(
            ours.hop, refresh, 200, sdp=ANSWER if method == "INVITE" else None, session_expires="200;refresher=uac"
        )
        await net.run(0.1)
        if method == "INVITE":
            assert peer.requests()[-1] == "ACK"
    assert ours.ended == []


async def test_a_refresh_that_is_put_off_is_tried_again_and_one_that_never_succeeds_ends_the_call() -> None:
    net, ours, peer = await called(allow=UPDATES, session_expires="200;refresher=uac")
    seen = set[str]()
    for _ in range(170):
        await net.run(1)
        for message in peer.heard:
            if isinstance(message, Request) and message.method == "UPDATE" and message.via.branch not in seen:
                seen.add(message.via.branch)
                peer.answer(ours.hop, message, 500)
    await net.run(100)
    assert len(seen) >= 3
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]
    assert peer.requests()[-1] == "BYE"
    await net.run(70)
    assert ours.empty()


async def test_a_session_that_they_do_not_refresh_ends_before_its_time_and_one_they_do_goes_on() -> None:
    net, ours, peer = await called(allow=UPDATES, session_expires="200;refresher=uas")
    invite = peer.invites()[0]
    for number in range(3):
        await net.run(150)
        peer.send(
            ours.hop,
            peer.request(
                "UPDATE", "sip:x@127.0.0.1", branch=f"u{number}", call_id=invite.call_id, cseq=number + 1,
                from_tag="pt", to_tag=invite.from_.tag, supported="timer", session_expires="200;refresher=uac",
            ),
        )  # fmt: skip
        await net.run(0.1)
        assert peer.last(200).get("session-expires") == "200;refresher=uac"
    await net.run(150)
    assert ours.ended == []
    await net.run(20)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]
    assert peer.requests()[-1] == "BYE"


async def test_a_re_invite_of_ours_carries_the_timer_on() -> None:
    net, ours, peer = await called(allow=UPDATES, session_expires="200;refresher=uas")
    leg = next(iter(ours.stack.ua.legs.values()))
    ours.stack.ua.spawn(_reoffer(leg))
    await net.run(0.1)
    invite = last(peer, "INVITE")
    assert (invite.get("session-expires"), invite.options("supported")) == ("200;refresher=uas", ["timer"])


async def _reoffer(leg: Any) -> None:
    await leg.reoffer(ANSWER)
