"""Taps: pieces of 20 ms with their time, at either rate."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.rtp_phone import tone
from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.taps import Tap
from yuelai.media.ports import MediaError, Side, TapFrame
from yuelai.platform.ids import new_id


def tapped(samples: np.ndarray, rate: int) -> list[TapFrame]:
    frames: list[TapFrame] = []
    tap = Tap(new_id(), frames.append, Side.SAID, rate)
    for start in range(0, len(samples), FRAME):
        tap.hand_on(samples[start : start + FRAME])
    return frames


def test_at_8_khz_a_tap_gives_what_was_said() -> None:
    said = tone(700, 0.2)
    frames = tapped(said, 8000)
    assert [frame.at_ms for frame in frames] == list(range(0, 200, 20))
    assert b"".join(frame.pcm for frame in frames) == said.tobytes()


@pytest.mark.parametrize("frequency", [300, 1000, 3300])
def test_at_16_khz_it_is_the_same_tone_at_the_same_level_and_no_other(frequency: int) -> None:
    frames = tapped(tone(frequency, 1.1), 16_000)
    assert {len(frame.pcm) for frame in frames} == {4 * FRAME}
    wide = np.frombuffer(b"".join(frame.pcm for frame in frames), "<i2")[1600:17_600].astype(float)
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(wide * np.hanning(len(wide)))) / (len(wide) / 4) / 32768 + 1e-9)
    assert spectrum[frequency] == pytest.approx(-10, abs=0.3)
    assert spectrum[8000 - frequency] < -50


def test_a_pause_is_a_gap_in_time() -> None:
    frames: list[TapFrame] = []
    tap = Tap(new_id(), frames.append, Side.SAID, 8000)
    silence = np.zeros(FRAME, np.int16)
    tap.hand_on(silence)
    tap.skip()
    tap.skip(2)
    tap.hand_on(silence)
    assert [frame.at_ms for frame in frames] == [0, 80]


def test_another_rate_is_refused() -> None:
    with pytest.raises(MediaError):
        Tap(new_id(), lambda _: None, Side.SAID, 11_025)
