"""Calls over connections: nothing is sent twice, a broken one is noticed at once, and calls outlive it."""

from __future__ import annotations

from yuelai.telephony.hops import StreamHop, UdpHop
from yuelai.telephony.ports import Answered, Destination
from yuelai.wire.sip import Request

from .world import ANSWER, Net, Party, RawPeer


def tcp(hop: UdpHop) -> StreamHop:
    return StreamHop("TCP", hop.host, hop.port)


def place(peer: RawPeer | Party, *others: RawPeer | Party) -> Destination:
    return Destination(
        f"sip:10000@{peer.hop.host}:{peer.hop.port};transport=tcp", tuple(tcp(one.hop) for one in (peer, *others))
    )


async def test_a_call_over_a_connection_is_said_once_and_leaves_nothing() -> None:
    net = Net(list)  # by UDP nothing would arrive
    caller, callee = Party(net, 5070), Party(net, 5060)
    leg = await caller.call([place(callee)])
    await net.run(20)
    await callee.offered[0].ringing()
    await net.run(1)
    await callee.offered[0].answer(ANSWER)
    await net.run(1)
    assert [type(event).__name__ for event in caller.events] == ["Ringing", "Answered"]
    await leg.hangup()
    await net.run(5)
    assert [e.by for e in callee.ended] == ["remote"]
    assert {what: net.sent(caller.hop, what) for what in ("INVITE", "ACK", "BYE")} == {"INVITE": 1, "ACK": 1, "BYE": 1}
    vias = {m.via.transport for _, _, m in net.log}
    assert vias == {"TCP"}
    await net.run(40)
    assert caller.empty()
    assert callee.empty()


async def test_where_no_connection_can_be_made_the_next_address_is_called_at_once() -> None:
    net = Net()
    ours, dead, alive = Party(net, 5060), RawPeer(net, 6000), RawPeer(net, 6001)
    net.broken.add(dead.hop)
    await ours.call([place(dead, alive)])
    await net.run(0.1)
    assert len(alive.invites()) == 1
    assert dead.invites() == []


async def test_a_connection_that_breaks_while_it_rings_fails_that_place_only() -> None:
    net = Net()
    ours, first, second = Party(net, 5060), RawPeer(net, 6000), RawPeer(net, 6001)
    await ours.call([place(first)], [place(second)])
    await net.run(0.1)
    net.broken.add(first.hop)
    ours.stack.lose(tcp(first.hop))
    await net.run(0.1)
    assert len(second.invites()) == 1
    assert ours.ended == []


async def test_a_standing_call_outlives_its_connection_and_ends_over_the_next_one() -> None:
    net = Net()
    ours, peer = Party(net, 5060), RawPeer(net, 6000)
    leg = await ours.call([place(peer)])
    await net.run(0.1)
    invite = peer.invites()[0]
    ok = invite.response(200, tag="pt")
    ok.add("contact", f"<sip:raw@127.0.0.1:{peer.hop.port};transport=tcp>")
    ok.set_body("application/sdp", ANSWER)
    assert net.stream(peer.hop, tcp(ours.hop), ok.to_bytes())
    await net.run(0.1)
    assert [type(event) for event in ours.events] == [Answered]
    net.broken.add(peer.hop)
    ours.stack.lose(tcp(peer.hop))
    await net.run(1)
    assert ours.ended == []
    net.broken.clear()
    await leg.hangup()
    await net.run(0.1)
    bye = peer.last("BYE")
    assert isinstance(bye, Request)
    assert bye.via.transport == "TCP"
