from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.wire.quality import mos

CODECS = st.sampled_from(["PCMU", "PCMA", "G722", "opus", "L16", "something"])
LOSS, TIME = st.floats(0, 1), st.floats(0, 5000)


@given(CODECS, LOSS, TIME, TIME | st.none())
def test_a_score_is_from_1_to_4_5(codec: str, loss: float, jitter: float, trip: float | None) -> None:
    assert 1.0 <= mos(codec, loss, jitter, trip) <= 4.5


@given(CODECS, LOSS, LOSS, TIME, TIME, TIME, TIME)
def test_nothing_that_gets_worse_makes_it_better(
    codec: str, loss: float, more: float, jitter: float, rougher: float, trip: float, longer: float
) -> None:
    score = mos(codec, loss, jitter, trip)
    assert mos(codec, min(loss + more, 1), jitter, trip) <= score + 1e-9
    assert mos(codec, loss, jitter + rougher, trip) <= score + 1e-9
    assert mos(codec, loss, jitter, trip + longer) <= score + 1e-9


@pytest.mark.parametrize(
    ("codec", "loss", "trip", "expected"),
    [
        # Worked by hand from Ie-eff, Idd (with 60 ms of our own) and Annex B.
        ("PCMA", 0, 0, 4.41),
        ("PCMU", 0.02, 0, 4.22),
        ("PCMU", 0.05, 0, 3.93),
        ("PCMU", 0.10, 0, 3.39),
        ("PCMU", 0, 700, 3.56),
    ],
)
def test_known_conditions_score_as_the_formulas_have_it(codec: str, loss: float, trip: float, expected: float) -> None:
    assert mos(codec, loss, 0, trip) == pytest.approx(expected, abs=0.08)


def test_a_line_is_poor_where_people_would_say_so() -> None:
    assert mos("PCMU", 0.15, 60, 300) < 3.1
    assert mos("PCMU", 0.005, 5, 60) > 4.2
    assert mos("opus", 0.10, 20, 100) > mos("G722", 0.10, 20, 100)
