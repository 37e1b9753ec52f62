"""Making a backup of a centre that runs, or of one at rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from yuelai import __version__
from yuelai.platform.backup.archive import FORMAT, Manifest, Reader, Writer, blocks
from yuelai.platform.backup.dump import Snapshot
from yuelai.platform.backup.errors import BackupFailed
from yuelai.platform.backup.journal_copy import JournalCopy
from yuelai.platform.backup.keys import fingerprints
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings

LEFT_OUT = frozenset(
    {"postgres", "postgres.new", "postgres.json", "journal", "run", "logs", "lock", "keys", "backups", "traces"}
)
"""In home, but made anew, held elsewhere in the backup, a secret that must not lie beside what it opens, or gone within
days anyway."""


def make(settings: Settings, dsn: str, path: Path, say: Callable[[str], None] = lambda _: None) -> tuple[Manifest, int]:
    """Write a backup to `path`, read it once more, and return its manifest and size in bytes. Raises BackupFailed.

    Of what changes meanwhile the backup holds the state at one instant. It never overwrites a file.
    """
    path = path.absolute()
    if path.exists():
        raise BackupFailed(f"{path} exists already")
    try:
        return _make(settings, dsn, path, say)
    except (OSError, psycopg.Error) as error:
        raise BackupFailed(str(error).strip()) from error


def _make(settings: Settings, dsn: str, path: Path, say: Callable[[str], None]) -> tuple[Manifest, int]:
    home = settings.folder
    journal = JournalCopy(home / "journal", home / f".backup-{os.getpid()}")
    writer = None
    try:
        writer = Writer(path)
        journal.link()
        snapshot = Snapshot(dsn)
        try:
            made_at = SystemClock().now()
            journal.link()
            say("the journal")
            for name, segment, size in journal.files():
                writer.add(f"journal/{name}", blocks(segment, size))
            say("the database")
            writer.add("database.dump", snapshot.dump())
            manifest = Manifest(
                FORMAT, __version__, made_at.isoformat(), snapshot.revision, snapshot.rows(), fingerprints(settings)
            )
        finally:
            snapshot.close()
        say("the files")
        for name, file in _files(home, path):
            try:
                writer.add(f"files/{name}", blocks(file))
            except FileNotFoundError:
                continue  # deleted meanwhile; the database's instant may still name it, as after any deletion
        size = writer.finish(manifest)
    except BaseException:
        if writer is not None:
            writer.abandon()
        raise
    finally:
        journal.close()
    say("checking what was written")
    reader = Reader(path)
    try:
        reader.verify()
    finally:
        reader.close()
    return manifest, size


def _files(home: Path, target: Path) -> Iterator[tuple[str, Path]]:
    for top in sorted(home.iterdir()):
        if top.name in LEFT_OUT or top.name.startswith(".backup-"):
            continue
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and not file.is_symlink() and file != target and not file.name.endswith(".part"):
                yield file.relative_to(home).as_posix(), file
