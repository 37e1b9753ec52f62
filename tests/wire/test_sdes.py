from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.wire.errors import PeerError
from yuelai.wire.sdes import SUITES, CryptoLine, new_key, parse_crypto, readable

KEY = base64.b64encode(bytes(range(30))).decode()
PLAIN = f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"


@pytest.mark.parametrize("suite", SUITES)
def test_a_line_of_ours_reads_as_itself(suite: str) -> None:
    line = CryptoLine(7, suite, new_key(suite))
    assert parse_crypto(str(line)) == line


def test_every_key_is_another() -> None:
    assert len({new_key(SUITES[0]) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("tail", "lifetime"),
    [("", None), ("|2^20", 1 << 20), ("|2^31", 1 << 31), ("|1048576", 1 << 20), ("|2^48", 1 << 48)],
)
def test_a_lifetime_is_understood(tail: str, lifetime: int | None) -> None:
    line = parse_crypto(PLAIN + tail)
    assert (line.key, line.lifetime) == (bytes(range(30)), lifetime)


def test_a_hint_at_a_window_and_what_may_be_ignored_are_ignored() -> None:
    assert parse_crypto(f"{PLAIN} WSH=64 -NEWS=1").tag == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1 AES_CM_128_HMAC_SHA1_80",
        f"x AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"12345678901 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 {KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}",
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(29)).decode(),
        "1 AES_CM_128_HMAC_SHA1_80 inline:not!base64",
        f"{PLAIN}|1:4",
        f"{PLAIN}|2^20|1:4",
        f"{PLAIN};inline:{KEY}",
        f"{PLAIN}|2^99",
        f"{PLAIN}|0",
        f"{PLAIN}|soon",
        f"{PLAIN} UNENCRYPTED_SRTP",
        f"{PLAIN} KDR=1",
        f"{PLAIN} FEC_ORDER=FEC_SRTP",
    ],
)
def test_a_line_that_cannot_be_followed_is_refused_without_telling_its_key(value: str) -> None:
    with pytest.raises(PeerError) as refused:
        parse_crypto(value)
    assert KEY not in str(refused.value)


def test_what_can_be_followed_is_found_among_what_cannot() -> None:
    lines = readable(
        [f"1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}", PLAIN.replace("1", "2", 1), PLAIN.replace("1", "2", 1)]
    )
    assert [(line.tag, line.suite) for line in lines] == [(2, "AES_CM_128_HMAC_SHA1_80")]


def test_a_key_without_its_padding_is_taken() -> None:
    padded = base64.b64encode(bytes(28)).decode()
    assert padded.endswith("=")
    assert parse_crypto(f"1 AEAD_AES_128_GCM inline:{padded.rstrip('=')}").key == bytes(28)


def test_a_key_shows_in_no_repr() -> None:
    line = parse_crypto(PLAIN)
    assert KEY not in repr(line)
    assert repr(line.key) not in repr(line)


@given(st.text(max_size=200))
def test_any_text_is_a_line_or_refused(text: str) -> None:
    try:
        parse_crypto(text)
    except PeerError:
        return
