"""RFC 5118: the torture messages of IPv6, with the behaviour each section asks for."""

from __future__ import annotations

import pytest

from tests.wire.torture.answers import Thrown
from yuelai.wire.sdp import parse_sdp
from yuelai.wire.sip import PeerError, Request, parse_datagram, parse_host, parse_via

CONTACT = 'Contact: "Caller" <sip:caller@[2001:db8::1]>'


def wire(start: str, *lines: str, body: str = "") -> bytes:
    """The lengths in the document's messages count its line feeds; here they count what is sent."""
    payload = body.replace("\n", "\r\n").encode()
    return "\r\n".join([f"{start} SIP/2.0", *lines, f"Content-Length: {len(payload)}", "", ""]).encode() + payload


def register(target: str) -> bytes:
    return wire(
        f"REGISTER {target}",
        "To: sip:user@example.com",
        "From: sip:user@example.com;tag=81x2",
        "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
        "Call-ID: SSG9559905523997077@hlau_4100",
        "Max-Forwards: 70",
        CONTACT,
        "CSeq: 98176 REGISTER",
    )


def received(start: str, value: str, branch: str) -> bytes:
    return wire(
        f"{start} sip:[2001:db8::10]",
        f"To: sip:user@example.com{';tag=bd76ya' if start == 'BYE' else ''}",
        "From: sip:user@example.com;tag=81x2",
        f"Via: SIP/2.0/UDP [2001:db8::9:1];received={value};branch={branch}",
        "Call-ID: SSG9559905523997077@hlau_4100",
        "Max-Forwards: 70",
        f"CSeq: 321 {start}",
    )


def read(data: bytes) -> Request:
    message = parse_datagram(data)
    assert isinstance(message, Request)
    message.check()
    assert parse_datagram(message.to_bytes()).to_bytes() == message.to_bytes()
    return message


def test_4_1_a_valid_message_with_an_ipv6_reference() -> None:
    request = read(register("sip:[2001:db8::10]"))
    assert (request.uri.host, request.uri.port, str(request.uri)) == ("[2001:db8::10]", None, "sip:[2001:db8::10]")
    assert (request.via.host, request.via.port) == ("[2001:db8::9:1]", None)
    assert request.addresses("contact")[0].uri.host == "[2001:db8::1]"


async def test_4_2_an_address_without_brackets_is_refused() -> None:
    with pytest.raises(PeerError):
        read(register("sip:2001:db8::10"))
    assert [answer.status for answer in await Thrown().throw(register("sip:2001:db8::10"))] == [400]


def test_4_3_a_port_within_the_brackets_is_part_of_the_address() -> None:
    request = read(register("sip:[2001:db8::10:5070]"))
    assert (request.uri.host, request.uri.port) == ("[2001:db8::10:5070]", None)


def test_4_4_a_port_behind_the_brackets_is_a_port() -> None:
    request = read(register("sip:[2001:db8::10]:5070"))
    assert (request.uri.host, request.uri.port) == ("[2001:db8::10]", 5070)


def test_4_5_received_is_taken_with_and_without_brackets() -> None:
    with_brackets = read(received("BYE", "[2001:db8::9:255]", "z9hG4bKas3-111"))
    assert with_brackets.via.params["received"] == "[2001:db8::9:255]"
    without = read(received("OPTIONS", "2001:db8::9:255", "z9hG4bKas3"))
    assert without.via.params["received"] == "2001:db8::9:255"


def test_4_6_ipv6_in_a_session_description() -> None:
    request = read(
        wire(
            "INVITE sip:user@[2001:db8::10]",
            "To: sip:user@[2001:db8::10]",
            "From: sip:user@example.com;tag=81x2",
            "Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111",
            "Call-ID: SSG9559905523997077@hlau_4100",
            'Contact: "Caller" <sip:caller@[2001:db8::20]>',
            "CSeq: 8612 INVITE",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
            body="v=0\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\ns=Live video feed for today's meeting\n"
            "c=IN IP6 2001:db8::20\nt=3338481189 3370017201\nm=audio 6000 RTP/AVP 2\na=rtpmap:2 G726-32/8000\n"
            "m=video 6024 RTP/AVP 107\na=rtpmap:107 H263-1998/90000\n",
        )
    )
    session = parse_sdp(request.sdp or "")
    assert (session.origin_address, session.address(session.audio)) == ("2001:db8::20", "2001:db8::20")
    assert [media.kind for media in session.media] == ["audio", "video"]
    assert "c=IN IP6 2001:db8::20\r\n" in str(session)


def test_4_7_addresses_of_both_kinds_in_the_vias() -> None:
    request = read(
        wire(
            "BYE sip:user@host.example.net",
            "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
            "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
            "Call-ID: 997077@lau_4100",
            "Max-Forwards: 70",
            "CSeq: 89187 BYE",
            "To: sip:user@example.net;tag=9817--94",
            "From: sip:user@example.com;tag=81x2",
        )
    )
    vias = [parse_via(value) for value in request.all("via")]
    assert [via.sent_by for via in vias] == [
        ("[2001:db8::9:1]", 6050), ("192.0.2.1", None), ("[2001:db8::9:255]", None),
    ]  # fmt: skip
    assert vias[2].params["received"] == "192.0.2.200"


def test_4_8_addresses_of_both_kinds_in_a_session_description() -> None:
    session = parse_sdp(
        "v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\n"
        "c=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:107 H263-1998/90000\r\n"
    )
    assert [session.address(media) for media in session.media] == ["192.0.2.1", "2001:db8::1"]


def test_4_9_ipv4_mapped_addresses() -> None:
    request = read(
        wire(
            "INVITE sip:user@example.com",
            "To: sip:user@example.com",
            "From: sip:user@east.example.com;tag=81x2",
            "Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19",
            "Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111",
            "Call-ID: SSG9559905523997077@hlau_4100",
            'Contact: "T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
            "CSeq: 612 INVITE",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
            body="v=0\no=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2\ns=Call me soon, please!\n"
            "c=IN IP6 ::ffff:192.0.2.2\nt=3338481189 3370017201\nm=audio 6000 RTP/AVP 2\na=rtpmap:2 G726-32/8000\n"
            "m=video 6024 RTP/AVP 107\na=rtpmap:107 H263-1998/90000\n",
        )
    )
    assert request.via.sent_by == ("[::ffff:192.0.2.10]", 19823)
    session = parse_sdp(request.sdp or "")
    assert session.address(session.audio) == "::ffff:192.0.2.2"


@pytest.mark.parametrize("host", ["[2001:db8:::192.0.2.1]", "[2001:db8::192.0.2.1]"])
async def test_4_10_the_third_colon_of_the_old_grammar_is_overlooked(host: str) -> None:
    data = wire(
        f"OPTIONS sip:user@{host}",
        f"To: sip:user@{host}",
        "From: sip:user@example.com;tag=810x2",
        "Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111",
        "Call-ID: G9559905523997077@hlau_4100",
        "CSeq: 689 OPTIONS",
        "Max-Forwards: 70",
    )
    assert read(data).uri.host == "[2001:db8::192.0.2.1]"
    assert [answer.status for answer in await Thrown().throw(data)] == [200]


@pytest.mark.parametrize(
    "text",
    ["[", "[]", "[::1", "[::1]x", "[::1]:", "[::1]:x", "[gg::1]", "[1::2::3]", "[host]", "2001:db8::10", "[v1.x]"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PeerError):
        parse_host(text)
