from __future__ import annotations

import numpy as np
import pytest

from yuelai.wire.g711 import DECODE, Law, decode, encode, recode

LAWS = pytest.mark.parametrize("law", list(Law))


def test_decoding_gives_the_values_of_the_standard() -> None:
    # Tables 1a–2b of G.711, scaled to 16 bits.
    assert decode(b"\x80\xff\x7f\x00\xf0", Law.PCMU).tolist() == [32124, 0, 0, -32124, 120]
    assert decode(b"\xd5\x55\xaa\x2a\xd4", Law.PCMA).tolist() == [8, -8, 32256, -32256, 24]


@LAWS
def test_every_code_survives_decoding_and_encoding(law: Law) -> None:
    codes = bytes(range(256))
    again = encode(decode(codes, law), law)
    # Mu-law has two zeros; the encoder knows only the positive one.
    assert [(a, b) for a, b in zip(codes, again, strict=True) if a != b] == ([(0x7F, 0xFF)] if law is Law.PCMU else [])


@LAWS
def test_encoding_errs_by_no_more_than_half_a_step_of_its_segment(law: Law) -> None:
    samples = np.arange(-32000, 32001, dtype=np.int16)
    error = np.abs(decode(encode(samples, law), law).astype(int) - samples)
    segment = np.maximum(2.0 ** np.floor(np.log2(np.maximum(np.abs(samples.astype(int)), 1) + 132)), 256)
    assert np.all(error <= segment / 16 / 2 + 8)


@LAWS
def test_encoding_takes_the_extremes_of_16_bits(law: Law) -> None:
    low, high = decode(encode(np.array([-32768, 32767], np.int16), law), law)
    assert low == DECODE[law].min()
    assert high == DECODE[law].max()


@LAWS
def test_silence_decodes_to_next_to_nothing(law: Law) -> None:
    assert abs(int(decode(bytes([law.silence]), law)[0])) <= 8


def test_recoding_equals_decoding_and_encoding() -> None:
    codes = bytes(range(256))
    assert recode(codes, Law.PCMA, Law.PCMU) == encode(decode(codes, Law.PCMA), Law.PCMU)
    assert recode(codes, Law.PCMA, Law.PCMA) is codes
