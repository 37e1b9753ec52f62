from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.centre import Centre, running_centre
from tests.support.chromium import chromium
from tests.support.coturn import Coturn, coturn

HUM = 660.0
"""What the agent's microphone picks up (Hz)."""


@pytest.fixture(scope="session")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


@pytest.fixture(scope="session")
def centre(turn: Coturn) -> Iterator[Centre]:
    """It has a relay, which pages do not need unless they are told to take nothing else."""
    with running_centre(extra={"YUELAI_TURN_URLS": turn.urls, "YUELAI_TURN_SECRET": turn.secret}) as running:
        yield running


@pytest.fixture(autouse=True)
def _quiet_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """The centre is shared by all tests here: each leaves it without callers, calls and working agents."""
    shared: Centre | None = request.getfixturevalue("centre") if "centre" in request.fixturenames else None
    yield
    if shared is not None:
        shared.quieten()


# Playwright's loop runs in this thread as long as a browser is open, so it is closed before other tests need a loop.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(HUM, Path(tmp_path_factory.mktemp("hum"))) as started:
        yield started
