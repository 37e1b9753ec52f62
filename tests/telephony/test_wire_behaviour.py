"""What a peer of any kind gets for what it sends."""

from __future__ import annotations

import pytest

from yuelai.telephony.ports import Confirmed, InfoDigit, Reoffered
from yuelai.wire.sip import Request, Response

from .world import ANSWER, OFFER, Net, Party, RawPeer

TARGET = "sip:10000@127.0.0.1:5060"


def scene() -> tuple[Net, Party, RawPeer]:
    net = Net()
    return net, Party(net, 5060), RawPeer(net, 6000)


async def answered(net: Net, ours: Party, peer: RawPeer, sdp: str | None = OFFER) -> str:
    """A standing call; returns our tag."""
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=sdp))
    await net.run(0.1)
    await ours.offered[-1].answer(ANSWER)
    await net.run(0.1)
    tag = peer.last(200).to.tag
    assert tag
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="1a", to_tag=tag, sdp=None if sdp else ANSWER))
    await net.run(0.1)
    return tag


async def test_three_copies_of_one_invite_make_one_call() -> None:
    net, ours, peer = scene()
    invite = peer.request("INVITE", TARGET, branch="1", sdp=OFFER)
    for _ in range(3):
        peer.send(ours.hop, invite)
    await net.run(0.2)
    peer.send(ours.hop, invite)
    await net.run(0.2)
    assert len(ours.offered) == 1
    await ours.offered[0].answer(ANSWER)
    peer.send(ours.hop, invite)
    await net.run(0.2)
    assert len(ours.offered) == 1
    assert {m.to.tag for m in peer.heard if isinstance(m, Response) and m.status == 200} == {
        ours.stack.ua.record(ours.offered[0]).local.rpartition("tag=")[2]  # type: ignore[arg-type]
    }


async def test_the_same_invite_on_another_way_is_a_loop() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="2", sdp=OFFER))
    await net.run(0.2)
    assert len(ours.offered) == 1
    assert 482 in peer.responses()


async def test_a_cancel_after_the_200_is_answered_and_changes_nothing() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(0.1)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    peer.send(ours.hop, peer.request("CANCEL", TARGET, branch="1"))
    await net.run(0.1)
    assert ours.ended == []
    oks = [m for m in peer.heard if isinstance(m, Response) and m.status == 200]
    assert {m.cseq.method for m in oks} == {"INVITE", "CANCEL"}
    tag = next(m.to.tag for m in oks if m.cseq.method == "INVITE")
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="2", to_tag=tag))
    peer.send(ours.hop, peer.request("BYE", TARGET, branch="3", to_tag=tag, cseq=2))
    await net.run(70)
    assert [e.by for e in ours.ended] == ["remote"]
    assert ours.empty()


async def test_a_cancel_for_nothing_is_told_so() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("CANCEL", TARGET, branch="1"))
    await net.run(0.1)
    assert peer.responses() == [481]


@pytest.mark.parametrize("method", ["BYE", "INVITE", "INFO", "UPDATE", "OPTIONS"])
async def test_a_request_in_an_unknown_dialog_gets_481(method: str) -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request(method, TARGET, branch="1", to_tag="nobody"))
    await net.run(0.1)
    assert peer.responses() == [481]
    assert ours.offered == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"method": "PUBLISH"}, 405),
        ({"method": "FOO"}, 501),
        ({"require": "path, timer, 100rel"}, 420),
        ({"proxy_require": "nothing"}, 420),
        ({"max_forwards": "0"}, 483),
        ({"max_forwards": "many"}, 400),
        ({"target": "http://example.org/"}, 416),
        ({"target": "sip:%e2%80%8b@127.0.0.1"}, 404),
        ({"contact": "*"}, 400),
        ({"contact": ""}, 400),
        ({"content_type": "text/plain"}, 415),
    ],
)
async def test_what_we_cannot_do_is_refused_by_name(change: dict[str, str], status: int) -> None:
    net, ours, peer = scene()
    method, target = change.pop("method", "INVITE"), change.pop("target", TARGET)
    request = peer.request(method, target, branch="1", sdp=OFFER)
    for name, value in change.items():
        request.set(name.replace("_", "-"), value)
    peer.send(ours.hop, request)
    await net.run(0.2)
    final = [m for m in peer.heard if isinstance(m, Response) and m.status >= 200]
    assert final[0].status == status
    assert final[0].to.tag
    if status == 420:
        assert final[0].get("unsupported") in ("path", "nothing")
    if status == 405:
        assert "INVITE" in (final[0].get("allow") or "")
    assert ours.offered == []


