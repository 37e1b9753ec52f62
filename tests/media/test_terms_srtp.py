"""Keys in descriptions: who may have protected sound, and who must."""

from __future__ import annotations

import base64

import pytest

from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.terms import Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegOptions, MediaError, Srtp
from yuelai.wire.sdes import readable
from yuelai.wire.sdp import Media, parse_sdp

HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
OFF, ACCEPT, REQUIRE = (LegOptions(srtp=srtp) for srtp in Srtp)


def key(number: int, octets: int = 30) -> str:
    return base64.b64encode(bytes([number]) * octets).decode()


KEYS = (
    f"a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{key(1, 46)}\r\n"
    f"a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:{key(3)}|2^31\r\n"
    f"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{key(2)}\r\n"
)


def offer(protocol: str = "RTP/SAVP", keys: str = KEYS) -> str:
    return HEAD + f"m=audio 4000 {protocol} 8 0\r\n" + keys


def answer(text: str, options: LegOptions = ACCEPT) -> tuple[Terms, Media]:
    origin = Origin("192.0.2.1")
    terms = read_offer(text, origin, options)
    session, _ = describe_answer(terms, origin, 20000)
    return terms, parse_sdp(str(session)).audio


@pytest.mark.parametrize("protocol", ["RTP/SAVP", "RTP/SAVPF"])
@pytest.mark.parametrize("options", [ACCEPT, REQUIRE])
def test_the_first_key_we_can_follow_is_answered_under_its_tag_with_one_of_ours(
    protocol: str, options: LegOptions
) -> None:
    terms, audio = answer(offer(protocol), options)
    assert terms.crypto is not None
    assert (terms.crypto.tag, terms.crypto.suite) == (3, "AES_CM_128_HMAC_SHA1_32")
    assert terms.crypto.theirs == bytes([3]) * 30
    assert terms.crypto.profile == "AES128_CM_SHA1_32"
    assert audio.protocol == protocol
    (line,) = readable(audio.all("crypto"))
    assert (line.tag, line.suite, line.key) == (3, "AES_CM_128_HMAC_SHA1_32", terms.crypto.ours)
    assert terms.crypto.ours != terms.crypto.theirs


@pytest.mark.parametrize(("suite", "octets"), [("AEAD_AES_128_GCM", 28), ("AEAD_AES_256_GCM", 44)])
def test_galois_suites_are_taken_and_libsrtp_knows_their_profile(suite: str, octets: int) -> None:
    import pylibsrtp

    terms, _ = answer(offer(keys=f"a=crypto:1 {suite} inline:{key(1, octets)}\r\n"))
    assert terms.crypto is not None
    profile = getattr(pylibsrtp.Policy, f"SRTP_PROFILE_{terms.crypto.profile}")
    for each in (terms.crypto.ours, terms.crypto.theirs):
        pylibsrtp.Policy(key=each, srtp_profile=profile)


def test_a_leg_without_srtp_answers_only_what_is_in_the_clear() -> None:
    with pytest.raises(MediaError, match="SRTP"):
        answer(offer(), OFF)
    terms, audio = answer(offer("RTP/AVP"), OFF)
    assert terms.crypto is None
    assert not audio.has("crypto")


def test_a_leg_that_insists_answers_nothing_in_the_clear() -> None:
    with pytest.raises(MediaError, match="required"):
        answer(offer("RTP/AVP", ""), REQUIRE)
    assert answer(offer("RTP/AVP", ""))[0].crypto is None


def test_keys_we_cannot_follow_are_no_keys() -> None:
    with pytest.raises(MediaError, match="key"):
        answer(offer(keys=f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key(1)}|2^20|1:4\r\n"))
    with pytest.raises(MediaError, match="key"):
        answer(offer(keys=""))


def test_a_phone_that_offers_keys_within_the_plain_profile_gets_them() -> None:
    terms, audio = answer(offer("RTP/AVP"))
    assert terms.crypto is not None
    assert audio.protocol == "RTP/AVP"
    assert len(readable(audio.all("crypto"))) == 1
    assert answer(offer("RTP/AVP"), REQUIRE)[0].crypto is not None


def test_of_two_sections_the_protected_one_is_answered_unless_srtp_is_off() -> None:
    both = offer("RTP/AVP", "") + "m=audio 4002 RTP/SAVP 8\r\n" + KEYS
    assert answer(both)[0].address[1] == 4002
    assert answer(both, REQUIRE)[0].address[1] == 4002
    assert answer(both, OFF)[0].address[1] == 4000


def test_our_offer_has_keys_only_where_they_are_required() -> None:
    for options in (OFF, ACCEPT):
        _, audio = describe_offer(Origin("192.0.2.1"), 20000, options)
        assert (audio.protocol, audio.has("crypto")) == ("RTP/AVP", False)
    _, audio = describe_offer(Origin("192.0.2.1"), 20000, REQUIRE)
    assert audio.protocol == "RTP/SAVP"
    assert [(line.tag, line.suite) for line in readable(audio.all("crypto"))] == [
        (1, "AES_CM_128_HMAC_SHA1_80"),
        (2, "AES_CM_128_HMAC_SHA1_32"),
    ]


def test_the_answer_says_which_of_our_keys_it_takes() -> None:
    origin = Origin("192.0.2.1")
    _, audio = describe_offer(origin, 20000, REQUIRE)
    lines = readable(audio.all("crypto"))
    terms = read_answer(offer(keys=f"a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{key(9)}\r\n"), origin, REQUIRE)
    assert terms.crypto is not None
    assert (terms.crypto.ours, terms.crypto.theirs) == (lines[1].key, bytes([9]) * 30)


@pytest.mark.parametrize(
    "answered",
    [
        offer("RTP/AVP", ""),
        offer(keys=""),
        offer(keys=f"a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:{key(9)}\r\n"),
        offer(keys=f"a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{key(9)}\r\n"),
        offer(),
    ],
    ids=["in the clear", "no key", "another tag", "another suite", "many keys"],
)
def test_an_answer_that_takes_none_of_our_keys_is_no_answer(answered: str) -> None:
    origin = Origin("192.0.2.1")
    describe_offer(origin, 20000, REQUIRE)
    with pytest.raises(MediaError):
        read_answer(answered, origin, REQUIRE)


def test_protection_nobody_offered_is_not_believed() -> None:
    origin = Origin("192.0.2.1")
    describe_offer(origin, 20000, ACCEPT)
    with pytest.raises(MediaError, match="not offered"):
        read_answer(offer(), origin, ACCEPT)


def test_what_stands_protected_is_offered_protected_with_the_same_key_of_ours() -> None:
    origin = Origin("192.0.2.1")
    terms = origin.terms = read_offer(offer(), origin, ACCEPT)
    describe_answer(terms, origin, 20000)
    _, audio = describe_offer(origin, 20000, ACCEPT)
    assert terms.crypto is not None
    assert audio.protocol == "RTP/SAVP"
    first = readable(audio.all("crypto"))[0]
    assert (first.suite, first.key) == (terms.crypto.suite, terms.crypto.ours)
    again = read_offer(offer(), origin, ACCEPT)
    assert again.crypto == terms.crypto


def test_no_key_shows_in_a_repr() -> None:
    origin = Origin("192.0.2.1")
    origin.terms = read_offer(offer(), origin, ACCEPT)
    _, _ = describe_offer(origin, 20000, ACCEPT)
    assert origin.terms.crypto is not None
    for text in (repr(origin), repr(origin.terms)):
        assert "inline" not in text
        assert repr(origin.terms.crypto.ours) not in text
        assert repr(origin.terms.crypto.theirs) not in text
