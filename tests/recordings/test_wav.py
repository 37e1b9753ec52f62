from __future__ import annotations

import io
import wave
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.recordings import wav
from yuelai.recordings.errors import RangeNotSatisfiable
from yuelai.wire.g711 import Law, Samples, decode

SAID, HEARD = bytes(range(256)) * 63, bytes(range(255, -1, -1)) * 63
SAMPLES = len(SAID)
BOTH = np.stack([decode(SAID, Law.PCMA), decode(HEARD, Law.PCMA)], axis=1)


def blocks() -> Iterator[Samples]:
    yield from (BOTH[:5000], BOTH[5000:5000], BOTH[5000:])


def whole() -> bytes:
    return b"".join(wav.read(blocks(), SAMPLES, 0, wav.size(SAMPLES)))


def test_it_is_a_stereo_wav_file_that_others_can_read() -> None:
    data = whole()
    assert len(data) == wav.size(SAMPLES)
    with wave.open(io.BytesIO(data)) as file:
        assert file.getparams()[:4] == (2, 2, 8000, SAMPLES)
        sound = np.frombuffer(file.readframes(SAMPLES), "<i2").reshape(-1, 2)
    assert np.array_equal(sound[:, 0], decode(SAID, Law.PCMA))
    assert np.array_equal(sound[:, 1], decode(HEARD, Law.PCMA))


@given(data=st.data())
def test_any_range_is_that_part_of_the_whole(data: st.DataObject) -> None:
    length = wav.size(SAMPLES)
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    assert b"".join(wav.read(blocks(), SAMPLES, start, end)) == whole()[start:end]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("bytes=0-99", (0, 100)),
        ("bytes=900-", (900, 1000)),
        ("bytes=900-5000", (900, 1000)),
        ("bytes=-100", (900, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("lines=1-2", None),
        ("bytes=one-two", None),
    ],
)
def test_a_range_header_reads_as_the_standard_says(value: str | None, expected: tuple[int, int] | None) -> None:
    assert wav.parse_range(value, 1000) == expected


@pytest.mark.parametrize("value", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_a_range_outside_is_refused(value: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        wav.parse_range(value, 1000)
