"""Fixtures for everybody: a real PostgreSQL, and a fresh migrated database for each test that wants one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from yuelai.platform.db import Database
from yuelai.platform.ids import new_id
from yuelai.platform.migrations.runner import migrate
from yuelai.platform.postgres import Postgres

ENOUGH = 4 * 1024**3
"""Bytes of memory for the servers of the test processes: some 300 MB each, and room for the tests themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the database is a `services` test, and so left out of the fast ones."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.services)


def _memory() -> Path | None:
    """Where a database of nobody's is copied five times as fast as on a disk, if this machine has it to spare."""
    shared = Path("/dev/shm")
    try:
        return shared if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ENOUGH else None
    except OSError:
        return None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The embedded server in a home of its own, migrated to head; one for each test process."""
    with tempfile.TemporaryDirectory(prefix="yl", dir=_memory()) as folder:
        server = Postgres(Path(folder), durable=False)
        server.initialise()
        with server.log_file.open("wb") as output:
            process = subprocess.Popen(server.command(), stdout=output, stderr=output)
        try:
            asyncio.run(server.wait_ready())
            migrate(server.dsn())
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


@pytest.fixture
async def postgres_dsn(postgres: Postgres) -> AsyncIterator[str]:
    """DSN, as the application's role, of an empty migrated database that only this test uses."""
    name = f"t{new_id().hex}"
    admin = await asyncpg.connect(postgres.superuser_dsn())
    try:
        await admin.execute(f"CREATE DATABASE {name} OWNER yuelai TEMPLATE yuelai STRATEGY file_copy")
        yield postgres.dsn(name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    """An open `Database` on the test's own database."""
    opened = await Database.open(postgres_dsn)
    yield opened
    await opened.close()
