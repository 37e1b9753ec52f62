"""The master key is turned over: everything is sealed anew, and only then the old version goes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import new_id
from yuelai.platform.journal import Journal
from yuelai.platform.key_file import KeyFile
from yuelai.platform.rewrap import CannotRetire, SealedColumn, retire, rewrap, standing
from yuelai.platform.secrets import CannotOpen, Secrets

from .happenings import happened

TOYS = SealedColumn("toys", "toys", "secret", ("a", "b"), "toy", lambda row: f"{row['a']}/{row['b']}".encode())
KINDS = [TOYS]
COUNT = 50


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
async def secrets(settings: Settings, database: Database) -> Secrets:
    """Keys, and fifty things that are sealed under their first version."""
    keys = Secrets.load(settings)
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE toys (a int, b text, secret bytea NOT NULL, PRIMARY KEY (a, b))")
        await conn.executemany(
            "INSERT INTO toys VALUES ($1, 'x', $2)",
            [(n, keys.seal("toy", f"{n}/x".encode(), b"toy %d" % n)) for n in range(COUNT)],
        )
        await conn.execute("INSERT INTO toys VALUES (999, 'erased', '')")
    return keys


def turned_over(settings: Settings) -> KeyFile:
    file = KeyFile.of(settings)
    file.add()
    return file


def long_ago(settings: Settings) -> None:
    """Let the last change of the key lie back."""
    os.utime(KeyFile.of(settings).path, (time.time() - 100, time.time() - 100))


async def counted(database: Database) -> dict[int, int]:
    async with database.transaction(None) as conn:
        return dict((await standing(conn, KINDS))["toys"])


async def opened(database: Database, secrets: Secrets) -> int:
    async with database.transaction(None) as conn:
        rows = await conn.fetch("SELECT a, secret FROM toys WHERE secret <> ''")
    for row in rows:
        assert secrets.open("toy", f"{row['a']}/x".encode(), row["secret"]) == b"toy %d" % row["a"]
    return len(rows)


async def test_everything_is_sealed_anew_in_batches_and_once_only(
    database: Database, settings: Settings, secrets: Secrets
) -> None:
    assert await rewrap(database, secrets, KINDS, batch=7) == 0
    turned_over(settings)
    assert await counted(database) == {1: COUNT}
    assert await rewrap(database, secrets, KINDS, batch=7) == COUNT
    assert await counted(database) == {2: COUNT}
    assert await rewrap(database, secrets, KINDS, batch=7) == 0
    assert await opened(database, secrets) == COUNT


async def test_an_old_version_goes_when_nothing_needs_it_any_more_and_not_before(
    database: Database, settings: Settings, secrets: Secrets
) -> None:
    with pytest.raises(CannotRetire, match="is the one that seals"):
        await retire(database, settings, KINDS, 1)
    file = turned_over(settings)
    with pytest.raises(CannotRetire, match="a moment ago"):
        await retire(database, settings, KINDS, 1)
    long_ago(settings)
    with pytest.raises(CannotRetire, match="version 1 still seals 50 toys"):
        await retire(database, settings, KINDS, 1)
    with pytest.raises(CannotRetire, match="no version 7"):
        await retire(database, settings, KINDS, 7)
    await rewrap(database, secrets, KINDS)
    await retire(database, settings, KINDS, 1)
    assert list(file.keys()) == [2]
    assert await opened(database, secrets) == COUNT


async def test_facts_that_are_not_in_the_database_yet_keep_the_old_version(
    database: Database, settings: Settings
) -> None:
    KeyFile.of(settings, create=True)
    turned_over(settings)
    journal = await Journal.open(settings.folder / "journal", owner="core")
    await journal.append(happened(1))
    old = KeyFile.of(settings).path
    os.utime(old, (time.time() - 59, time.time() - 59))  # it may have been sealed under the version before
    await asyncio.sleep(1.1)
    with pytest.raises(CannotRetire, match="1 facts from before wait"):
        await retire(database, settings, [], 1)
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO journal_positions (owner, seq) VALUES ($1, 1)", journal.key)
    await retire(database, settings, [], 1)
    await journal.close()


async def test_killed_in_the_middle_it_goes_on_with_what_is_left(
    database: Database, settings: Settings, secrets: Secrets
) -> None:
    turned_over(settings)
    program = (
        "import asyncio, sys\n"
        "from yuelai.platform.config import Settings\n"
        "from yuelai.platform.db import Database\n"
        "from yuelai.platform.rewrap import rewrap\n"
        "from yuelai.platform.secrets import Secrets\n"
        "from tests.platform.test_rewrap import KINDS\n"
        "async def main():\n"
        "    database = await Database.open(sys.argv[1])\n"
        "    await rewrap(database, Secrets.load(Settings(home=sys.argv[2])), KINDS, batch=10)\n"
        "asyncio.run(main())\n"
    )
    async with database.transaction(None) as conn:
        # Somebody holds a row of the third batch, so that there is a middle.
        await conn.execute("SELECT FROM toys WHERE a = 24 FOR UPDATE")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, database.dsn, str(settings.folder), cwd=Path(__file__).parents[2]
        )
        async with asyncio.timeout(30):
            while await counted(database) != {1: 30, 2: 20}:
                await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert await counted(database) == {1: 30, 2: 20}
    assert await opened(database, secrets) == COUNT
    assert await rewrap(database, secrets, KINDS, batch=10) == 30
    assert await counted(database) == {2: COUNT}
    assert await opened(database, secrets) == COUNT


async def test_what_does_not_open_is_left_alone_and_keeps_its_version(
    database: Database, settings: Settings, secrets: Secrets
) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE toys SET secret = set_byte(secret, 20, 1 # get_byte(secret, 20)) WHERE a IN (3, 30)")
    turned_over(settings)
    for expected in (COUNT - 2, 0):
        assert await rewrap(database, secrets, KINDS, batch=1) == expected
    assert await counted(database) == {1: 2, 2: COUNT - 2}
    long_ago(settings)
    with pytest.raises(CannotRetire, match="2 toys"):
        await retire(database, settings, KINDS, 1)


async def test_a_version_that_is_gone_opens_nothing(settings: Settings) -> None:
    secrets, row = Secrets.load(settings), new_id().bytes
    sealed = secrets.seal("toy", row, b"secret")
    turned_over(settings).remove(1)
    with pytest.raises(CannotOpen):
        secrets.open("toy", row, sealed)
