from __future__ import annotations

import numpy as np
import pytest

from yuelai.media.embedded.jitter import FRAME
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


def test_what_is_too_loud_is_clipped_not_wrapped() -> None:
    mixer = Mixer([Law.PCMU], [])
    loud = mixer.encode(np.array([[50_000.0] * 80 + [-50_000.0] * 80], np.float32))
    assert decode(loud[0].tobytes(), Law.PCMU)[[0, -1]].tolist() == [32124, -32124]


def test_a_house_without_legs_is_no_special_case() -> None:
    mixer = Mixer([], [])
    assert mixer.encode(mixer.mix(mixer.decode(b""))).shape == (0, FRAME)
