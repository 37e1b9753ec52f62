"""Damaged and hostile messages: whatever comes, nothing falls over and nothing stays behind."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.telephony.guards import Guards, Offence
from yuelai.telephony.guards.overload import FEW, UNBEARABLE
from yuelai.telephony.hops import FlowHop, Hop, UdpHop
from yuelai.wire.sip import PeerError, Response, parse_datagram

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


def busy_door() -> tuple[Guards, list[tuple[Hop, bytes]]]:
    """Guards that refuse every new call, and what they have answered."""
    sent: list[tuple[Hop, bytes]] = []

    def send(hop: Hop, data: bytes) -> bool:
        sent.append((hop, data))
        return True

    guards = Guards(VirtualClock(), send)
    for _ in range(FEW + 1):
        guards.overload._load.admits(UNBEARABLE, SystemClock().monotonic())
    guards._waiting.message = lambda: UNBEARABLE  # type: ignore[method-assign]
    return guards, sent


def whole_invite() -> bytes:
    net = Net()
    peer = RawPeer(net, 6000)
    invite = peer.request("INVITE", TARGET, branch="1", sdp=OFFER, user_agent="x", expires="60")
    return invite.to_bytes()


INVITE = whole_invite()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_quick_answer_to_damaged_calls_is_sip_or_there_is_none(data: st.DataObject) -> None:
    guards, sent = busy_door()
    whole = INVITE
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole = whole[:at] + data.draw(st.sampled_from(NASTY)) + whole[at + data.draw(st.integers(0, 8)) :]
    source = data.draw(st.sampled_from([UdpHop("127.0.0.1", 6000), UdpHop("2001:db8::1", 5), FlowHop("f")]))
    admitted = guards.admits(source, whole)
    assert admitted is not bool(sent) or not sent
    for hop, answer in sent:
        response = parse_datagram(answer)
        assert isinstance(response, Response)
        assert response.status == 503
        assert b";tag=" in answer.lower()
        # Whatever the message says, the answer goes back to whence it came.
        assert hop == source or (isinstance(hop, UdpHop) and isinstance(source, UdpHop) and hop.host == source.host)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_door(data: bytes) -> None:
    guards, _ = busy_door()
    for start in (b"", b"INVITE ", b"ACK sip:x SIP/2.0\r\n", b"REGISTER sip:x SIP/2.0\r\nUser-Agent: "):
        guards.admits(UdpHop("198.51.100.1", 5060), start + data)


def test_long_lines_made_to_be_searched_take_no_long_time() -> None:
    lines = [
        b"INVITE sip:1@x SIP/2.0\r\nFrom: " + b"sip:" * 15_000,
        b"INVITE sip:1@x SIP/2.0\r\nTo: <sip:x>" + b"; " * 30_000,
        b"INVITE sip:1@x SIP/2.0\r\nTo" + b" " * 60_000,
        b"REGISTER sip:x SIP/2.0\r\nAuthorization: Digest " + b"username " * 6_000,
        b"REGISTER sip:x SIP/2.0" + b"\r\nAuthorization: Digest x" * 2_500,
        b"REGISTER sip:x SIP/2.0\r\nUser-Agent: " + b"sip scan " * 6_000,
        b"INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP x" + b';a="' * 15_000,
        b"INVITE sip:1@x SIP/2.0" + b"\r\nv:x" * 10_000,
    ]
    guards, _ = busy_door()
    guards.passed(UdpHop("198.51.100.1", 5060), "8001", "8001")
    guards.bans.ban("198.51.100.1", Offence.GUESSING)
    for line in lines:
        began = time.process_time()
        for source in (UdpHop("198.51.100.1", 5060), UdpHop("198.51.100.2", 5060)):
            guards.admits(source, line + b"\r\nTo: <sip:x>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n")
        assert time.process_time() - began < 0.1
