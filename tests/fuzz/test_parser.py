"""The parsers under fire, in short; `make fuzz-sip` is the long form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import seeds
from tests.fuzz.campaign import parsers
from tests.fuzz.oracle import examine, examine_sdp, examine_stream
from tests.fuzz.strategies import descriptions, messages


@pytest.mark.parametrize("number", range(len(seeds.MESSAGES)))
def test_seeds_hold_what_must_hold_of_every_input(number: int) -> None:
    examine(seeds.MESSAGES[number])
    examine_stream(seeds.MESSAGES[number] * 2, [1, 50, 51, 300])


def test_our_own_seeds_are_sound() -> None:
    for method in seeds.METHODS:
        for body in seeds.BODIES:
            assert examine(seeds.request(method, body, to_tag="x")) == "read"
    assert [examine_sdp(text) for text in seeds.DESCRIPTIONS] == ["read", "read"]


@settings(max_examples=400, deadline=None)
@given(messages())
def test_messages_that_are_nearly_right(data: bytes) -> None:
    examine(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(messages(), max_size=3).map(b"\r\n\r\n".join), st.lists(st.integers(0, 5000), max_size=8))
def test_a_stream_reads_the_same_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    examine_stream(data, cuts)


@settings(max_examples=400, deadline=None)
@given(descriptions())
def test_descriptions_that_are_nearly_right(text: str) -> None:
    examine_sdp(text)


def test_a_few_thousand_damaged_messages() -> None:
    outcome = parsers(6_000, number=2)
    assert outcome.counts["read"] > 500
    assert outcome.counts["fault"] > 500
    assert outcome.slowest < 0.25
