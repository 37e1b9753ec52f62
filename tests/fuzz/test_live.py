"""Listeners under fire, in short."""

from __future__ import annotations

import pytest

from tests.fuzz.live import EMPTY_SECONDS, fuzz


@pytest.mark.calls
@pytest.mark.timeout(2 * EMPTY_SECONDS + 60)  # it is waited for emptiness twice
def test_a_running_stack_goes_on_answering_and_keeps_nothing() -> None:
    outcome = fuzz(800, 300, 800)
    assert sum(outcome.thrown.values()) == 1_900
