"""Whatever happens in whatever order, and crosses: no stuck agent, no ghost, no lost caller, true records.

500 runs in short form; `YUELAI_STORMS` asks for others: how many, and how long each."""

from __future__ import annotations

import os

import pytest

from tests.channels.storm import Storm

TOGETHER = 20
RUNS, STEPS = (int(part) for part in os.environ.get("YUELAI_STORMS", "500x80").split("x"))


@pytest.mark.parametrize("first", range(0, RUNS, TOGETHER))
async def test_after_any_storm_nothing_is_left_and_the_records_are_true(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        storm = Storm(seed)
        try:
            await weather(storm)
        except BaseException as error:
            error.add_note(f"storm {seed}")
            raise


async def weather(storm: Storm) -> None:
    await storm.begin()
    for index in range(len(storm.agents)):
        await storm.ready(index)
    for _ in range(STEPS):
        await storm.step()
    await storm.calm()
    assert storm.left_over() == []
    assert storm.ghosts() == []
    storm.check()
    storm.check_record()
    assert storm.nothing_left()
