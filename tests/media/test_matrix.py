"""The gain matrix: who can be relayed, and that nothing is left of those who leave."""

from __future__ import annotations

from yuelai.media.embedded.matrix import Matrix
from yuelai.platform.ids import LegId, new_id

A, B, C = (LegId(new_id()) for _ in range(3))


def bridged(*pairs: tuple[LegId, LegId], gain: float = 1.0) -> Matrix:
    matrix = Matrix()
    for one, other in pairs:
        matrix.set(one, other, gain)
        matrix.set(other, one, gain)
    return matrix


def test_two_that_hear_only_each_other_are_partners() -> None:
    matrix = bridged((A, B))
    assert [matrix.partner(leg) for leg in (A, B, C)] == [B, A, None]


def test_a_third_or_another_gain_or_one_way_only_needs_mixing() -> None:
    three = bridged((A, B))
    three.set(A, C, 0.5)
    soft = bridged((A, B), gain=0.5)
    one_way = Matrix()
    one_way.set(A, B, 1.0)
    listened_to = bridged((A, B))
    listened_to.set(C, A, 1.0)
    itself = Matrix()
    itself.set(A, A, 1.0)
    for matrix in (three, soft, one_way, listened_to, itself):
        assert [matrix.partner(leg) for leg in (A, B, C)] == [None] * 3


def test_a_leg_that_leaves_takes_all_its_cells_along() -> None:
    matrix = bridged((A, B), (B, C), (A, C))
    matrix.forget(B)
    matrix.forget(B)
    assert sorted(matrix.cells()) == sorted([(A, C, 1.0), (C, A, 1.0)])
    assert matrix.partner(A) == C
    matrix.set(A, C, 0.0)
    matrix.set(A, C, 0.0)
    assert list(matrix.cells()) == [(C, A, 1.0)]
    assert list(matrix.speakers(C)) == []
