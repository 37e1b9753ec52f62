"""Session descriptions as phones and browsers send them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.wire.errors import PeerError
from yuelai.wire.sdp import DIRECTIONS, Media, Session, answered_direction, parse_sdp

PHONE = (
    "v=0\r\no=8001 53655765 2353687637 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=audio 6000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
)
BROWSER = (
    "v=0\r\no=mozilla 4 2 IN IP6 ::1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n"
    "a=fingerprint:SHA-256 ab:cd\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\n"
    "a=candidate:1 1 udp 1 127.0.0.1 4000 typ host\r\na=candidate:2 1 udp 0 192.0.2.9 4001 typ host\r\n"
    "a=setup:actpass\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:126 telephone-event/8000\r\n"
)


def test_a_phones_description_tells_where_and_what() -> None:
    session = parse_sdp(PHONE)
    audio = session.audio
    assert (session.address(audio), audio.port, audio.ptime, session.direction(audio)) == (
        "192.0.2.7", 6000, 20, "sendrecv",
    )  # fmt: skip
    assert [(c.payload_type, c.name, c.rate, c.fmtp) for c in audio.codecs] == [
        (0, "PCMU", 8000, None), (8, "PCMA", 8000, None), (101, "telephone-event", 8000, "0-16"),
    ]  # fmt: skip


def test_a_browsers_description_inherits_from_its_session() -> None:
    session = parse_sdp(BROWSER)
    audio = session.audio
    assert session.ice(audio) == ("abcd", "secret")
    assert session.fingerprint(audio) == ("sha-256", "AB:CD")
    assert (session.setup(audio), audio.rtcp_mux) == ("actpass", True)
    assert [candidate.split()[4] for candidate in audio.candidates] == ["127.0.0.1", "192.0.2.9"]
    assert audio.codecs[0].channels == 2
    assert audio.codecs[2].is_("telephone-event")


@pytest.mark.parametrize("text", [PHONE, BROWSER])
def test_a_description_survives_being_written(text: str) -> None:
    assert str(parse_sdp(text)) == text


def test_the_old_hold_by_a_zero_address_reads_as_sendonly() -> None:
    session = parse_sdp(PHONE.replace("192.0.2.7\r\nt", "0.0.0.0\r\nt"))
    assert session.direction(session.audio) == "sendonly"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=0\r\nm=audio x RTP/AVP 0\r\n",
        "v=0\r\nm=audio 70000 RTP/AVP 0",
        "v=0\r\nc=IN IP4\r\n",
        "v=0\r\nc=IN IP4 /127\r\n",
        "v=0\r\no=-",
        "v=0\r\no=a     b",
        "v=0\r\no=- 1 x IN IP4 h",
        "v=0\r\nmm=audio 1 RTP/AVP 0",
        "v=0\r\nm=audio 1",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(PeerError):
        parse_sdp(text)


def test_without_audio_there_is_nothing_to_answer() -> None:
    with pytest.raises(PeerError):
        _ = parse_sdp(PHONE.replace("m=audio 6000", "m=audio 0")).audio


MANY = (
    "v=0\r\no=alice 2890844526 2890844526 IN IP4 host.example\r\ns=a call\r\ni=about it\r\nu=http://example.com\r\n"
    "e=a@example.com\r\np=+1 2\r\nc=IN IP4 192.0.2.1\r\nb=CT:1000\r\nt=3034423619 3042462419\r\nr=7d 1h 0 25h\r\n"
    "k=prompt\r\na=group:BUNDLE 0 1\r\na=recvonly\r\n"
    "m=audio 49170/2 RTP/SAVP 0\r\ni=voice\r\nb=AS:64\r\na=mid:0\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20\r\n"
    "m=image 0 udptl t38\r\nc=IN IP6 2001:db8::5\r\na=T38FaxVersion:0\r\n"
    "m=x-novel 4000 EX/OT/IC 1 two\r\nk=clear:x\r\na=novel:  spaces kept \r\na=sendonly\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n"
)


def test_media_of_every_kind_stay_in_their_places_with_all_they_said() -> None:
    session = parse_sdp(MANY)
    assert str(session) == MANY
    assert [(media.kind, media.port, media.refused) for media in session.media] == [
        ("audio", 49170, False), ("image", 0, True), ("x-novel", 4000, False), ("application", 9, False),
    ]  # fmt: skip
    assert [session.direction(media) for media in session.media] == ["recvonly", "recvonly", "sendonly", "recvonly"]
    assert session.address(session.media[1]) == "2001:db8::5"
    assert session.secured(session.audio) == "sdes"
    assert (session.audio.ports, session.media[2].formats) == (2, ["1", "two"])


def test_what_careless_phones_write_is_taken_and_written_properly() -> None:
    text = "\nv=0\no=Cisco SIP 5 6 IN IP4 192.0.2.7\n\nc=in ip4 192.0.2.7/127\nm =audio 6000 RTP/AVP 0 8 \na=sendonly"
    session = parse_sdp(text)
    assert session.direction(session.audio) == "sendonly"
    assert str(session) == (
        "v=0\r\no=Cisco_SIP 5 6 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0 8\r\na=sendonly\r\n"
    )
    assert str(parse_sdp(text.replace("\n", "\r"))) == str(session)


def test_a_hold_changes_directions_and_nothing_else() -> None:
    session = parse_sdp(MANY)
    session.set_direction("inactive")
    assert [session.direction(media) for media in session.media if not media.refused] == ["inactive"] * 3
    lines, before = str(session).split("\r\n"), MANY.split("\r\n")
    assert [line for line in before if line not in lines] == ["a=recvonly", "a=sendonly"]
    assert set(lines) - set(before) == {"a=inactive"}


def test_a_changed_description_counts_its_version_up_and_an_equal_one_does_not() -> None:
    before, after = (
        parse_sdp(PHONE),
        parse_sdp(PHONE.replace("8001 53655765 2353687637 IN IP4 192.0.2.7", "x 1 1 IN IP4 ::1")),
    )
    after.follow(before)
    assert str(after) == PHONE
    after.set_direction("sendonly")
    after.follow(before)
    assert (after.session_id, after.version) == (before.session_id, before.version + 1)
    alone = parse_sdp(PHONE)
    alone.follow(None)
    assert str(alone) == PHONE


def test_a_refused_section_keeps_its_place_and_its_name() -> None:
    media = parse_sdp(BROWSER.replace("a=rtcp-mux", "a=mid:audio\r\na=rtcp-mux")).audio
    media.refuse()
    assert media.refused
    assert str(Session(media=[media])).endswith("m=audio 0 UDP/TLS/RTP/SAVPF 111 0 126\r\na=mid:audio\r\n")


@pytest.mark.parametrize(
    ("offered", "send", "receive", "answered"),
    [
        ("sendrecv", True, True, "sendrecv"),
        ("sendrecv", False, True, "recvonly"),
        ("sendrecv", True, False, "sendonly"),
        ("sendonly", True, True, "recvonly"),
        ("sendonly", True, False, "inactive"),
        ("recvonly", True, True, "sendonly"),
        ("recvonly", False, True, "inactive"),
        ("inactive", True, True, "inactive"),
    ],
)
def test_an_answer_says_no_more_than_the_offer_allows(offered: str, send: bool, receive: bool, answered: str) -> None:
    assert answered_direction(offered, send=send, receive=receive) == answered


def test_a_line_break_cannot_be_smuggled_into_a_description() -> None:
    media = Media(port=1, formats=["0"])
    media.add("label", "1\r\nm=audio 2 RTP/AVP 0")
    with pytest.raises(ValueError, match="line break"):
        str(Session(media=[media]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PHONE.split("\r\n") + BROWSER.split("\r\n")) | st.text(max_size=30), max_size=20))
def test_any_text_gives_a_description_or_a_peer_error(lines: list[str]) -> None:
    try:
        session = parse_sdp("\r\n".join(["v=0", *lines]))
        for media in session.media:
            _ = media.codecs, media.ptime, session.fingerprint(media)
            assert session.direction(media) in DIRECTIONS
            session.secured(media)
    except PeerError:
        return
    assert str(parse_sdp(str(session))) == str(session)
