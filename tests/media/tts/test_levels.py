"""Recorded prompts: whatever people bring is as loud, as narrow and as short as the prompts beside it."""

from __future__ import annotations

import io
import wave

import av
import numpy as np
import pytest

from yuelai.media.ports import MediaError
from yuelai.media.tts import levels
from yuelai.media.tts.levels import fit, recorded_prompt
from yuelai.media.tts.ports import UnfitSound


def voice(seconds: float, rate: int = 8000, level: float = 0.3) -> np.ndarray:
    """Something like speech: a gliding pitch with harmonics, in syllables of a fifth of a second."""
    t = np.arange(round(seconds * rate)) / rate
    pitch = 2 * np.pi * (150 * t + 10 * np.sin(2 * np.pi * t))
    harmonics = sum(np.sin(k * pitch) / k for k in range(1, 20) if 170 * k < rate / 2)
    sound: np.ndarray = level * harmonics * (0.55 - 0.45 * np.cos(2 * np.pi * 5 * t)) / 2
    return sound


def whole(sound: np.ndarray) -> np.ndarray:
    return np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)


def wav(sound: np.ndarray, rate: int, channels: int = 1) -> io.BytesIO:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.repeat(whole(sound), channels).astype("<i2").tobytes())
    file.seek(0)
    return file


def ogg(sound: np.ndarray, rate: int) -> io.BytesIO:
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(whole(sound).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    file.seek(0)
    return file


def spoken_level(sound: np.ndarray) -> float:
    frames = (sound[: len(sound) // 160 * 160].astype(float) / 32768).reshape(-1, 160)
    power = (frames**2).mean(axis=1)
    return float(10 * np.log10(power[power > power.max() / 1000].mean()))


@pytest.mark.parametrize("level", [0.004, 0.05, 0.3, 0.9])
def test_a_whisper_and_a_shout_become_as_loud_as_each_other(level: float) -> None:
    made = fit(whole(voice(2, level=level)), "a")
    assert spoken_level(made) == pytest.approx(-18, abs=0.7)
    assert np.abs(made.astype(int)).max() <= 10 ** (-3 / 20) * 32768 + 1


def test_a_click_does_not_make_the_rest_quiet() -> None:
    sound = voice(2)
    sound[8000:8004] = 1.0
    made = fit(whole(sound), "a")
    assert spoken_level(made) == pytest.approx(-18, abs=1)
    assert np.abs(made.astype(int)).max() <= 10 ** (-3 / 20) * 32768 + 1


def test_only_the_telephones_band_is_left() -> None:
    t = np.arange(16000) / 8000
    hum = 0.4 * np.sin(2 * np.pi * 50 * t) + 0.3
    made = fit(whole(voice(2, level=0.2) + hum), "a").astype(float)
    spectrum = np.abs(np.fft.rfft(made)) ** 2
    hertz = np.fft.rfftfreq(len(made), 1 / 8000)
    inside = spectrum[(hertz > 350) & (hertz < 3350)].sum()
    assert spectrum[hertz < 200].sum() < inside / 1000
    assert spectrum[hertz > 3550].sum() < inside / 1000


def test_quiet_ends_are_cut_and_a_breath_is_kept() -> None:
    made = fit(whole(np.pad(voice(2), (16000, 24000))), "a")
    assert len(made) / 8000 == pytest.approx(2.12, abs=0.08)
    assert np.abs(made[:200]).max() < 100
    assert np.abs(made[-200:]).max() < 100


def test_a_pause_inside_is_left() -> None:
    made = fit(whole(np.concatenate([voice(1), np.zeros(8000), voice(1)])), "a")
    assert len(made) / 8000 == pytest.approx(3.12, abs=0.15)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_wav_of_any_rate_is_taken(rate: int, channels: int) -> None:
    made = recorded_prompt(wav(voice(2, rate), rate, channels), "a.wav")
    assert made.dtype == np.int16
    assert len(made) / 8000 == pytest.approx(2.1, abs=0.1)
    assert spoken_level(made) == pytest.approx(-18, abs=0.7)


def test_ogg_is_taken() -> None:
    made = recorded_prompt(ogg(voice(2, 48000), 48000), "a.ogg")
    assert len(made) / 8000 == pytest.approx(2.1, abs=0.1)


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (np.zeros(0), "nothing is heard in a"),
        (np.zeros(16000), "nothing is heard in a"),
        (np.full(16000, 0.5), "nothing is heard in a"),
        (0.001 * np.sin(np.arange(16000)), "nothing is heard in a"),
        (voice(0.1), "shorter than 0.2 s"),
        (voice(301), "longer than 300 s"),
        (voice(380), "longer than 300 s"),
    ],
)
def test_what_cannot_be_a_prompt_is_refused_with_the_reason(sound: np.ndarray, why: str) -> None:
    with pytest.raises(UnfitSound, match=why):
        fit(whole(sound), "a")


def test_five_minutes_between_silences_are_taken() -> None:
    assert len(fit(whole(np.pad(voice(299.5), 80000)), "a")) / 8000 == pytest.approx(299.6, abs=0.2)


@pytest.mark.parametrize("content", [b"", b"ID3\x04not music", b"RIFF....WAVEfmt ", b"OggS" + bytes(100)])
def test_a_file_that_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(MediaError, match=r"cannot play a\.mp3"):
        recorded_prompt(io.BytesIO(content), "a.mp3")


def test_a_file_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "MAX_BYTES", 1000)
    with pytest.raises(UnfitSound, match="larger than"):
        recorded_prompt(wav(voice(1), 8000), "a.wav")
