"""SIP messages: what is kept, what is refused, and that nothing but PeerError ever comes out of bad bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.wire.sip import PeerError, Request, Response, StreamParser, parse_datagram

INVITE = (
    b"INVITE sip:10000@127.0.0.1:5060 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bK-1-2-3;rport\r\n"
    b'From: "A. G. Bell" <sip:13800000001@127.0.0.1:6000>;tag=1234\r\n'
    b"To: <sip:10000@127.0.0.1:5060>\r\n"
    b"Call-ID: 1-2@127.0.0.1\r\nCSeq: 1 INVITE\r\nContact: sip:sipp@127.0.0.1:6000\r\nMax-Forwards: 70\r\n"
    b"X-Shop: of its own\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
)


def request(data: bytes) -> Request:
    message = parse_datagram(data)
    assert isinstance(message, Request)
    message.check()
    return message


def test_an_invite_is_read_and_written_back_with_its_unknown_fields() -> None:
    invite = request(INVITE)
    assert (invite.method, invite.uri.user, invite.uri.port) == ("INVITE", "10000", 5060)
    assert (invite.from_.name, invite.from_.tag, invite.to.tag) == ("A. G. Bell", "1234", None)
    assert (invite.via.branch, "rport" in invite.via.params) == ("z9hG4bK-1-2-3", True)
    assert (invite.cseq.number, invite.cseq.method, invite.sdp) == (1, "INVITE", "v=0\r\n")
    assert invite.to_bytes() == INVITE


def test_compact_names_and_folded_lines_are_read() -> None:
    data = (
        b"OPTIONS sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bKa\r\n ,SIP / 2.0 / TCP  g ; branch=z9hG4bKb\r\n"
        b"f:sip:x@y;tag=1\r\nt : <sip:a@b>\r\ni: 1\r\nCSEQ: 7\r\n\t OPTIONS\r\nk: 100rel,\r\n\ttimer\r\nl: 0\r\n\r\n"
    )
    options = request(data)
    assert [value.partition(";")[0].strip() for value in options.all("via")] == ["SIP/2.0/UDP h", "SIP / 2.0 / TCP  g"]
    assert options.cseq.number == 7
    assert options.options("supported") == ["100rel", "timer"]
    assert options.from_.tag == "1"


def test_a_datagram_is_cut_at_its_content_length_and_refused_when_short() -> None:
    assert parse_datagram(INVITE + b"trailing").body == b"v=0\r\n"
    with pytest.raises(PeerError):
        request(INVITE[:-1])


def test_a_stream_gives_whole_messages_however_it_is_cut() -> None:
    parser = StreamParser()
    stream = b"\r\n\r\n" + INVITE + INVITE
    messages = [message for i in range(len(stream)) for message in parser.feed(stream[i : i + 1])]
    assert [message.to_bytes() for message in messages] == [INVITE, INVITE]
    assert parser.pings == 1


def test_a_stream_without_content_length_cannot_go_on() -> None:
    with pytest.raises(PeerError):
        list(StreamParser().feed(INVITE.replace(b"Content-Length: 5\r\n", b"")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CSeq: 1 INVITE", b"CSeq: 1 BYE"),
        (b"CSeq: 1 INVITE", b"CSeq: 2147483648 INVITE"),
        (b"CSeq: 1 INVITE", b"CSeq: \xd9\xa1 INVITE"),
        (b"CSeq: 1 INVITE\r\n", b""),
        (b"Call-ID: 1-2@127.0.0.1", b"Call-ID: 1\r\nCall-ID: 2"),
        (b"Max-Forwards: 70", b"Max-Forwards: 256"),
        (b"Max-Forwards: 70", b"Max-Forwards: -1"),
        (b"Content-Length: 5", b"Content-Length: 5\r\nContent-Length: 4"),
        (b"Content-Length: 5", b"Content-Length: 9999999"),
        (b"Content-Length: 5", b"Content-Length: -5"),
        (b" SIP/2.0\r\nVia", b" SIP/3.0\r\nVia"),
        (b" SIP/2.0\r\nVia", b"  SIP/2.0\r\nVia"),
        (b"INVITE sip:", b"INV(TE sip:"),
        (b"INVITE sip:10000@127.0.0.1:5060 ", b"INVITE <sip:10000@127.0.0.1:5060> "),
        (b'"A. G. Bell" <', b'"A. G. Bell <'),
        (b'"A. G. Bell" <', b"A, G <"),
        (b"X-Shop: of", b"X-Shop: of\nVia: hidden"),
        (b"X-Shop: of", b"X Shop: of"),
        (b"X-Shop: of its own", b"X-Shop"),
        (b"X-Shop: of", b"X-Shop: " + b"x" * 20_000),
        (b"SIP/2.0/UDP 127.0.0.1:6000", b"SIP/2.0/UDP 127.0.0.1:66000"),
    ],
)
def test_what_the_standard_forbids_is_refused(old: bytes, new: bytes) -> None:
    assert old in INVITE
    with pytest.raises(PeerError):
        request(INVITE.replace(old, new, 1))


def test_letters_beyond_ascii_are_kept_in_any_encoding() -> None:
    strange = "Subject: 电话 ".encode() + b"\xf8"
    assert strange in request(INVITE.replace(b"X-Shop: of its own", strange)).to_bytes()


@pytest.mark.parametrize(
    "contact", [b"<sip:a@b>>;q=1", b'"Li <sip:a@b>', b"Li <sip:a@b", b'"Li" sip:a@b', b"sip:a@b?x=y"]
)
def test_a_contact_that_cannot_be_read_is_refused_by_whoever_asks(contact: bytes) -> None:
    message = request(INVITE.replace(b"sip:sipp@127.0.0.1:6000", contact, 1))
    with pytest.raises(PeerError):
        message.addresses("contact")


def test_a_request_that_can_be_answered_is_not_thrown_away() -> None:
    for old, new, status in (
        (b" SIP/2.0\r\nVia", b" SIP/3.0\r\nVia", 505),
        (b" SIP/2.0\r\nVia", b"  SIP/2.0\r\nVia", 400),
        (b"Content-Length: 5", b"Content-Length: 50", 400),
        (b"X-Shop: of", b"X Shop: of", 400),
        (b"To: <sip:10000@127.0.0.1:5060>", b'To: "<sip:10000@127.0.0.1:5060>', 400),
    ):
        message = parse_datagram(INVITE.replace(old, new, 1))
        assert isinstance(message, Request)
        with pytest.raises(PeerError) as caught:
            message.check()
        assert caught.value.status == status
        refusal = parse_datagram(message.response(status, tag="x").to_bytes())
        assert (refusal.call_id, refusal.via.branch) == ("1-2@127.0.0.1", "z9hG4bK-1-2-3")


def test_a_response_copies_what_it_must_and_tags_to() -> None:
    ringing = request(INVITE).response(180, tag="abc")
    again = parse_datagram(ringing.to_bytes())
    assert isinstance(again, Response)
    assert (again.status, again.reason, again.to.tag, again.call_id) == (180, "Ringing", "abc", "1-2@127.0.0.1")
    assert again.via.branch == "z9hG4bK-1-2-3"


def test_a_line_break_cannot_be_smuggled_into_a_field() -> None:
    with pytest.raises(ValueError, match="line break"):
        request(INVITE).add("subject", "a\r\nVia: b")


LINES = st.sampled_from(INVITE.split(b"\r\n")) | st.binary(max_size=40)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400) | st.lists(LINES, max_size=14).map(b"\r\n".join))
def test_bytes_of_any_kind_give_a_message_or_a_peer_error(data: bytes) -> None:
    try:
        message = parse_datagram(data)
        message.check()
    except PeerError:
        return
    assert parse_datagram(message.to_bytes()).to_bytes() == message.to_bytes()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(INVITE) - 1), st.binary(min_size=0, max_size=4), st.integers(0, 6))
def test_a_damaged_invite_gives_a_message_or_a_peer_error(at: int, patch: bytes, cut: int) -> None:
    data = INVITE[:at] + patch + INVITE[at + cut :]
    try:
        message = parse_datagram(data)
        message.check()
        message.addresses("contact")
    except PeerError:
        return
    message.to_bytes()
    if isinstance(message, Request):
        message.response(200, tag="x").to_bytes()
