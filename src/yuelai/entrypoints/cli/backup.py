"""`yuelai backup FILE` and `yuelai restore FILE`."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yuelai.entrypoints.cli.errors import load_settings, plainly

if TYPE_CHECKING:
    from yuelai.platform.backup.archive import Manifest
    from yuelai.platform.config import Settings

File = Annotated[Path, typer.Argument(help="The file of the backup.")]


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(file: File) -> None:
    """Copy database, journal and files into one file, while the centre runs or at rest. The master key stays out."""
    from yuelai.entrypoints.centre import standing_database
    from yuelai.platform.backup.keys import key_file
    from yuelai.platform.backup.making import make

    settings = load_settings()
    began = time.monotonic()
    with _plainly(), standing_database(settings) as dsn:
        manifest, size = make(settings, dsn, file, _say)
        seconds = time.monotonic() - began
        asyncio.run(_note(dsn, file.absolute(), manifest, size, seconds))
    rows = sum(manifest.rows.values())
    print(
        f"{file}: {rows:,} rows, {len(manifest.members)} files, {size:,} bytes in {seconds:.1f} s, read back and whole"
    )
    if manifest.keys:
        print(f"what it holds opens only with the master key: keep a copy of {key_file(settings)} in another place")


def restore(file: File) -> None:
    """Make a centre from a backup, in an empty home (and an empty database), and check that it is whole."""
    from yuelai.platform.backup import restoring
    from yuelai.platform.config import private_folder

    settings = load_settings()
    with _plainly():
        restoring.need_empty_home(settings.folder)
        private_folder(settings.folder)
        reader = restoring.open_backup(settings, file)
        try:
            _say("the files")
            restoring.restore_files(settings, reader)
            with _taken_back_unless_done(settings, reader):
                problems = _restore_database(settings, reader)
        finally:
            reader.close()
        rows = sum(reader.manifest.rows.values())
        print(f"restored the centre as of {reader.manifest.made_at}: {rows:,} rows; {problems}")


def _restore_database(settings: Settings, reader: object) -> str:
    from yuelai.entrypoints.centre import standing_database
    from yuelai.platform.backup import restoring
    from yuelai.platform.backup.archive import Reader

    assert isinstance(reader, Reader)
    with standing_database(settings) as dsn:
        _say("the database")
        restoring.restore_database(dsn, reader, _say)
        _say("checking the recordings")
        return asyncio.run(_check_recordings(settings, dsn))


async def _check_recordings(settings: Settings, dsn: str) -> str:
    from yuelai.platform.db import Database
    from yuelai.recordings import integrity
    from yuelai.recordings.keys import RecordingKeys

    database = await Database.open(dsn)
    try:
        found = await integrity.check(database, settings.folder, RecordingKeys.load(settings, create=True))
    finally:
        await database.close()
    said = f"{found.complete} recordings, {found.opened} of them opened"
    if found.ok:
        return said
    return f"{said}; MISSING {len(found.missing)}, SPOILT {len(found.spoilt)}: {[*found.missing, *found.spoilt][:5]}"


async def _note(dsn: str, file: Path, manifest: Manifest, size: int, seconds: float) -> None:
    """Remember the backup, for the status page."""
    from yuelai.platform.backup import history
    from yuelai.platform.db import Database

    database = await Database.open(dsn)
    try:
        async with database.transaction(None) as conn:
            await history.note(conn, file, manifest, size, seconds)
    finally:
        await database.close()


@contextlib.contextmanager
def _taken_back_unless_done(settings: Settings, reader: object) -> Iterator[None]:
    from yuelai.platform.backup import restoring
    from yuelai.platform.backup.archive import Reader

    assert isinstance(reader, Reader)
    try:
        yield
    except BaseException:
        restoring.take_back(settings, reader)
        if settings.database_url is None:
            shutil.rmtree(settings.folder / "postgres", ignore_errors=True)
            (settings.folder / "postgres.json").unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    from yuelai.platform.backup.errors import BackupFailed, RestoreFailed

    with plainly():
        try:
            yield
        except (BackupFailed, RestoreFailed) as error:
            print(f"yuelai: {error}", file=sys.stderr)
            raise SystemExit(1) from None


def _say(stage: str) -> None:
    print(f"  {stage} …", file=sys.stderr, flush=True)