async def test_options_is_answered_with_what_we_can_do() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("OPTIONS", "sip:127.0.0.1:5060", branch="1", max_forwards="0"))
    await net.run(0.1)
    ok = peer.last(200)
    assert "BYE" in (ok.get("allow") or "")
    assert ok.to.tag


async def test_a_malformed_request_gets_400_and_a_malformed_response_nothing() -> None:
    net, ours, peer = scene()
    bad = peer.request("OPTIONS", TARGET, branch="1")
    bad.set("cseq", "1 INVITE")
    ours.stack.layer.receive(bad, peer.hop)
    await net.run(0.1)
    assert peer.responses() == [400]
    ours.stack.layer.receive(Response(200, "OK", [("via", "nonsense")]), peer.hop)


async def test_a_response_goes_back_to_where_the_request_came_from() -> None:
    net, ours, peer = scene()
    request = peer.request("OPTIONS", TARGET, branch="1")
    request.set("via", "SIP/2.0/UDP 192.0.2.9:7777;branch=z9hG4bKx;rport")
    peer.send(ours.hop, request)
    await net.run(0.1)
    via = peer.last(200).via
    assert (via.params["received"], via.params["rport"]) == ("127.0.0.1", "6000")
    request = peer.request("OPTIONS", TARGET, branch="2", cseq=2)
    request.set("via", "SIP/2.0/UDP 192.0.2.9:6000;branch=z9hG4bKy")
    peer.send(ours.hop, request)
    await net.run(0.1)
    assert peer.responses() == [200, 200]


async def test_the_callers_number_is_the_asserted_one() -> None:
    net, ours, peer = scene()
    invite = peer.request("INVITE", TARGET, branch="1", sdp=OFFER, user="anonymous")
    invite.add("p-asserted-identity", '"x" <sip:+86-138-0000-0001;cpc=ordinary@carrier>, <tel:110>')
    peer.send(ours.hop, invite)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="2", call_id="b", user="anonymous", sdp=OFFER))
    await net.run(0.1)
    assert [leg.caller for leg in ours.offered] == ["+8613800000001", ""]


async def test_an_invite_without_offer_gets_ours_and_answers_in_its_ack() -> None:
    net, ours, peer = scene()
    await answered(net, ours, peer, sdp=None)
    assert ours.events == [Confirmed(ours.offered[0].id, ANSWER)]


async def test_keys_by_info_are_heard() -> None:
    net, ours, peer = scene()
    tag = await answered(net, ours, peer)
    bodies = [b"Signal= 5\r\nDuration= 160\r\n", b"Signal=*\r\n", b"signal=11", b"Signal=\r\n"]
    for number, body in enumerate(bodies, 2):
        info = peer.request("INFO", TARGET, branch=f"i{number}", to_tag=tag, cseq=number)
        info.set_body("application/dtmf-relay", body)
        peer.send(ours.hop, info)
        await net.run(0.1)
    assert [e.digit for e in ours.events if isinstance(e, InfoDigit)] == ["5", "*", "#"]
    assert peer.responses()[-4:] == [200, 200, 200, 400]


async def test_requests_out_of_order_and_offers_on_offers_are_put_off() -> None:
    net, ours, peer = scene()
    tag = await answered(net, ours, peer)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="r1", to_tag=tag, cseq=5, sdp=OFFER))
    await net.run(0.1)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="r2", to_tag=tag, cseq=6, sdp=OFFER))
    await net.run(0.1)
    assert peer.last(500).get("retry-after") is not None
    peer.send(ours.hop, peer.request("INFO", TARGET, branch="r3", to_tag=tag, cseq=4))
    await net.run(0.1)
    assert isinstance(peer.heard[-1], Response)
    assert peer.heard[-1].status == 500
    assert len([e for e in ours.events if isinstance(e, Reoffered)]) == 1
    await ours.offered[0].accept(ANSWER)
    await net.run(0.1)
    assert peer.last(200).cseq.number == 5


