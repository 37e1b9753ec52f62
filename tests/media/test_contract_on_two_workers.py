"""The contract of who hears whom, once more over two workers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.media.crew import Crew
from tests.media.test_contract_matrix import *  # noqa: F403 - its tests are run again, with the engine below
from yuelai.media.ports import MediaEngine


@pytest.fixture
async def engine(crew: Crew) -> AsyncIterator[MediaEngine]:
    """Each new leg goes to the worker with the most room, as a rule not that of the one before."""
    engine = await crew.connect()
    yield engine
    await engine.disconnect()
