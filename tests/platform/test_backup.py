"""A backup taken while the centre writes holds one instant, whole, and says so when it is not."""

from __future__ import annotations

import asyncio
import base64
import itertools
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from yuelai.platform.backup import restoring
from yuelai.platform.backup.archive import Reader
from yuelai.platform.backup.errors import BackupFailed, RestoreFailed
from yuelai.platform.backup.making import make
from yuelai.platform.config import Settings
from yuelai.platform.db import Connection, Database
from yuelai.platform.ids import new_id
from yuelai.platform.journal import Entry, Journal
from yuelai.platform.postgres import Postgres
from yuelai.platform.projector import Projector

from .happenings import Happened, happened

WRITERS = 8


async def write_down(conn: Connection, entry: Entry) -> None:
    assert isinstance(entry.fact, Happened)
    await conn.execute("INSERT INTO happenings (number, seq) VALUES ($1, $2)", entry.fact.number, entry.seq)


@pytest.fixture
def settings(tmp_path: Path, postgres_dsn: str) -> Settings:
    home = tmp_path / "home"
    (home / "recordings").mkdir(parents=True)
    (home / "recordings" / "one.ylr").write_bytes(b"sealed" * 1000)
    (home / "logs").mkdir()
    (home / "logs" / "core.log").write_text("not worth keeping")
    write_key(home, 1)
    return Settings(home=home, database_url=postgres_dsn)


def write_key(home: Path, *versions: int) -> None:
    (home / "keys").mkdir(parents=True, exist_ok=True)
    lines = [f"{version} {base64.b64encode(bytes([version]) * 32).decode()}\n" for version in versions]
    (home / "keys" / "master.key").write_text("".join(lines))
    (home / "keys" / "master.key").chmod(0o600)


