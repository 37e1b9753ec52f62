from __future__ import annotations

import asyncio
import random
import time
from itertools import pairwise
from typing import ClassVar

import pytest

from yuelai.media.embedded.pacing import MAX_CATCH_UP, PERIOD, Due, Metronome, keep_time


def test_an_hour_of_uneven_wake_ups_gives_exactly_an_hour_of_ticks() -> None:
    chance, now, ticks = random.Random(3), 1000.0, 0
    metronome = Metronome(now)
    while now < 1000.0 + 3600:
        due = metronome.due(now)
        ticks += due.run + due.skip
        now = max(now, metronome.deadline) + chance.random() * 0.015
    assert abs(ticks - 3600 / PERIOD) <= 1


def test_waking_before_the_deadline_runs_nothing() -> None:
    metronome = Metronome(0.0)
    assert metronome.due(0.0) == Due(1, 0)
    assert metronome.due(PERIOD * 0.9) == Due(0, 0)
    assert metronome.due(PERIOD) == Due(1, 0)


def test_a_long_stall_is_made_up_only_in_part() -> None:
    metronome = Metronome(0.0)
    metronome.due(0.0)
    assert metronome.due(3.0) == Due(MAX_CATCH_UP, 150 - MAX_CATCH_UP)
    assert metronome.deadline == 151 * PERIOD


async def test_ticks_made_up_for_at_once_are_told_how_many_follow() -> None:
    class Stalling:
        told: ClassVar[list[int]] = []
        idle = False

        def listen(self) -> None: ...
        def skip(self, ticks: int) -> None: ...
        def tick(self, behind: int) -> None:
            self.told.append(behind)
            if len(self.told) == 1:
                time.sleep(3.5 * PERIOD)

    async def sleep(seconds: float) -> None:
        if len(Stalling.told) > 1:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_time(Stalling(), lambda _: None, sleep)
    told = Stalling.told
    assert max(told) >= 2
    assert all(later == earlier - 1 for earlier, later in pairwise(told) if earlier)
    assert told[-1] == 0
