"""The contract of who hears whom, once more with the legs of each call at different workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.media.crew import Crew
from tests.media.test_contract_matrix import *  # noqa: F403 - its tests are run again, with the engine below
from yuelai.media.ports import MediaEngine


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    crew = Crew(2)
    yield crew
    crew.clear()


@pytest.fixture
async def engine(crew: Crew) -> AsyncIterator[MediaEngine]:
    """Each new leg goes to the worker with the most room, which is never that of the one before."""
    engine = await crew.connect()
    yield engine
    await engine.disconnect()
