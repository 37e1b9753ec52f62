"""Whatever happens in whatever order, and crosses: no stuck agent, no ghost, no lost caller, true figures."""

from __future__ import annotations

import pytest

from tests.channels.storm import Storm


@pytest.mark.parametrize("seed", range(60))
async def test_after_any_storm_nothing_is_left_and_the_figures_are_true(seed: int) -> None:
    storm = Storm(seed)
    await storm.begin()
    for index in range(3):
        await storm.ready(index)
    for _ in range(150):
        await storm.step()
    await storm.calm()
    storm.check()
    storm.check_record()
    assert storm.nothing_left()
    assert {storm.state(index) for index in range(3)} <= {"ready", "busy", "offline"}
