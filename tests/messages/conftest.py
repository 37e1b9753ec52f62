from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.smsc import Smsc, running_smsc
from tests.support.web import home, site
from yuelai.messages.sealing import Sealing
from yuelai.platform.config import Settings

__all__ = ["home", "site"]


@pytest.fixture
def sealing(tmp_path: Path) -> Sealing:
    return Sealing(Settings(home=tmp_path))


@pytest.fixture
async def smsc() -> AsyncIterator[Smsc]:
    async with running_smsc() as running:
        yield running
