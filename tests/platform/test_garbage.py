"""Garbage in circles does not stay, though Python is told not to look for it by itself."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from yuelai.platform import garbage


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
async def test_rings_are_collected_by_the_clock_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "SECONDS", 0.02)
    monkeypatch.setattr(garbage, "SHARE", 0)
    garbage.settle(asyncio.get_running_loop())
    for _ in range(2):
        gone = weakref.ref(Ring())
        async with asyncio.timeout(5):
            while gone() is not None:
                await asyncio.sleep(0.01)
    assert gc.get_threshold() == (garbage.YOUNG, garbage.MIDDLE, garbage.NEVER)
