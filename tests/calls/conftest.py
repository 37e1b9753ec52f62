from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.centre import Centre, running_centre
from tests.support.certificates import Authority
from tests.support.switched import Switched, switched


@pytest.fixture(scope="session")
def centre() -> Iterator[Centre]:
    """One centre with sample data for all tests that only call it."""
    assert shutil.which("sipp"), "sipp is missing: `make test` installs it"
    with running_centre() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_switch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Switched]:
    assert shutil.which("sipp"), "sipp is missing: `make test` installs it"
    users = [word for user in ("8001", "8002", "8003") for word in ("--user", f"{user}:secret")]
    pair = Authority(tmp_path_factory.mktemp("ca")).issue("localhost", addresses=("127.0.0.1",))
    async with switched(*users, tls=pair) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def switch(module_switch: Switched) -> AsyncIterator[Switched]:
    """A switch that all tests of a module share; nothing may be left of the calls of each of them."""
    yield module_switch
    await module_switch.quiet()
