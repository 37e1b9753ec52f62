from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.centre import Centre, running_centre
from tests.support.chromium import chromium

HUM = 660.0
"""What the agent's microphone picks up (Hz)."""


@pytest.fixture(scope="session")
def centre() -> Iterator[Centre]:
    with running_centre() as running:
        yield running


# Playwright's loop runs in this thread as long as a browser is open, so it is closed before other tests need a loop.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(HUM, Path(tmp_path_factory.mktemp("hum"))) as started:
        yield started
