"""Offers of phones, gateways and pages, read and answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded import spoken
from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.terms import Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegKind, LegOptions, MediaError, Srtp
from yuelai.wire.sdp import Session, parse_sdp

DEFAULT = LegOptions()
HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
G711 = "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
WIDE = (
    "m=audio 4000 RTP/AVP 96 9 97 98\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1; usedtx=1\r\n"
    "a=rtpmap:97 telephone-event/8000\r\na=rtpmap:98 telephone-event/48000\r\n"
)
PAGE = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"
)


def phone() -> Origin:
    return Origin("192.0.2.1")


def page() -> Origin:
    return Origin("192.0.2.1", LegKind.BROWSER)


def read(offer: str, origin: Origin | None = None, options: LegOptions = DEFAULT) -> Terms:
    return read_offer(offer, origin or phone(), options)


def answer(offer: str, origin: Origin | None = None, options: LegOptions = DEFAULT) -> Session:
    origin = origin or phone()
    session, _ = describe_answer(read_offer(offer, origin, options), origin, 20000)
    return parse_sdp(str(session))


def codecs(session: Session) -> list[str]:
    return [f"{codec.payload_type} {codec.name}/{codec.rate}" for codec in session.audio.codecs]


# Codecs


@pytest.mark.parametrize(
    ("line", "name", "payload_type"),
    [
        ("m=audio 4000 RTP/AVP 0 8 101\r\n", "PCMU", 0),
        ("m=audio 4000 RTP/AVP 18 8 0\r\n", "PCMA", 8),
        ("m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 pcma/8000/1\r\n", "PCMA", 97),
        ("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 PCMA/16000\r\n", "PCMU", 0),
        ("m=audio 4000 RTP/AVP 9 8\r\n", "PCMA", 8),
        ("m=audio 4000 RTP/AVP 18 9\r\n", "G722", 9),
        ("m=audio 4000 RTP/AVP 120 9\r\na=rtpmap:120 OPUS/48000/2\r\n", "opus", 120),
        ("m=audio 4000 RTP/AVP 100\r\na=rtpmap:100 L16/16000\r\n", "L16", 100),
    ],
)
def test_a_phone_is_answered_one_codec_under_its_number_g711_if_it_can(line: str, name: str, payload_type: int) -> None:
    terms = read(HEAD + line)
    assert (terms.codec.name, terms.codec.payload_type, terms.address) == (name, payload_type, ("192.0.2.7", 4000))
    audio = answer(HEAD + line).audio
    assert audio.payload_types == [payload_type]
    assert audio.ptime == 20


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        (("opus", "G722"), "96 opus/48000"),
        (("g722", "opus"), "9 G722/8000"),
        (("G729", "G722"), "9 G722/8000"),
        (("PCMA",), "9 G722/8000"),
    ],
)
def test_the_options_order_counts_and_where_nothing_of_it_is_offered_any_codec_will_do(
    wanted: tuple[str, ...], answered: str
) -> None:
    offer = HEAD + WIDE.replace("96 9", "9 96")
    assert codecs(answer(offer, options=LegOptions(codecs=wanted)))[0] == answered


def test_what_a_peer_likes_of_opus_is_kept_for_the_encoder() -> None:
    terms = read(HEAD + WIDE, options=LegOptions(codecs=("opus",)))
    assert terms.codec.parameters == {"useinbandfec": "1", "usedtx": "1"}


def test_opus_is_answered_with_our_own_wishes_and_keys_of_its_clock() -> None:
    session = answer(HEAD + WIDE, options=LegOptions(codecs=("opus",)))
    assert codecs(session) == ["96 opus/48000", "98 telephone-event/48000"]
    (fmtp,) = [value for value in session.audio.all("fmtp") if value.startswith("96 ")]
    assert spoken.parameters(fmtp.partition(" ")[2]) == {"minptime": "10", "useinbandfec": "1"}


def test_without_libopus_opus_is_neither_offered_nor_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken, "opus_available", lambda: False)
    assert codecs(answer(HEAD + WIDE, options=LegOptions(codecs=("opus",))))[0] == "9 G722/8000"
    session, _ = describe_offer(page(), 20000, DEFAULT)
    assert "opus" not in str(session)
    with pytest.raises(MediaError, match="codec"):
        read(HEAD + "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n")


def test_no_codec_of_ours_is_no_call() -> None:
    with pytest.raises(MediaError, match="codec"):
        read(HEAD + "m=audio 4000 RTP/AVP 18 3\r\n")


# Keys and comfort noise


def test_keys_go_under_the_number_of_our_codecs_clock_and_are_taken_under_any_offered() -> None:
    terms = read(PAGE, page())
    assert terms.events == {110: 48_000, 126: 8000}
    assert terms.event == (126, 8000)
    assert read(PAGE, page(), LegOptions(codecs=("opus",))).event == (110, 48_000)


def test_keys_at_another_clock_than_the_codecs_are_better_than_none() -> None:
    offer = HEAD + "m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n"
    assert read(offer).event == (97, 8000)
    assert codecs(answer(offer)) == ["96 opus/48000", "97 telephone-event/8000"]


def test_an_offer_without_keys_is_answered_without_them() -> None:
    assert answer(HEAD + "m=audio 4000 RTP/AVP 0\r\n").audio.payload_types == [0]
    assert read(HEAD + "m=audio 4000 RTP/AVP 0\r\n").event is None


def test_comfort_noise_is_answered_where_it_is_offered() -> None:
    assert read(HEAD + "m=audio 4000 RTP/AVP 8 13\r\n").noise == 13
    assert codecs(answer(HEAD + "m=audio 4000 RTP/AVP 8 13\r\n")) == ["8 PCMA/8000", "13 CN/8000"]
    assert read(HEAD + G711).noise is None


# Pages


def test_a_page_may_change_between_the_law_and_opus() -> None:
    assert codecs(answer(PAGE, page())) == [
        "0 PCMU/8000",
        "111 opus/48000",
        "126 telephone-event/8000",
        "110 telephone-event/48000",
    ]
    assert codecs(answer(PAGE, page(), LegOptions(codecs=("opus", "PCMU"))))[:2] == ["111 opus/48000", "0 PCMU/8000"]
    assert codecs(answer(PAGE, page(), LegOptions(codecs=("PCMA",))))[0] == "8 PCMA/8000"


def test_a_page_without_a_default_candidate_is_not_on_hold() -> None:
    terms = read(PAGE, page())
    assert terms.sending
    assert terms.receiving


def test_every_section_is_answered_in_its_place_and_what_is_not_sound_refused() -> None:
    assert [(media.kind, media.port, media.get("mid")) for media in answer(PAGE, page()).media] == [
        ("audio", 20000, None),
        ("video", 0, "1"),
    ]


def test_a_profile_of_another_kind_of_leg_is_refused() -> None:
    with pytest.raises(MediaError, match="SAVPF"):
        read(PAGE)
    with pytest.raises(MediaError, match="RTP/AVP"):
        read(HEAD + G711, page())


# Where and which way


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
    terms = read(offer)
    assert (terms.sending, terms.receiving) == (sending, receiving)
    session = answer(offer)
    assert session.direction(session.audio) == answered


@pytest.mark.parametrize("nowhere", ["IN IP4 0.0.0.0", "IN IP6 ::"])
def test_the_old_hold_by_address_stops_our_sending(nowhere: str) -> None:
    assert not read(HEAD.replace("c=IN IP4 192.0.2.7", f"c={nowhere}") + G711).sending


def test_an_address_of_either_family_is_taken_and_a_name_is_not() -> None:
    assert read(HEAD.replace("c=IN IP4 192.0.2.7", "c=IN IP6 2001:DB8::7") + G711).address == ("2001:db8::7", 4000)
    with pytest.raises(MediaError, match="description"):
        read(HEAD.replace("192.0.2.7", "phone.example") + G711)


@pytest.mark.parametrize(
    ("line", "muxed", "where"),
    [
        ("", False, None),
        ("a=rtcp:4007\r\n", False, ("192.0.2.7", 4007)),
        ("a=rtcp:4007 IN IP4 192.0.2.8\r\n", False, ("192.0.2.8", 4007)),
        ("a=rtcp:4007 IN IP4 phone.example\r\n", False, None),
        ("a=rtcp:0\r\n", False, None),
        ("a=rtcp:\r\n", False, None),
        ("a=rtcp:4000\r\na=rtcp-mux\r\n", True, None),
    ],
)
def test_reports_go_where_the_peer_wants_them(line: str, muxed: bool, where: tuple[str, int] | None) -> None:
    terms = read(HEAD + G711 + line)
    assert (terms.rtcp_mux, terms.rtcp_address) == (muxed, where)
    assert answer(HEAD + G711 + line).audio.rtcp_mux is muxed


@pytest.mark.parametrize(
    ("lines", "ptime"),
    [
        ("", 20),
        ("a=ptime:20\r\n", 20),
        ("a=ptime:30\r\n", 20),
        ("a=ptime:40\r\n", 40),
        ("a=ptime:40\r\na=maxptime:20\r\n", 20),
        ("a=maxptime:10\r\n", 20),
        ("a=ptime:200\r\n", 60),
        ("a=ptime:x\r\n", 20),
    ],
)
def test_the_peers_packet_time_is_followed_as_far_as_ticks_allow(lines: str, ptime: int) -> None:
    assert read(HEAD + G711 + lines).ptime == ptime


def test_the_first_section_of_sound_that_can_be_spoken_is_answered() -> None:
    offer = (
        HEAD
        + "m=audio 0 RTP/AVP 0\r\n"
        + "m=image 4002 udptl t38\r\n"
        + "m=audio 4004 RTP/AVP 18\r\n"
        + "m=audio 4006 RTP/AVP 8\r\n"
        + "m=audio 4008 RTP/AVP 0\r\n"
    )
    assert read(offer).address[1] == 4006
    assert [(media.kind, media.port) for media in answer(offer).media] == [
        ("audio", 0),
        ("image", 0),
        ("audio", 0),
        ("audio", 20000),
        ("audio", 0),
    ]


def test_sound_that_was_ended_is_refused() -> None:
    with pytest.raises(MediaError, match="no audio"):
        read(HEAD + "m=audio 0 RTP/AVP 0\r\n")


# Offers of ours


def test_our_offer_is_one_we_could_answer_and_versions_grow() -> None:
    origin = phone()
    first, _ = describe_offer(origin, 20000, DEFAULT)
    second, _ = describe_offer(origin, 20000, DEFAULT)
    assert (second.session_id, second.version) == (first.session_id, first.version + 1)
    assert codecs(parse_sdp(str(first))) == ["8 PCMA/8000", "0 PCMU/8000", "101 telephone-event/8000"]
    terms = read(str(first))
    assert (terms.codec.name, set(terms.codecs), terms.event) == ("PCMA", {8, 0}, (101, 8000))


def test_an_offer_names_what_the_options_name() -> None:
    session, _ = describe_offer(phone(), 20000, LegOptions(codecs=("opus", "G729", "G722")))
    assert codecs(parse_sdp(str(session))) == [
        "111 opus/48000",
        "9 G722/8000",
        "110 telephone-event/48000",
        "101 telephone-event/8000",
    ]
    session, _ = describe_offer(phone(), 20000, LegOptions(codecs=("G729",)))
    assert codecs(parse_sdp(str(session)))[0] == "8 PCMA/8000"


def test_the_answer_says_what_is_sent_and_the_offer_what_is_taken() -> None:
    origin = phone()
    describe_offer(origin, 20000, LegOptions(codecs=("opus", "PCMA")))
    terms = read_answer(
        HEAD + "m=audio 4000 RTP/AVP 96 100\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:100 telephone-event/48000\r\n",
        origin,
        LegOptions(codecs=("opus", "PCMA")),
    )
    assert (terms.codec.name, terms.codec.payload_type) == ("opus", 96)
    assert {96, 111, 8} <= set(terms.codecs)
    assert terms.event == (100, 48_000)
    assert {100, 110} <= set(terms.events)


def test_an_answer_with_what_was_not_offered_is_refused() -> None:
    origin = phone()
    with pytest.raises(MediaError, match="nothing"):
        read_answer(HEAD + G711, origin, DEFAULT)
    describe_offer(origin, 20000, LegOptions(codecs=("PCMA",)))
    with pytest.raises(MediaError, match="codec"):
        read_answer(HEAD + "m=audio 4000 RTP/AVP 0\r\n", origin, DEFAULT)
    with pytest.raises(MediaError, match="refused"):
        read_answer(HEAD + "m=audio 0 RTP/AVP 8\r\n", origin, DEFAULT)


def test_among_what_is_answered_the_options_choose_what_we_send() -> None:
    origin = page()
    describe_offer(origin, 20000, LegOptions(codecs=("opus", "PCMU")))
    terms = read_answer(PAGE.replace("111 63 9 0", "0 111 63 9"), origin, LegOptions(codecs=("opus", "PCMU")))
    assert terms.codec.name == "opus"


def test_a_new_offer_on_a_leg_that_stands_keeps_numbers_and_places() -> None:
    origin = phone()
    offer = (
        HEAD
        + "m=image 4002 udptl t38\r\nm=audio 4000 RTP/AVP 8 111 120 101\r\n"
        + "a=rtpmap:111 speex/8000\r\na=rtpmap:120 opus/48000/2\r\na=rtpmap:101 G726-32/8000\r\n"
    )
    terms = read(offer, origin)
    describe_answer(terms, origin, 20000)
    origin.terms = terms
    session, _ = describe_offer(origin, 20000, LegOptions(codecs=("opus", "PCMA")))
    assert [(media.kind, media.port) for media in session.media] == [("image", 0), ("audio", 20000)]
    numbers = {
        codec.name: codec.payload_type for codec in session.audio.codecs if codec.rate == 8000 or codec.name == "opus"
    }
    assert numbers["opus"] == 120
    assert numbers["telephone-event"] not in (101, 111)
    again, _ = describe_offer(origin, 20000, LegOptions(codecs=("opus", "PCMA")))
    assert codecs(again) == codecs(session)


def test_a_peer_that_takes_all_numbers_is_offered_others() -> None:
    origin = phone()
    numbers = range(96, 128)
    maps = "".join(f"a=rtpmap:{number} x{number}/8000\r\n" for number in numbers)
    origin.terms = read(HEAD + f"m=audio 4000 RTP/AVP 0 {' '.join(map(str, numbers))}\r\n" + maps, origin)
    _, audio = describe_offer(origin, 20000, LegOptions(codecs=("opus", "PCMU")))
    assert len(set(audio.payload_types)) == 4
    assert not set(audio.payload_types) & set(numbers)


# Whatever comes

LINES = st.sampled_from(
    [
        "a=rtpmap:96 opus/48000/2", "a=rtpmap:8 opus/48000/2", "a=rtpmap:101 telephone-event/0", "a=fmtp:96 ;;=;x=",
        "a=rtpmap:0 PCMU/8000/2", "a=ptime:-1", "a=maxptime:", "a=rtcp:65536", "a=rtcp:1 IN IP4 x", "a=rtcp-mux",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", "a=crypto:", "c=IN IP6 ::", "c=IN IP4 0.0.0.0", "a=inactive",
        "m=audio 4002 RTP/SAVP 0", "m=audio 0 RTP/AVP 0", "m=audio 1 RTP/AVP", "m=video 9 RTP/AVP 96", "a=mid:",
        "a=rtpmap:13 CN/8000", "a=rtpmap:97 L16/16000", "m=audio 4002 RTP/AVP 9 13 96 97 101 127 128",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINES | st.text("am=:0189 /x", max_size=30), max_size=12), browser=st.booleans())
def test_any_description_is_answered_or_refused(lines: list[str], browser: bool) -> None:
    origin = page() if browser else phone()
    offer = (PAGE if browser else HEAD + G711) + "\r\n".join(lines) + "\r\n"
    for options in (DEFAULT, LegOptions(codecs=("opus", "L16")), LegOptions(srtp=Srtp.REQUIRE)):
        try:
            terms = read_offer(offer, origin, options)
        except MediaError:
            continue
        session, audio = describe_answer(terms, origin, 20000)
        ours = parse_sdp(str(session))
        assert len(ours.media) == len(terms.session.media)
        assert [media.kind for media in ours.media] == [media.kind for media in terms.session.media]
        assert set(audio.payload_types) <= set(terms.media.payload_types)
        origin.terms = terms
        again, _ = describe_offer(origin, 20000, options)
        assert len(again.media) == len(ours.media)