async def test_a_bodyless_update_is_a_sign_of_life() -> None:
    net, ours, peer = scene()
    tag = await answered(net, ours, peer)
    peer.send(ours.hop, peer.request("UPDATE", TARGET, branch="u", to_tag=tag, cseq=2))
    await net.run(0.1)
    assert peer.responses()[-1] == 200
    assert [type(e) for e in ours.events] == [Confirmed]


async def test_a_reinvite_without_offer_gets_what_counts_now() -> None:
    net, ours, peer = scene()
    tag = await answered(net, ours, peer)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="u", to_tag=tag, cseq=2))
    await net.run(0.1)
    assert peer.last(200).sdp == ANSWER


async def test_a_bye_before_the_answer_ends_the_invite_too() -> None:
    net, ours, peer = scene()
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(0.1)
    await ours.offered[0].ringing()
    await net.run(0.1)
    tag = peer.last(180).to.tag
    peer.send(ours.hop, peer.request("BYE", TARGET, branch="2", to_tag=tag, cseq=2))
    await net.run(0.1)
    assert peer.responses()[-2:] == [200, 487]
    assert [e.by for e in ours.ended] == ["remote"]


async def test_requests_follow_the_route_set_and_a_refreshed_contact() -> None:
    net, ours, peer = scene()
    proxy = RawPeer(net, 6500)
    invite = peer.request("INVITE", TARGET, branch="1", sdp=OFFER)
    invite.add("record-route", "<sip:127.0.0.1:6500;lr>, <sip:127.0.0.1:6000;lr>")
    peer.send(ours.hop, invite)
    await net.run(0.1)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    ok = peer.last(200)
    assert ok.raw("record-route") == ["<sip:127.0.0.1:6500;lr>, <sip:127.0.0.1:6000;lr>"]
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="2", to_tag=ok.to.tag))
    update = peer.request("UPDATE", TARGET, branch="3", to_tag=ok.to.tag, cseq=2, contact="<sip:moved@127.0.0.1:6001>")
    peer.send(ours.hop, update)
    await net.run(0.1)
    await ours.offered[0].hangup()
    await net.run(0.1)
    bye = proxy.last("BYE")
    assert isinstance(bye, Request)
    assert bye.target == "sip:moved@127.0.0.1:6001"
    assert bye.all("route") == ["<sip:127.0.0.1:6500;lr>", "<sip:127.0.0.1:6000;lr>"]


async def test_forked_200s_beyond_the_first_are_acknowledged_and_ended() -> None:
    net, ours, peer = scene()
    ours.know("8001", peer.hop)
    await ours.dial("8001")
    await net.run(0.1)
    invite = peer.last("INVITE")
    assert isinstance(invite, Request)
    for tag in ("one", "two", "two"):
        ok = invite.response(200, tag=tag)
        ok.add("contact", f"<sip:{tag}@127.0.0.1:6000>")
        ok.set_body("application/sdp", ANSWER)
        peer.send(ours.hop, ok)
        await net.run(0.1)
    acks = [m for m in peer.heard if isinstance(m, Request) and m.method == "ACK"]
    assert [m.to.tag for m in acks] == ["one", "two", "two"]
    byes = {m.to.tag for m in peer.heard if isinstance(m, Request) and m.method == "BYE"}
    assert byes == {"two"}
    assert ours.kinds() == ["Answered"]


async def test_past_the_limit_new_calls_are_refused_politely() -> None:
    net, ours, peer = scene()
    ours.stack.dispatcher.most_legs = 2
    for number in range(3):
        peer.send(ours.hop, peer.request("INVITE", TARGET, branch=str(number), call_id=str(number), sdp=OFFER))
    await net.run(0.2)
    assert len(ours.offered) == 2
    assert peer.last(503).get("retry-after")
