"""Damaged and hostile messages: whatever comes, nothing falls over and nothing stays behind."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from yuelai.telephony.hops import FlowHop
from yuelai.wire.sip import PeerError, parse_datagram

from .world import ANSWER, OFFER, Net, Party, RawPeer

TARGET = "sip:10000@127.0.0.1:5060"
METHODS = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "INFO", "UPDATE", "MESSAGE"]
NASTY = [
    b"", b"\0", b"\xff", b"\r\n", b"\r\n ", b",", b";", b'"', b"<", b">", b"*", b"%", b"=", b"@", b"-1", b"9" * 30,
    b"a" * 600, b"[::1", "电话".encode(), b"Digest ", b"sip:", b";lr", b";tag=",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_messages_of_every_kind_never_break_the_stack(data: st.DataObject) -> None:
    with capture_logs() as logs:
        asyncio.run(throw(data))
    assert [line for line in logs if line["log_level"] == "error"] == []


async def throw(data: st.DataObject) -> None:
    net = Net()
    ours, peer = Party(net, 5060), RawPeer(net, 6000)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(0.1)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = peer.last(200).to.tag
    peer.send(ours.hop, peer.request("ACK", TARGET, branch="1a", to_tag=tag))
    await net.run(0.1)
    for number in range(data.draw(st.integers(1, 4))):
        whole = peer.request(
            data.draw(st.sampled_from(METHODS)), TARGET, branch=f"x{number}", cseq=number + 2,
            to_tag=data.draw(st.sampled_from([None, tag])), sdp=data.draw(st.sampled_from([None, OFFER])),
            route="<sip:a@127.0.0.1;lr>", record_route="<sip:127.0.0.1:6500;lr>", expires="60",
            authorization='Digest username="8001", realm="yuelai", nonce="ff.0.0", uri="sip:a", response="0"',
        ).to_bytes()  # fmt: skip
        at = data.draw(st.integers(0, len(whole) - 1))
        cut = data.draw(st.integers(0, 8))
        damaged = whole[:at] + data.draw(st.sampled_from(NASTY)) + whole[at + cut :]
        try:
            message = parse_datagram(damaged)
        except PeerError:
            continue
        source = data.draw(st.sampled_from([peer.hop, FlowHop("none")]))
        ours.stack.layer.receive(message, source)
        await net.settle()
    for leg in ours.offered:
        await leg.hangup()
    await net.run(200)
    assert len(ours.ended) == len(ours.offered)
    assert ours.empty()
