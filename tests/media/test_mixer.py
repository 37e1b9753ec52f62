from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.mixer import Mixer
from yuelai.wire.g711 import Law, decode, encode


def voices(rows: int) -> np.ndarray:
    return np.random.default_rng(1).integers(-8000, 8000, (rows, FRAME)).astype(np.int16)


@pytest.mark.parametrize("laws", [[Law.PCMU] * 2, [Law.PCMA] * 2, [Law.PCMA, Law.PCMU]])
def test_codes_are_decoded_and_encoded_in_each_rows_own_law(laws: list[Law]) -> None:
    mixer, said = Mixer(laws, []), voices(2)
    codes = [encode(row, law) for row, law in zip(said, laws, strict=True)]
    pcm = mixer.decode(b"".join(codes))
    for row, law, code in zip(pcm, laws, codes, strict=True):
        assert row.tolist() == decode(code, law).tolist()
    assert [row.tobytes() for row in mixer.encode(pcm.astype(np.float32))] == codes


def test_two_bridged_legs_hear_each_other_unchanged() -> None:
    said = voices(2)
    heard = Mixer([Law.PCMU] * 2, [(0, 1, 1.0), (1, 0, 1.0)]).mix(said)
    assert np.array_equal(heard, said[::-1])


def test_each_of_three_hears_the_sum_of_the_others() -> None:
    said = voices(3)
    cells = [(s, listener, 1.0) for s in range(3) for listener in range(3) if s != listener]
    heard = Mixer([Law.PCMU] * 3, cells).mix(said)
    for row in range(3):
        assert np.array_equal(heard[row], said.astype(np.float32).sum(axis=0) - said[row])


def test_a_cell_is_as_loud_as_its_gain_and_an_empty_row_is_silent() -> None:
    said = voices(4)
    heard = Mixer([Law.PCMA] * 4, [(0, 2, 0.5), (1, 2, 0.25), (2, 0, 2.0)]).mix(said)
    assert np.allclose(heard[2], said[0] * 0.5 + said[1] * 0.25)
    assert np.array_equal(heard[0], said[2] * 2.0)
    assert not heard[1].any()
    assert not heard[3].any()


def tones(hz: list[float], loudness: list[float], ticks: int) -> np.ndarray:
    """int16 (ticks, len(hz), FRAME): each leg sends its own."""
    time = np.arange(ticks * FRAME) / RATE
    said = np.array(loudness)[:, None] * np.sin(2 * np.pi * np.array(hz)[:, None] * time)
    return said.astype(np.int16).reshape(len(hz), ticks, FRAME).transpose(1, 0, 2)


def test_what_is_not_loud_is_passed_on_to_the_last_bit() -> None:
    mixer = Mixer([Law.PCMU] * 2, [(0, 1, 1.0), (1, 0, 1.0)])
    for said in tones([440, 600], [23_000, 5_000], 20):
        assert np.array_equal(mixer.limit(mixer.mix(said)), said[::-1])


def test_three_loud_voices_are_turned_down_not_clipped() -> None:
    # Whole periods in a second, so that all that is not one of the three tones is distortion.
    hz = [400.0, 625.0, 1010.0]
    mixer = Mixer([Law.PCMU] * 4, [(speaker, 3, 1.0) for speaker in range(3)])
    heard = np.concatenate([mixer.limit(mixer.mix(said))[3] for said in tones([*hz, 1.0], [28_000] * 3 + [0], 150)])
    assert np.abs(heard.astype(int)).max() < 32767
    power = np.abs(np.fft.rfft(heard[-RATE:].astype(float))) ** 2
    wanted = sum(power[int(tone)] for tone in hz)
    distortion = (power[1:].sum() - wanted) / wanted
    assert 10 * np.log10(distortion) < -45
    clipped = np.clip(sum(tones(hz, [28_000] * 3, 50).astype(float).transpose(1, 0, 2)), -32768, 32767).reshape(-1)
    power = np.abs(np.fft.rfft(clipped)) ** 2
    assert 10 * np.log10((power[1:].sum() - (kept := sum(power[int(tone)] for tone in hz))) / kept) > -20


def test_after_loudness_the_sound_comes_back_without_a_jump() -> None:
    mixer = Mixer([Law.PCMU] * 3, [(0, 2, 1.0), (1, 2, 1.0)])
    both = tones([440, 700], [30_000, 30_000], 50)
    alone = tones([440, 700], [9_000, 0], 250)
    frames = [mixer.limit(mixer.mix(np.vstack([said, said[:1] * 0])))[2] for said in [*both, *alone]]
    loudness = [float(np.abs(frame.astype(int)).max()) for frame in frames[50:]]
    assert max(np.diff(loudness)) < 0.03 * 9_000
    assert np.array_equal(frames[-1], alone[-1][0])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 200_000), min_size=1, max_size=12))
def test_nothing_ever_wraps(peaks: list[float]) -> None:
    mixer, wave = Mixer([Law.PCMU], []), np.sin(np.arange(FRAME))[None].astype(np.float32)
    for peak in peaks:
        loud = wave * np.float32(peak)
        limited = mixer.limit(loud)
        assert (limited.astype(int) * loud >= 0).all()
        assert np.abs(limited.astype(int)).max() <= max(peak, 1)


def test_a_house_without_legs_is_no_special_case() -> None:
    mixer = Mixer([], [])
    assert mixer.encode(mixer.mix(mixer.decode(b""))).shape == (0, FRAME)
