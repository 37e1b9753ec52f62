from __future__ import annotations

import numpy as np
import pytest

from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.sources import Injection, Music
from yuelai.media.ports import MediaError


def ramp(length: int) -> np.ndarray:
    return np.arange(length, dtype=np.int16)


def heard(source: Injection, frames: int) -> list[int]:
    return np.concatenate([source.frame() for _ in range(frames)]).tolist()


def test_music_goes_on_whether_anybody_listens_or_not() -> None:
    music = Music([ramp(30000)])
    assert music.frame(0.0)[0] == 0
    assert music.frame(1.0)[0] == 8000
    assert music.frame(3.75)[0] == 0


def test_two_workers_play_the_same_place_without_talking() -> None:
    pieces = [ramp(5000), -ramp(7000)]
    one, other = Music(pieces), Music(pieces)
    now = 1234.567
    for _ in range(200):
        one.frame(now)
        now += 0.02
    assert one.frame(now).tolist() == pytest.approx(other.frame(now).tolist(), abs=20)


def test_music_has_no_click_though_ticks_come_early_and_late() -> None:
    music, draw = Music([ramp(30000)]), np.random.default_rng(3)
    played = np.concatenate([music.frame(100 + n * 0.02 + draw.uniform(-0.01, 0.01)) for n in range(500)])
    steps = np.diff(played.astype(int))
    assert set(steps[steps != 1].tolist()) <= {-29999}


def test_files_follow_each_other_and_begin_again() -> None:
    music = Music([np.full(100, 1, np.int16), np.full(250, 2, np.int16)])
    played = np.concatenate([music.frame(n * 0.02) for n in range(10)]).tolist()
    assert played == (([1] * 100 + [2] * 250) * 5)[: 10 * FRAME]


def test_a_piece_shorter_than_a_frame_goes_round_within_it() -> None:
    music = Music([np.array([5, 6, 7], np.int16)])
    played = np.concatenate([music.frame(n * 0.02) for n in range(4)]).tolist()
    assert played == ([5, 6, 7] * 300)[: 4 * FRAME]


def test_music_is_as_loud_as_its_gain_and_never_wraps_around() -> None:
    assert set(Music([np.full(500, 1000, np.int16)], 0.25).frame(0).tolist()) == {250}
    assert set(Music([np.full(500, -20000, np.int16)], 3.0).frame(0).tolist()) == {-32768}


@pytest.mark.parametrize("pieces", [[], [np.zeros(0, np.int16)]])
def test_there_is_no_music_of_nothing(pieces: list[np.ndarray]) -> None:
    with pytest.raises(MediaError, match="no sound"):
        Music(pieces)


def test_what_is_put_in_is_heard_once_in_order_then_silence() -> None:
    source = Injection()
    assert source.add(ramp(100).tobytes()) == 100 / 8000
    assert source.add(ramp(100).tobytes()) == 200 / 8000
    assert heard(source, 3) == [*range(100), *range(100)] + [0] * 280
    assert source.waiting == 0
    source.add(ramp(FRAME).tobytes())
    assert heard(source, 1) == list(range(FRAME))


def test_a_minute_of_sound_may_wait_and_no_more() -> None:
    source = Injection()
    assert source.add(bytes(2 * 8000 * 59)) == 59
    with pytest.raises(MediaError, match="60 s"):
        source.add(bytes(2 * 8000 + 2))
    assert source.waiting == 59
    assert source.add(bytes(2 * 8000)) == 60


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(MediaError, match="whole samples"):
        Injection().add(b"\1\2\3")


def test_other_rates_are_refused() -> None:
    with pytest.raises(MediaError, match="44100"):
        Injection(44100)


def test_wideband_sound_is_narrowed_the_same_in_pieces_of_any_length() -> None:
    time = np.arange(16000) / 16000
    sound = (8000 * np.sin(2 * np.pi * 1000 * time) + 8000 * np.sin(2 * np.pi * 6000 * time)).astype(np.int16)
    whole, pieced = Injection(16000), Injection(16000)
    assert whole.add(sound.tobytes()) == 1.0
    start, draw = 0, np.random.default_rng(5)
    while start < len(sound):
        end = start + int(draw.integers(1, 700))
        pieced.add(sound[start:end].tobytes())
        start = end
    assert pieced.waiting == 1.0
    out = np.array(heard(whole, 50))
    assert heard(pieced, 50) == out.tolist()
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out)))) * 4 / len(out)
    assert spectrum[1000] == pytest.approx(8000, rel=0.02)
    assert spectrum[2000] < 20, "6 kHz would fold back to 2 kHz"


def test_a_minute_of_wideband_sound_is_taken_without_narrowing_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    source, narrowed = Injection(16000), list[int]()
    narrow = source._narrowed

    def counted(samples: np.ndarray) -> np.ndarray:
        narrowed.append(len(samples))
        return narrow(samples)

    monkeypatch.setattr(source, "_narrowed", counted)
    assert source.add(bytes(2 * 16000 * 59)) == 59
    assert narrowed == []
    heard(source, 2)
    assert sum(narrowed) <= 8 * FRAME
    for _ in range(59 * 50):
        source.frame()
    assert source.waiting == 0
    assert sum(narrowed) == 16000 * 59
