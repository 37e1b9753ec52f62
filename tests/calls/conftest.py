from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.support.centre import Centre, running_centre


@pytest.fixture(scope="session")
def centre() -> Iterator[Centre]:
    """One centre with sample data for all tests that only call it."""
    assert shutil.which("sipp"), "sipp is missing: `make test` installs it"
    with running_centre() as running:
        yield running
