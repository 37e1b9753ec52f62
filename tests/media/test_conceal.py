from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded import conceal
from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.conceal import HISTORY, JOIN, LONGEST, SHORTEST, SILENT_FROM
from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.stretch import LOOKED_AT, shift


def tone(hz: float, samples: int, start: int = 0) -> np.ndarray:
    return 8000 * np.sin(2 * np.pi * hz * (start + np.arange(samples)) / RATE)


def vowel(hz: float, samples: int) -> np.ndarray:
    time = np.arange(samples) / RATE
    return 3000 * sum(np.sin(2 * np.pi * hz * n * time + n * n) / n for n in range(1, 12))


def past_of(sound: np.ndarray) -> conceal.Sound:
    return sound[None, -HISTORY:].astype(np.float32)


@pytest.mark.parametrize("hz", [80, 100, 123, 160, 190])
def test_the_pitch_of_a_voice_is_found(hz: float) -> None:
    period = int(conceal.pitch(past_of(vowel(hz, HISTORY)))[0])
    multiple = round(period / (RATE / hz))
    assert multiple >= 1
    assert abs(period - multiple * RATE / hz) <= 1


def test_many_rows_are_bridged_as_each_alone() -> None:
    past = np.concatenate([past_of(vowel(hz, HISTORY)) for hz in (90, 120, 180)])
    since = np.array([0, FRAME, 2 * FRAME])
    period = conceal.pitch(past)
    together = conceal.repeat(past, period, since)
    for row in range(3):
        one = slice(row, row + 1)
        assert np.allclose(conceal.repeat(past[one], period[one], since[one]), together[one], atol=0.01)


@pytest.mark.parametrize("hz", [100, 200, 400])
def test_a_periodic_sound_goes_on_for_a_frame_and_is_gone_after_three(hz: float) -> None:
    sound = tone(hz, HISTORY + 4 * FRAME)
    past = past_of(sound[:HISTORY])
    period = conceal.pitch(past)
    first, second, third, fourth = (conceal.repeat(past, period, np.array([n * FRAME]))[0] for n in range(4))
    assert np.allclose(first, sound[HISTORY : HISTORY + FRAME], atol=80)
    assert 0.4 < np.abs(second).max() / 8000 <= 1.0
    assert 0.05 < np.abs(third).max() / 8000 < 0.6
    assert not fourth.any()
    made = np.concatenate([sound[HISTORY - 1 : HISTORY], first, second, third])
    assert np.abs(np.diff(made)).max() < 1.2 * np.abs(np.diff(sound)).max()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 32767), st.integers(0, 5))
def test_any_past_is_bridged_within_its_own_loudness(seed: int, loudness: int, frames: int) -> None:
    past = np.random.default_rng(seed).uniform(-loudness, loudness, (2, HISTORY)).astype(np.float32)
    period = conceal.pitch(past)
    assert ((period >= SHORTEST) & (period <= LONGEST)).all()
    made = conceal.repeat(past, period, np.full(2, frames * FRAME))
    # At the join it may bend from one extreme to the other.
    assert np.abs(made).max() <= 3 * max(loudness, 1)
    assert frames * FRAME < SILENT_FROM or not made.any()


def test_what_comes_after_a_gap_is_joined_softly() -> None:
    came, made = np.full((1, FRAME), 1000, np.int16), np.zeros((1, FRAME), np.float32)
    missing = np.arange(FRAME)[None] < 50
    sound, since = conceal.blend(came, made, missing, np.array([JOIN]))
    assert not sound[0, :50].any()
    assert np.abs(np.diff(sound[0].astype(int))).max() <= 1000 / JOIN + 1
    assert (sound[0, 50 + JOIN :] == 1000).all()
    assert since[0] == JOIN
    sound, since = conceal.blend(came, made, ~missing, np.array([JOIN]))
    assert (sound[0, :50] == 1000).all()
    assert since[0] == 0


@pytest.mark.parametrize("level", [30, 50, 70])
def test_comfort_noise_is_as_loud_as_it_says(level: int) -> None:
    noise = conceal.noise(np.full(200, level))
    assert 20 * np.log10(noise.std() / 32768) == pytest.approx(-level, abs=0.5)


@pytest.mark.parametrize("hz", [203, 300, 440, 620, 1000])
@pytest.mark.parametrize("loss", [0.02, 0.05])
def test_single_losses_in_a_tone_leave_little_trace(hz: float, loss: float) -> None:
    bank, chance, ticks = Bank(), np.random.default_rng(3), 500
    bank.open(0)
    spoken, heard, before = tone(hz, ticks * FRAME).astype(np.int16), [], False
    for tick in range(ticks):
        lost = tick > 5 and not before and chance.random() < loss
        if not lost:
            bank.write(0, tick * FRAME, spoken[tick * FRAME : (tick + 1) * FRAME])
        before = lost
        heard.append(bank.read(np.array([0]))[0][0])
    error = np.concatenate(heard)[FRAME:].astype(float) - spoken[:-FRAME]
    assert bank.concealed[0] > 0
    assert 10 * np.log10(np.square(spoken.astype(float)).mean() / np.square(error).mean()) > 28


@pytest.mark.parametrize("longer", [False, True])
@pytest.mark.parametrize("hz", [110, 150, 203])
def test_a_voice_is_shortened_and_lengthened_by_a_period_without_a_click(hz: float, longer: bool) -> None:
    sound = vowel(hz, LOOKED_AT).astype(np.int16)
    shifted = shift(sound, longer=longer, likeness=0.9)
    assert shifted is not None
    frame, used = shifted
    assert len(frame) == FRAME
    assert SHORTEST <= abs(used - FRAME) <= LONGEST
    assert (used < FRAME) == longer
    joined = np.concatenate([sound[FRAME - 20 : FRAME], frame, sound[FRAME + used : FRAME + used + 20]]).astype(int)
    assert np.abs(np.diff(joined)).max() <= 1.1 * np.abs(np.diff(sound.astype(int))).max()


def test_what_has_no_pitch_is_left_alone_unless_it_is_quiet() -> None:
    noise = np.random.default_rng(1).standard_normal(LOOKED_AT)
    assert shift((noise * 5000).astype(np.int16), longer=False, likeness=0.85) is None
    assert shift((noise * 50).astype(np.int16), longer=False, likeness=0.85) is not None
    assert shift((noise * 5000).astype(np.int16), longer=False, likeness=-1) is not None
