"""One browser for all tests of a module, and the engine in the loop they share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.media.browser.page import Caller, launched
from tests.media.conftest import Rig
from yuelai.media.ports import MediaEngine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def engine(rig: Rig) -> AsyncIterator[MediaEngine]:
    """A connection of its own: what the test leaves behind is closed with it."""
    engine = await rig.connect()
    yield engine
    await engine.disconnect()


@pytest_asyncio.fixture(loop_scope="module")
async def caller(chromium: Browser) -> AsyncIterator[Caller]:
    caller = await Caller.open(chromium)
    yield caller
    await caller.page.close()
