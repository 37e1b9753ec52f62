"""Session descriptions as phones and browsers send them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.wire.errors import PeerError
from yuelai.wire.sdp import parse_sdp

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
        "v=0\r\no=-",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(PeerError):
        parse_sdp(text)


def test_without_audio_there_is_nothing_to_answer() -> None:
    with pytest.raises(PeerError):
        _ = parse_sdp(PHONE.replace("m=audio 6000", "m=audio 0")).audio


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PHONE.split("\r\n") + BROWSER.split("\r\n")) | st.text(max_size=30), max_size=20))
def test_any_text_gives_a_description_or_a_peer_error(lines: list[str]) -> None:
    try:
        session = parse_sdp("\r\n".join(["v=0", *lines]))
        for media in session.media:
            _ = media.codecs, media.ptime, session.fingerprint(media)
            session.direction(media)
    except PeerError:
        return
    str(session)