@pytest.fixture
async def elsewhere(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Settings]:
    """An empty home and an empty database, where the key is known."""
    name = f"t{new_id().hex}"
    admin = await asyncpg.connect(postgres.superuser_dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER yuelai")
    write_key(tmp_path / "elsewhere", 1)
    yield Settings(home=tmp_path / "elsewhere", database_url=postgres.dsn(name))
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def restore(settings: Settings, path: Path) -> Reader:
    restoring.need_empty_home(settings.folder)
    reader = restoring.open_backup(settings, path)
    assert settings.database_url is not None
    restoring.restore_files(settings, reader)
    restoring.restore_database(settings.database_url, reader)
    reader.close()
    return reader


async def test_what_was_acknowledged_before_is_in_it_and_the_journal_joins_the_database_without_a_gap(
    tmp_path: Path, settings: Settings, elsewhere: Settings
) -> None:
    assert settings.database_url is not None
    assert elsewhere.database_url is not None
    database = await Database.open(settings.database_url)
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE happenings (id bigserial PRIMARY KEY, number int, seq bigint)")
        await conn.execute("CREATE TABLE direct (number int)")
    # Segments this short are deleted many times while the backup is made.
    journal = await Journal.open(settings.folder / "journal", owner="core", segment_bytes=20_000)
    projector = Projector(journal, database)
    projector.register(Happened, write_down)
    await projector.start()
    numbers, acknowledged, direct = itertools.count(), set[int](), set[int]()
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            number = next(numbers)
            await journal.append(happened(number))
            acknowledged.add(number)
            if number % 5 == 0:
                async with database.transaction(None) as conn:
                    await conn.execute("INSERT INTO direct VALUES ($1)", number)
                direct.add(number)

    writers = [asyncio.create_task(write()) for _ in range(WRITERS)]
    await asyncio.sleep(0.5)
    before, before_direct = set(acknowledged), set(direct)
    manifest, size = await asyncio.to_thread(make, settings, settings.database_url, tmp_path / "copy.bak")
    await asyncio.sleep(0.1)
    stop.set()
    await asyncio.gather(*writers)
    assert len(before) > 100
    assert len(acknowledged) > len(before)
    assert size == (tmp_path / "copy.bak").stat().st_size
    assert manifest.rows["journal_positions"] == 1
    await projector.close()
    await journal.close()
    await database.close()

    await asyncio.to_thread(restore, elsewhere, tmp_path / "copy.bak")
    assert (elsewhere.folder / "recordings" / "one.ylr").read_bytes() == b"sealed" * 1000
    assert not (elsewhere.folder / "logs").exists()

    # The restored centre goes on: its projector follows what the database lacked.
    database = await Database.open(elsewhere.database_url)
    journal = await Journal.open(elsewhere.folder / "journal", owner="core")
    projector = Projector(journal, database)
    projector.register(Happened, write_down)
    await projector.start()
    await asyncio.wait_for(projector.caught_up(), 20)
    await journal.append(happened(-1))
    await asyncio.wait_for(projector.caught_up(), 20)
    async with database.transaction(None) as conn:
        rows = await conn.fetch("SELECT number, seq FROM happenings ORDER BY id")
        kept = {row["number"] for row in await conn.fetch("SELECT number FROM direct")}
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "an entry is missing or doubled"
    assert {row["number"] for row in rows} >= before
    assert kept >= before_direct
    await projector.close()
    await journal.close()
    await database.close()


@pytest.fixture
async def copy(tmp_path: Path, settings: Settings) -> Path:
    assert settings.database_url is not None
    await asyncio.to_thread(make, settings, settings.database_url, tmp_path / "copy.bak")
    return tmp_path / "copy.bak"


def test_the_master_key_is_not_in_it_and_without_the_same_one_nothing_is_restored(
    copy: Path, elsewhere: Settings
) -> None:
    with zipfile.ZipFile(copy) as archive:
        assert not [name for name in archive.namelist() if "keys" in name]
        for name in archive.namelist():
            assert base64.b64encode(b"\1" * 32) not in archive.read(name)
            assert b"\1" * 32 not in archive.read(name)
    write_key(elsewhere.folder, 2)
    with pytest.raises(RestoreFailed, match=r"master key of the backup is needed \(version 1\)"):
        restore(elsewhere, copy)
    # A key turned over since keeps its old versions, and opens.
    write_key(elsewhere.folder, 1, 2)
    restore(elsewhere, copy)


def test_a_spoilt_or_cut_file_is_refused_and_leaves_nothing_behind(copy: Path, elsewhere: Settings) -> None:
    content = bytearray(copy.read_bytes())
    place = bytes(content).index(b"sealed" * 10)
    content[place] ^= 1
    copy.write_bytes(content)
    with pytest.raises(RestoreFailed, match=r"recordings/one\.ylr"):
        restore(elsewhere, copy)
    assert [path.name for path in elsewhere.folder.iterdir()] == ["keys"]
    copy.write_bytes(content[: len(content) // 2])
    with pytest.raises(RestoreFailed, match="no whole backup"):
        restore(elsewhere, copy)
    with pytest.raises(RestoreFailed, match="does not exist"):
        restore(elsewhere, copy.with_name("other"))


def test_nothing_is_restored_over_data_that_is_there(copy: Path, settings: Settings, elsewhere: Settings) -> None:
    with pytest.raises(RestoreFailed, match="holds data already"):
        restore(settings, copy)
    (elsewhere.folder / "recordings").mkdir()
    with pytest.raises(RestoreFailed, match="holds data already"):
        restore(elsewhere, copy)
    (elsewhere.folder / "recordings").rmdir()
    full = elsewhere.model_copy(update={"database_url": settings.database_url})
    with pytest.raises(RestoreFailed, match="holds tables already"):
        restore(full, copy)


def test_a_backup_never_overwrites_a_file_and_leaves_none_when_it_fails(
    copy: Path, settings: Settings, tmp_path: Path
) -> None:
    assert settings.database_url is not None
    with pytest.raises(BackupFailed, match="exists already"):
        make(settings, settings.database_url, copy)
    with pytest.raises(BackupFailed):
        make(settings, settings.database_url + "x", tmp_path / "new.bak")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy.bak"]
    assert not [path for path in settings.folder.iterdir() if path.name.startswith(".")]


def test_a_name_that_leads_out_of_the_home_is_refused(copy: Path, elsewhere: Settings) -> None:
    text = copy.read_bytes().replace(b"files/recordings/one.ylr", b"files/../../..//tmp/x.ylr"[:24].ljust(24, b"x"))
    copy.write_bytes(text)
    with pytest.raises(RestoreFailed, match=r"forbidden name|no whole|spoilt|cannot be read"):
        restore(elsewhere, copy)
