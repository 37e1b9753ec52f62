from __future__ import annotations

import pytest

from yuelai.media.embedded.terms import Origin, describe_answer, describe_offer, read
from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Law
from yuelai.wire.sdp import Session, parse_sdp

PLAIN = ("RTP/AVP",)
HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
PAGE = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n"
    "a=rtpmap:126 telephone-event/8000\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"
)


def answer(offer: str, protocol: tuple[str, ...] = PLAIN) -> Session:
    session, _ = describe_answer(read(offer, protocol=protocol), Origin("192.0.2.1"), 20000)
    return parse_sdp(str(session))


@pytest.mark.parametrize(
    ("line", "law", "payload_type"),
    [
        ("m=audio 4000 RTP/AVP 0 8 101\r\n", Law.PCMU, 0),
        ("m=audio 4000 RTP/AVP 18 8 0\r\n", Law.PCMA, 8),
        ("m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 pcma/8000/1\r\n", Law.PCMA, 97),
        ("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 PCMA/16000\r\n", Law.PCMU, 0),
    ],
)
def test_the_first_law_offered_is_answered_under_its_number(line: str, law: Law, payload_type: int) -> None:
    terms = read(HEAD + line, protocol=PLAIN)
    assert (terms.law, terms.payload_type, terms.address) == (law, payload_type, ("192.0.2.7", 4000))
    audio = answer(HEAD + line).audio
    assert audio.payload_types == [payload_type]
    assert audio.ptime == 20


@pytest.mark.parametrize(
    ("offered", "answered", "sending", "receiving"),
    [
        ("sendrecv", "sendrecv", True, True),
        ("sendonly", "recvonly", False, True),
        ("recvonly", "sendonly", True, False),
        ("inactive", "inactive", False, False),
    ],
)
def test_the_direction_is_answered_honestly(offered: str, answered: str, sending: bool, receiving: bool) -> None:
    offer = HEAD + f"m=audio 4000 RTP/AVP 0\r\na={offered}\r\n"
    terms = read(offer, protocol=PLAIN)
    assert (terms.sending, terms.receiving) == (sending, receiving)
    session = answer(offer)
    assert session.direction(session.audio) == answered


def test_the_old_hold_by_address_stops_our_sending() -> None:
    offer = HEAD.replace("c=IN IP4 192.0.2.7", "c=IN IP4 0.0.0.0") + "m=audio 4000 RTP/AVP 0\r\n"
    assert not read(offer, protocol=PLAIN).sending


def test_a_page_without_a_default_candidate_is_not_on_hold() -> None:
    terms = read(PAGE, protocol=("UDP/TLS/RTP/SAVPF",))
    assert terms.sending
    assert terms.receiving


def test_keys_are_answered_on_our_clock_and_taken_on_any_number_offered() -> None:
    terms = read(PAGE, protocol=("UDP/TLS/RTP/SAVPF",))
    assert terms.events == {110, 126}
    audio = answer(PAGE, ("UDP/TLS/RTP/SAVPF",)).audio
    assert audio.payload_types == [0, 126]


def test_every_section_is_answered_in_its_place_and_what_is_not_sound_refused() -> None:
    session = answer(PAGE, ("UDP/TLS/RTP/SAVPF",))
    assert [(media.kind, media.port, media.get("mid")) for media in session.media] == [
        ("audio", 20000, None),
        ("video", 0, "1"),
    ]


def test_an_offer_without_keys_is_answered_without_them() -> None:
    assert answer(HEAD + "m=audio 4000 RTP/AVP 0\r\n").audio.payload_types == [0]


def test_our_offer_is_one_we_could_answer_and_versions_grow() -> None:
    origin = Origin("192.0.2.1")
    first, _ = describe_offer(origin, 20000, "RTP/AVP", (Law.PCMA, Law.PCMU))
    second, _ = describe_offer(origin, 20000, "RTP/AVP", (Law.PCMA, Law.PCMU))
    assert (second.session_id, second.version) == (first.session_id, first.version + 1)
    terms = read(str(first), protocol=PLAIN)
    assert (terms.law, terms.codecs, terms.events) == (Law.PCMA, {8: Law.PCMA, 0: Law.PCMU}, {101})


def test_a_profile_of_another_kind_of_leg_is_refused() -> None:
    with pytest.raises(MediaError, match="SAVPF"):
        read(PAGE, protocol=PLAIN)
