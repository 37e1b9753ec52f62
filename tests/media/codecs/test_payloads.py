"""What a peer sends is taken for what it is, or refused: never believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded.codecs import Agreed, MalformedPayload, decoder, encoder

CODECS = {
    "PCMU": Agreed("PCMU", 0, 8000),
    "PCMA": Agreed("PCMA", 8, 8000),
    "G722": Agreed("G722", 9, 8000),
    "opus": Agreed("opus", 111, 48_000),
    "L16": Agreed("L16", 96, 8000),
    "L16/16000": Agreed("L16", 97, 16_000),
}


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())
@settings(max_examples=200, deadline=None)
@given(payloads=st.lists(st.binary(max_size=2048), min_size=1, max_size=6), gap=st.integers(-5, 4000))
def test_any_octets_are_sound_or_refused_and_the_decoder_lives_on(
    codec: Agreed, payloads: list[bytes], gap: int
) -> None:
    decoding = decoder(codec)
    for payload in payloads:
        made_up = decoding.conceal(gap, payload)
        assert made_up is None or (made_up.dtype == np.int16 and 0 < len(made_up) <= gap)
        try:
            sound = decoding.decode(payload)
        except MalformedPayload:
            continue
        assert sound.dtype == np.int16
        assert sound.ndim == 1
        assert 0 < len(sound) <= 1920
    good = encoder(codec).encode(np.zeros(160, np.int16))
    assert good is not None
    assert len(decoding.decode(good)) == 160


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())
def test_an_empty_payload_and_one_of_half_a_second_are_refused(codec: Agreed) -> None:
    for payload in (b"", bytes(20_000)):
        with pytest.raises(MalformedPayload):
            decoder(codec).decode(payload)


@pytest.mark.parametrize(("name", "octets", "samples"), [("PCMU", 240, 240), ("G722", 80, 80), ("L16", 320, 160)])
def test_any_packet_time_is_taken(name: str, octets: int, samples: int) -> None:
    assert len(decoder(CODECS[name]).decode(bytes(octets))) == samples


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(MalformedPayload):
        decoder(CODECS["L16"]).decode(bytes(319))
    with pytest.raises(MalformedPayload):
        decoder(CODECS["L16/16000"]).decode(bytes(638 - 4))


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())
def test_a_frame_of_another_length_of_ours_is_our_own_mistake_or_taken_whole(codec: Agreed) -> None:
    coding = encoder(codec)
    if codec.name == "opus":
        with pytest.raises(ValueError, match="frame"):
            coding.encode(np.zeros(161, np.int16))
    payload = coding.encode(np.zeros(160, np.int16))
    assert payload is not None
