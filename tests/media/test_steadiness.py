import numpy as np
import pytest

from tests.media.rtp_phone import tone
from tests.media.steadiness import longest_gap


@pytest.mark.parametrize("gap", [20, 60, 120])
def test_a_gap_in_a_tone_is_measured(gap: int) -> None:
    sound = tone(700, 2.0)
    sound[5000 : 5000 + gap * 8] = 0
    assert longest_gap(sound, 700) == pytest.approx(gap, abs=7)


def test_a_steady_tone_has_no_gap_and_another_tone_fills_none() -> None:
    assert longest_gap(tone(1500, 1.0), 1500) < 1
    mixed = np.concatenate([tone(1500, 0.5), tone(700, 0.1), tone(1500, 0.5)])
    assert longest_gap(mixed, 1500) == pytest.approx(100, abs=7)
    with pytest.raises(AssertionError):
        longest_gap(tone(700, 1.0), 1500)
