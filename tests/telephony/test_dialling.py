"""Calling places: one after another, several at once, with credentials, elsewhere, and never for ever."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from yuelai.telephony.ports import Answered, Digest, Ended, Ringing
from yuelai.wire.sip import Request
from yuelai.wire.sip.digest import Algorithm, challenge, ha1, parse_credentials, verify

from .world import ANSWER, OFFER, Channels, Net, Party, RawPeer

TRUNK = UUID(int=1)


def scene(peers: int = 2) -> tuple[Net, Party, list[RawPeer]]:
    net = Net()
    return net, Party(net, 5060), [RawPeer(net, 6000 + number) for number in range(peers)]


async def hang_up_clean(net: Net, ours: Party, peer: RawPeer) -> None:
    """End a standing call and see nothing left."""
    await next(iter(ours.stack.ua.legs.values())).hangup()
    await net.run(0.1)
    bye = peer.last("BYE")
    assert isinstance(bye, Request)
    peer.answer(ours.hop, bye, 200)
    await net.run(70)
    assert ours.empty()


async def answered_by(net: Net, ours: Party, peer: RawPeer, **headers: str) -> None:
    peer.answer(ours.hop, peer.invites()[-1], 200, sdp=ANSWER, **headers)
    await net.run(0.1)
    assert peer.requests()[-1] == "ACK"


@pytest.mark.parametrize("status", [408, 500, 503, 504])
async def test_the_next_stage_is_called_when_the_first_has_failed_in_a_way_that_it_may_mend(status: int) -> None:
    net, ours, (first, second) = scene()
    await ours.call([first.to()], [second.to()])
    await net.run(0.1)
    assert second.invites() == []
    first.answer(ours.hop, first.invites()[0], status)
    await net.run(0.1)
    assert len(second.invites()) == 1
    await answered_by(net, ours, second)
    assert ours.kinds() == ["Answered"]
    await hang_up_clean(net, ours, second)


@pytest.mark.parametrize("status", [404, 486, 603, 480, 403])
async def test_whoever_has_refused_is_not_passed_over(status: int) -> None:
    net, ours, (first, second) = scene()
    await ours.call([first.to()], [second.to()])
    await net.run(0.1)
    first.answer(ours.hop, first.invites()[0], status, reason='Q.850;cause=17;text="busy"')
    await net.run(70)
    assert second.invites() == []
    assert [(e.by, e.status, e.cause) for e in ours.ended] == [("remote", status, 'Q.850;cause=17;text="busy"')]
    assert ours.empty()


@pytest.mark.parametrize("status", [480, 403])
async def test_a_trunk_that_bars_the_way_is_passed_over(status: int) -> None:
    net, ours, (first, second) = scene()
    await ours.call([first.to(trunk_id=TRUNK)], [second.to()])
    await net.run(0.1)
    first.answer(ours.hop, first.invites()[0], status)
    await net.run(0.1)
    assert len(second.invites()) == 1


async def test_the_next_address_of_a_place_is_called_with_another_branch_and_the_same_call_id() -> None:
    net, ours, (dead, busy, alive) = scene(3)
    del net.ends[dead.hop]
    place = alive.to(patience=3.0)
    await ours.call([type(place)(uri=place.uri, hops=(dead.hop, busy.hop, alive.hop), patience=3.0)])
    await net.run(2.9)
    assert busy.invites() == []
    await net.run(0.3)
    busy.answer(ours.hop, busy.invites()[0], 503)
    await net.run(0.1)
    invite, other = alive.invites()[0], busy.invites()[0]
    assert invite.call_id == other.call_id
    assert invite.from_.tag == other.from_.tag
    assert invite.via.branch != other.via.branch
    await answered_by(net, ours, alive)
    await hang_up_clean(net, ours, alive)


async def test_somebody_who_picks_up_at_an_address_given_up_already_has_the_call() -> None:
    net, ours, (slow, other) = scene()
    place = slow.to(patience=1.0)
    await ours.call([type(place)(uri=place.uri, hops=(slow.hop, other.hop), patience=1.0)])
    await net.run(1.2)
    other.answer(ours.hop, other.invites()[0], 180)
    slow.answer(ours.hop, slow.invites()[0], 200, sdp=ANSWER)
    await net.run(0.1)
    assert "ACK" in slow.requests()
    cancel = other.last("CANCEL")
    assert isinstance(cancel, Request)
    assert "elsewhere" in (cancel.get("reason") or "")
    other.answer(ours.hop, cancel, 200)
    other.answer(ours.hop, other.invites()[0], 487)
    await net.run(0.1)
    assert ours.kinds() == ["Ringing", "Answered"]
    await hang_up_clean(net, ours, slow)


async def test_a_place_that_only_says_100_is_given_up_after_its_patience() -> None:
    net, ours, (first, second) = scene()
    await ours.call([first.to(patience=4.0)], [second.to()])
    await net.run(0.1)
    first.answer(ours.hop, first.invites()[0], 100, tag="")
    await net.run(3.5)
    assert second.invites() == []
    await net.run(0.6)
    assert first.requests()[-1] == "CANCEL"
    assert len(second.invites()) == 1


@pytest.mark.parametrize("ringing", [True, False])
async def test_the_whole_takes_no_longer_than_its_timeout(ringing: bool) -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to()], timeout=20.0)
    await net.run(0.1)
    if ringing:
        peer.answer(ours.hop, peer.invites()[0], 180)
    await net.run(20)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]
    if ringing:
        assert peer.requests()[-1] == "CANCEL"
    await net.run(100)
    assert ours.empty()


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("status", [401, 407])
async def test_a_challenge_is_answered_and_its_ack_and_bye_are_signed_too(algorithm: Algorithm, status: int) -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to(digest=Digest("us", "secret"))])
    await net.run(0.1)
    name = "www_authenticate" if status == 401 else "proxy_authenticate"
    peer.answer(ours.hop, peer.invites()[0], status, **{name: challenge("r", "n1", algorithm)})
    await net.run(0.1)
    first, second = peer.invites()
    assert (second.call_id, second.from_.tag) == (first.call_id, first.from_.tag)
    assert second.cseq.number == first.cseq.number + 1
    field = "authorization" if status == 401 else "proxy-authorization"
    assert first.get(field) is None
    assert verify(parse_credentials(second.get(field) or ""), ha1(algorithm, "us", "r", "secret"), "INVITE")
    await answered_by(net, ours, peer)
    assert peer.last("ACK").get(field) == second.get(field)
    await next(iter(ours.stack.ua.legs.values())).hangup()
    await net.run(0.1)
    bye = peer.last("BYE")
    assert isinstance(bye, Request)
    credentials = parse_credentials(bye.get(field) or "")
    assert credentials.nc == "00000002"
    assert verify(credentials, ha1(algorithm, "us", "r", "secret"), "BYE")
    peer.answer(ours.hop, bye, status, **{name: challenge("r", "n2", algorithm, stale=True)})
    await net.run(0.1)
    again = peer.last("BYE")
    assert isinstance(again, Request)
    assert again.cseq.number == bye.cseq.number + 1
    assert parse_credentials(again.get(field) or "").nonce == "n2"
    peer.answer(ours.hop, again, 200)
    await net.run(70)
    assert ours.empty()


async def test_the_strongest_of_several_challenges_is_answered_and_unknown_ones_are_passed_over() -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to(digest=Digest("us", "secret"))])
    await net.run(0.1)
    invite = peer.invites()[0]
    response = invite.response(401, tag="x")
    unknown = challenge("r", "a", Algorithm.MD5).replace("algorithm=MD5", "algorithm=SHA-512-256")
    for value in (unknown, challenge("r", "b", Algorithm.MD5), challenge("r", "c", Algorithm.SHA256), "Basic realm=x"):
        response.add("www-authenticate", value)
    peer.send(ours.hop, response)
    await net.run(0.1)
    assert parse_credentials(peer.invites()[1].get("authorization") or "").nonce == "c"


@pytest.mark.parametrize("stale", [True, False])
async def test_a_wrong_password_is_not_tried_for_ever(stale: bool) -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to(digest=Digest("us", "wrong"))])
    for number in range(8):
        await net.run(0.1)
        if number < len(peer.invites()):
            value = challenge("r", f"n{number}", Algorithm.MD5, stale=stale)
            peer.answer(ours.hop, peer.invites()[number], 407, proxy_authenticate=value)
    await net.run(40)
    assert len(peer.invites()) == (4 if stale else 2)
    assert [(e.by, e.status) for e in ours.ended] == [("remote", 407)]
    assert ours.empty()


async def test_a_redirection_is_followed_to_the_likeliest_contact_first() -> None:
    net, ours, (first, second) = scene()
    await ours.call([first.to()])
    await net.run(0.1)
    contact = f"<sip:a@127.0.0.1:{second.hop.port}>;q=0.9, <sip:b@other.example>;q=0.1, <tel:110>"
    response = first.invites()[0].response(302, tag="x")
    response.add("contact", contact)
    first.send(ours.hop, response)
    await net.run(0.1)
    assert [invite.target for invite in second.invites()] == [f"sip:a@127.0.0.1:{second.hop.port}"]
    await answered_by(net, ours, second)
    await hang_up_clean(net, ours, second)


async def test_redirections_in_a_circle_end() -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to()])
    for number in range(10):
        await net.run(0.1)
        if number < len(peer.invites()):
            response = peer.invites()[number].response(302, tag="x")
            response.add("contact", f"<sip:again@127.0.0.1:{peer.hop.port}>")
            peer.send(ours.hop, response)
    await net.run(40)
    assert len(peer.invites()) == 6
    assert [(e.by, e.status) for e in ours.ended] == [("remote", 302)]
    assert ours.empty()


@pytest.mark.parametrize(
    ("more", "contact"), [({"trunk_id": TRUNK}, "sip:0900123@8.8.8.8"), ({}, "sip:0900123@127.0.0.1")]
)
async def test_a_trunk_may_not_point_elsewhere_and_a_phone_not_to_numbers_of_ours(more: Any, contact: str) -> None:
    net, ours, (peer, _) = scene()
    if more:
        contact = contact.replace("127.0.0.1", "8.8.8.8")
    ours.stack.ua.own_hosts.add("127.0.0.1")
    await ours.call([peer.to(**more)])
    await net.run(0.1)
    response = peer.invites()[0].response(302, tag="x")
    response.add("contact", f"<{contact}>")
    peer.send(ours.hop, response)
    await net.run(0.1)
    assert [(e.by, e.status, e.contacts) for e in ours.ended] == [("remote", 302, (contact,))]
    assert len([1 for source, _, m in net.log if source == ours.hop and getattr(m, "method", "") == "INVITE"]) == 1


async def test_a_place_without_room_is_not_called_and_every_place_is_left_once() -> None:
    net, ours, (full, free) = scene()
    none, some = Channels(0), Channels(1)
    await ours.call([full.to(capacity=none)], [free.to(capacity=some)])
    await net.run(0.1)
    assert full.invites() == []
    assert (none.used, some.used) == (0, 1)
    await answered_by(net, ours, free)
    assert some.left == []
    await hang_up_clean(net, ours, free)
    assert (none.left, some.left) == ([], [200])


@pytest.mark.parametrize("how", ["refused", "cancelled", "silent", "too late"])
async def test_a_call_that_never_stood_leaves_its_place_once(how: str) -> None:
    net, ours, (peer, _) = scene()
    room = Channels()
    leg = await ours.call([peer.to(capacity=room)])
    await net.run(0.1)
    invite = peer.invites()[0]
    if how == "refused":
        peer.answer(ours.hop, invite, 486)
    elif how in ("cancelled", "too late"):
        peer.answer(ours.hop, invite, 180)
        await net.run(0.1)
        await leg.hangup()
        await net.run(0.1)
        assert room.used == 1
        if how == "cancelled":
            peer.answer(ours.hop, invite, 487)
        else:
            peer.answer(ours.hop, invite, 200, sdp=ANSWER)
            await net.run(0.1)
            assert peer.requests()[-2:] == ["ACK", "BYE"]
    await net.run(120)
    assert room.left == [{"refused": 486, "silent": 408}.get(how, 487)]
    assert ours.empty()


async def test_two_tags_that_answer_one_invite_are_two_dialogs_and_the_second_gets_ack_and_bye() -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to()])
    await net.run(0.1)
    invite = peer.invites()[0]
    peer.answer(ours.hop, invite, 180, tag="a")
    peer.answer(ours.hop, invite, 183, tag="b", sdp=ANSWER)
    await net.run(0.1)
    assert len(ours.stack.ua.dialogs) == 2
    peer.answer(ours.hop, invite, 200, tag="b", sdp=ANSWER)
    await net.run(0.1)
    peer.answer(ours.hop, invite, 200, tag="a", sdp=ANSWER)
    await net.run(0.1)
    acks = {m.to.tag for m in peer.heard if isinstance(m, Request) and m.method == "ACK"}
    byes = {m.to.tag for m in peer.heard if isinstance(m, Request) and m.method == "BYE"}
    assert (acks, byes) == ({"a", "b"}, {"a"})
    assert [type(e) for e in ours.events] == [Ringing, Ringing, Answered]
    for _ in range(2):
        peer.answer(ours.hop, invite, 200, tag="b", sdp=ANSWER)
    await net.run(0.1)
    assert sum(1 for m in peer.heard if isinstance(m, Request) and m.method == "ACK") == 4
    await hang_up_clean(net, ours, peer)


async def test_a_peer_that_makes_up_tags_without_end_is_not_followed() -> None:
    net, ours, (peer, _) = scene()
    await ours.call([peer.to()])
    await net.run(0.1)
    for number in range(100):
        peer.answer(ours.hop, peer.invites()[0], 200, tag=f"t{number}", sdp=ANSWER)
    await net.run(0.2)
    assert len({m.to.tag for m in peer.heard if isinstance(m, Request) and m.method == "BYE"}) == 19
    await net.run(100)
    assert len(ours.stack.ua.dialogs) == 1


async def test_a_place_is_offered_the_codecs_it_takes_and_its_answer_is_the_calls() -> None:
    net, ours, (picky, other) = scene()
    offer = OFFER.replace("RTP/AVP 0\r\n", "RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n")
    await ours.call([picky.to(codecs=("PCMA",)), other.to()], sdp=offer)
    await net.run(0.1)
    assert "RTP/AVP 8 101" in (picky.invites()[0].sdp or "")
    assert other.invites()[0].sdp == offer


async def test_what_a_destination_says_of_itself_is_what_is_sent() -> None:
    net, ours, (peer, _) = scene()
    place = peer.to(
        sender='"Office" <sip:4000@pbx.example>',
        recipient="<sip:+8613900000000@pbx.example>",
        route=(f"<sip:127.0.0.1:{peer.hop.port};lr>",),
        headers={"Privacy": "id", "P-Asserted-Identity": "<sip:4000@pbx.example>", "Subject": "mine"},
    )
    await ours.call([place], headers={"subject": "the call's", "User-To-User": "56a3;encoding=hex"})
    await net.run(0.1)
    invite = peer.invites()[0]
    assert (invite.from_.uri.user, invite.from_.name, invite.to.uri.host) == ("4000", "Office", "pbx.example")
    assert invite.raw("subject") == ["mine"]
    assert (invite.get("privacy"), invite.get("user-to-user")) == ("id", "56a3;encoding=hex")
    assert invite.raw("route") == [f"<sip:127.0.0.1:{peer.hop.port};lr>"]


async def test_nowhere_to_call_and_malformed_places_end_without_a_trace() -> None:
    net, ours, (peer, _) = scene()
    await ours.call()
    place = peer.to()
    await ours.call([type(place)(uri="sip:x@127.0.0.1", sender="<<<")])
    await ours.call([type(place)(uri="sip:x@nowhere.example")])
    await net.run(1)
    assert sorted(e.status for e in ours.ended) == [502, 503, 503]
    assert all(isinstance(e, Ended) for e in ours.events)
    await net.run(40)
    assert ours.empty()


async def test_the_offer_is_the_same_for_everybody() -> None:
    net, ours, peers = scene(3)
    await ours.call([peer.to() for peer in peers])
    await net.run(0.1)
    assert [peer.invites()[0].sdp for peer in peers] == [OFFER] * 3
    assert len({peer.invites()[0].call_id for peer in peers}) == 3
