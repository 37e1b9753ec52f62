"""The tone detector: exact about tones, deaf to speech and music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.tones import ToneDetector
from yuelai.media.embedded.files import read
from yuelai.wire import g711

PROMPTS = Path(__file__).resolve().parents[2] / "src" / "yuelai" / "prompts"


def hear(*parts: np.ndarray) -> ToneDetector:
    detector = ToneDetector()
    for part in parts:
        for start in range(0, len(part), 160):
            detector.feed(part[start : start + 160])
    return detector


@settings(max_examples=40, deadline=None)
@given(st.floats(310, 3390), st.floats(-40, -3), st.sampled_from(list(g711.Law)))
def test_a_tone_through_g711_is_heard_within_two_hertz_and_a_tenth_of_a_second(
    hz: float, decibels: float, law: g711.Law
) -> None:
    sent = sources.tone(hz, level=10 ** (decibels / 20))(16_000)
    detector = hear(g711.decode(g711.encode(sent, law), law))
    assert [round(t.hz) for t in detector.tones] == [pytest.approx(hz, abs=2)]
    assert detector.tones[0].seconds == pytest.approx(2.0, abs=0.11)


def test_two_tones_one_after_the_other_are_told_apart_with_their_times() -> None:
    detector = hear(sources.tone(440)(8_000), np.zeros(4_000, np.int16), sources.tone(620)(16_000))
    assert detector.heard(440) == pytest.approx(1.0, abs=0.11)
    assert detector.heard(620) == pytest.approx(2.0, abs=0.21)
    first = {round(t.hz): t.first_at for t in detector.tones}
    assert first[440] == pytest.approx(0.0, abs=0.11)
    assert first[620] == pytest.approx(1.5, abs=0.21)


def test_two_tones_at_once_and_noise_are_no_tone() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 16_000).astype(np.int16)
    both = (sources.tone(770)(16_000) // 2 + sources.tone(1336)(16_000) // 2).astype(np.int16)
    assert hear(noise, both, np.zeros(16_000, np.int16)).tones == []


@pytest.mark.parametrize(
    "name",
    ["zh-CN/greeting", "zh-CN/main_menu", "en/greeting", "en/main_menu", "common/hold_music", "common/queue_music"],
)
def test_speech_and_music_are_not_taken_for_a_second_of_tone(name: str) -> None:
    sound = read(PROMPTS / f"{name}.opus")
    assert max((t.seconds for t in hear(sound).tones), default=0.0) < 1.0


def test_a_source_of_files_speaks_them_once_and_then_keeps_silent() -> None:
    path = PROMPTS / "common" / "beep.opus"
    take = sources.files([path, path], pause=0.1)
    sound = np.concatenate([take(160) for _ in range(100)])
    assert np.abs(sound[:2400]).max() > 1000
    assert np.abs(sound[2400:3200]).max() == 0
    assert np.abs(sound[3200:5600]).max() > 1000
    assert np.abs(sound[6400:]).max() == 0
