"""From any codec to any other, looked at by frequency."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.media.rtp_phone import levels, tone
from yuelai.media.embedded.codecs import Agreed, decoder, encoder
from yuelai.wire.g711 import Samples

FRAME = 160
OPUS = Agreed("opus", 111, 48_000, {"useinbandfec": "1"})
CODECS = [
    Agreed("PCMU", 0, 8000),
    Agreed("PCMA", 8, 8000),
    Agreed("G722", 9, 8000),
    OPUS,
    Agreed("L16", 96, 8000),
    Agreed("L16", 97, 16_000),
]
CLEAN = {"PCMU": 35.0, "PCMA": 35.0, "G722": 25.0, "opus": 12.0, "L16": 60.0}
"""Least ratio of signal to noise, in dB, for a tone at −10 dBov through this codec and back."""

DELAY = {"PCMU/8000": 0, "PCMA/8000": 0, "G722/8000": 0, "opus/48000": 52, "L16/8000": 0, "L16/16000": 15}
"""Samples at 8 kHz through encoder and decoder."""


def name(codec: Agreed) -> str:
    return f"{codec.name}/{codec.clock}"


def through(sound: Samples, codec: Agreed) -> Samples:
    """Return what is heard of this sound behind one encoder and one decoder."""
    coding, decoding = encoder(codec), decoder(codec)
    heard = []
    for start in range(0, len(sound), FRAME):
        payload = coding.encode(sound[start : start + FRAME])
        assert payload is not None
        heard.append(decoding.decode(payload))
    return np.concatenate(heard)


def clearness(sound: Samples, frequency: float) -> float:
    """Return how far what is not this frequency lies below it, in dB."""
    time = np.arange(len(sound)) / 8000
    wave = np.exp(-2j * np.pi * frequency * time)
    part = np.dot(sound, wave) * 2 / len(sound)
    rest = sound - np.real(part * np.conj(wave))
    return float(10 * np.log10(np.abs(part) ** 2 / 2 / max(np.mean(rest**2), 1e-9)))


@pytest.mark.parametrize("codec", CODECS, ids=name)
@pytest.mark.parametrize("frequency", [300.0, 1000.0, 3000.0])
def test_a_tone_comes_out_as_loud_and_as_clean_as_the_codec_can(codec: Agreed, frequency: float) -> None:
    heard = through(tone(frequency, 1.0), codec)[2400:7200]
    (level,) = levels(heard, frequency)
    assert abs(level - -10) < (2 if codec.name == "opus" else 1)
    assert clearness(heard, frequency) > CLEAN[codec.name] - (0 if frequency < 2000 else 4)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(CODECS, 2)), ids=name)
def test_a_tone_stays_itself_from_one_codec_into_another(one: Agreed, other: Agreed) -> None:
    heard = through(through(tone(1000.0, 0.6), one), other)[1600:4800]
    (level,) = levels(heard, 1000.0)
    assert abs(level - -10) < (2 if "opus" in (one.name, other.name) else 1)
    assert clearness(heard, 1000.0) > min(CLEAN[one.name], CLEAN[other.name]) - 3
    assert max(levels(heard, 440.0, 1500.0, 2000.0, 3000.0)) < -38


@pytest.mark.parametrize("codec", CODECS, ids=name)
def test_silence_stays_silent(codec: Agreed) -> None:
    assert np.abs(through(np.zeros(FRAME * 50, np.int16), codec)).max() <= 8


@pytest.mark.parametrize("codec", CODECS, ids=name)
def test_the_loudest_sound_does_not_wrap_around(codec: Agreed) -> None:
    square = np.where(np.arange(8000) // 8 % 2, 32767, -32768).astype(np.int16)
    heard = through(square, codec).astype(np.float64)
    start = 800 + DELAY[name(codec)]
    # Wrapped samples would be of the other sign where the square is flat.
    same = np.corrcoef(square[800:7000].astype(np.float64), heard[start : start + 6200])[0, 1]
    assert same > 0.9


@pytest.mark.parametrize("codec", CODECS, ids=name)
def test_five_hundred_frames_are_one_stream_with_a_known_delay(codec: Agreed) -> None:
    chance = np.random.default_rng(7)
    noise = np.convolve(chance.normal(0, 3000, FRAME * 500), np.hanning(8) / 4, "same")
    sound = np.clip(noise, -32768, 32767).astype(np.int16)
    heard = through(sound, codec)
    assert len(heard) == len(sound)
    for start in (4000, 70_000):
        said = sound[start : start + 4000].astype(np.float64)
        fit = [np.dot(said, heard[start + late : start + late + 4000]) for late in range(120)]
        assert abs(int(np.argmax(fit)) - DELAY[name(codec)]) <= 2


def test_g722_is_understood_by_a_wideband_phone_and_understands_it() -> None:
    from G722 import G722

    g722 = Agreed("G722", 9, 8000)
    ours, wide = encoder(g722), G722(16_000, 64_000)
    sound = tone(1000.0, 0.6)
    payloads = [ours.encode(sound[start : start + FRAME]) or b"" for start in range(0, len(sound), FRAME)]
    heard = np.concatenate([np.asarray(wide.decode(payload), np.int16) for payload in payloads])
    assert len(heard) == 2 * len(sound)
    # Every other sample of a tone that low is that tone at 8 kHz.
    assert abs(levels(heard[::2][1600:], 1000.0)[0] - -10) < 1

    theirs, decoding = G722(16_000, 64_000), decoder(g722)
    time = np.arange(9600) / 16_000
    said = (np.sin(2 * np.pi * 1000 * time) * 32767 * 10**-0.5).astype(np.int16)
    heard = np.concatenate([decoding.decode(theirs.encode(said[i : i + 320])) for i in range(0, 9600, 320)])
    assert abs(levels(heard[1600:], 1000.0)[0] - -10) < 1


def test_sound_above_the_telephone_band_does_not_fold_into_it() -> None:
    time = np.arange(16_000) / 16_000
    high = (np.sin(2 * np.pi * 6000 * time) * 16_000).astype(">i2")
    decoding = decoder(Agreed("L16", 97, 16_000))
    heard = np.concatenate([decoding.decode(high[i : i + 320].tobytes()) for i in range(0, 16_000, 320)])
    assert levels(heard[1600:], 2000.0)[0] < -50
