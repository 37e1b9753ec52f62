from __future__ import annotations

import time

import numpy as np
import pytest

from tests.media.rtp_phone import levels, tone
from yuelai.media.embedded.codecs import Agreed, decoder, encoder, opus
from yuelai.media.embedded.codecs.opus import OpusDecoder, OpusEncoder, OpusFailed
from yuelai.wire.g711 import Samples

FRAME = 160
RESILIENT = {"useinbandfec": "1"}


def chirp(seconds: float) -> Samples:
    """Return a tone that climbs from 300 Hz to 1500 Hz and waxes like syllables: no frame is like the one before."""
    at = np.arange(int(seconds * 8000)) / 8000
    wave = np.sin(2 * np.pi * (300 * at + 600 * at**2 / seconds)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    return (wave * 12_000).astype(np.int16)


def encoded(sound: Samples, coding: OpusEncoder) -> list[bytes]:
    payloads = [coding.encode(sound[start : start + FRAME]) for start in range(0, len(sound), FRAME)]
    return [payload or b"" for payload in payloads]


def likeness(one: Samples, other: Samples) -> float:
    return float(np.corrcoef(one.astype(np.float64), other.astype(np.float64))[0, 1])


def heard_with_losses(sound: Samples, lost: set[int], *, fec: bool) -> Samples:
    coding, decoding = OpusEncoder(RESILIENT), OpusDecoder()
    coding.expect_loss(0.2 if fec else 0.0)
    payloads = encoded(sound, coding)
    heard: list[Samples] = []
    for place, payload in enumerate(payloads):
        if place in lost:
            continue
        gap = 0
        while place - gap - 1 in lost:
            gap += 1
        if gap:
            made_up = decoding.conceal(gap * FRAME, payload)
            assert made_up is not None
            assert len(made_up) == gap * FRAME
            heard.append(made_up)
        heard.append(decoding.decode(payload))
    return np.concatenate(heard)


def test_a_lost_packet_is_told_again_by_the_next_one() -> None:
    sound = chirp(2.0)
    lost = set(range(11, 95, 6))
    whole = heard_with_losses(sound, set(), fec=True)
    repaired, guessed = heard_with_losses(sound, lost, fec=True), heard_with_losses(sound, lost, fec=False)
    frames = [slice(place * FRAME, (place + 1) * FRAME) for place in sorted(lost)]
    with_fec = np.mean([likeness(whole[frame], repaired[frame]) for frame in frames])
    without = np.mean([likeness(whole[frame], guessed[frame]) for frame in frames])
    assert with_fec > 0.9
    assert with_fec > without + 0.1


def test_a_lost_packet_nobody_tells_again_is_made_up_from_what_was_there() -> None:
    coding, decoding = OpusEncoder(), OpusDecoder()
    sound = tone(500.0, 1.0)
    for payload in encoded(sound, coding)[:40]:
        decoding.decode(payload)
    made_up = decoding.conceal(FRAME, None)
    assert made_up is not None
    # One frame of 20 ms: 50 Hz apart is as near as it can be looked at.
    assert levels(made_up, 500.0)[0] > -20


def test_of_a_long_gap_the_last_eighth_of_a_second_is_made_up() -> None:
    coding, decoding = OpusEncoder(RESILIENT), OpusDecoder()
    payloads = encoded(tone(500.0, 0.5), coding)
    decoding.decode(payloads[0])
    made_up = decoding.conceal(16_000, payloads[20])
    assert made_up is not None
    assert len(made_up) == 960


def test_a_gap_shorter_than_a_frame_of_the_codec_is_left_to_the_bank() -> None:
    assert OpusDecoder().conceal(19, None) is None


def test_silence_costs_next_to_nothing_once_the_peer_wants_dtx() -> None:
    coding = OpusEncoder({"usedtx": "1"})
    encoded(chirp(0.4), coding)
    quiet = [coding.encode(np.zeros(FRAME, np.int16)) for _ in range(100)]
    assert sum(payload is None for payload in quiet) > 75
    again = encoded(chirp(0.4), coding)
    assert all(again)


def test_without_dtx_every_frame_is_a_packet() -> None:
    coding = OpusEncoder()
    assert all(coding.encode(np.zeros(FRAME, np.int16)) for _ in range(100))


@pytest.mark.parametrize(("wanted", "most"), [("8000", 9500), ("16000", 18_500), ("510000", 27_000), ("x", 27_000)])
def test_the_peer_says_how_many_bits_it_wants_at_most(wanted: str, most: int) -> None:
    payloads = encoded(chirp(2.0), OpusEncoder({"maxaveragebitrate": wanted}))
    assert sum(map(len, payloads)) * 8 / 2 < most


def test_a_peer_that_wants_no_fec_is_sent_none() -> None:
    plain, resilient = OpusEncoder({"maxaveragebitrate": "24000"}), OpusEncoder(RESILIENT)
    for coding in (plain, resilient):
        coding.expect_loss(0.2)
    assert encoded(chirp(1.0), plain) != encoded(chirp(1.0), resilient)


def test_stereo_music_of_a_browser_is_heard_as_telephone_sound() -> None:
    import ctypes

    lib = opus.library()
    error = ctypes.c_int()
    state = lib.opus_encoder_create(48_000, 2, 2049, ctypes.byref(error))
    at = np.arange(48_000) / 48_000
    sides = np.stack([np.sin(2 * np.pi * 1000 * at), np.sin(2 * np.pi * 1000 * at)], 1) * 10_000
    sound = np.ascontiguousarray(sides.astype(np.int16))
    decoding, heard = decoder(Agreed("opus", 111, 48_000)), []
    out = ctypes.create_string_buffer(1275)
    for start in range(0, 48_000, 960):
        piece = np.ascontiguousarray(sound[start : start + 960])
        size = lib.opus_encode(state, piece.ctypes.data, 960, out, 1275)
        heard.append(decoding.decode(out.raw[:size]))
    lib.opus_encoder_destroy(state)
    together = np.concatenate(heard)
    assert len(together) == 8000
    assert abs(levels(together[2400:7200], 1000.0)[0] - 20 * np.log10(10_000 / 32_768)) < 2


def test_a_machine_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "library", lambda: None)
    assert not opus.available()
    for make in (OpusEncoder, OpusDecoder):
        with pytest.raises(OpusFailed):
            make()


def test_a_tick_has_time_for_many_encoders() -> None:
    coding = encoder(Agreed("opus", 111, 48_000, RESILIENT))
    frames = [chirp(2.0)[start : start + FRAME] for start in range(0, 16_000, FRAME)]
    begun = time.process_time()
    for frame in frames:
        coding.encode(frame)
    assert (time.process_time() - begun) / len(frames) < 0.001
