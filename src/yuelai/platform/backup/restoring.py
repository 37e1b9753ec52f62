"""Making a centre from a backup, in an empty home and an empty database, and checking that it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from yuelai.platform.backup import dump, keys
from yuelai.platform.backup.archive import Manifest, Reader, inside
from yuelai.platform.backup.errors import RestoreFailed
from yuelai.platform.config import Settings
from yuelai.platform.migrations import runner

MAY_STAY = frozenset({"keys", "lock", "run", "logs", "backups", "yuelai.toml"})
"""What a home may hold into which a backup is restored."""


def need_empty_home(home: Path) -> None:
    """Raise RestoreFailed for a home that holds data."""
    held = sorted(path.name for path in home.iterdir() if path.name not in MAY_STAY) if home.exists() else []
    if held:
        raise RestoreFailed(f"{home} holds data already ({', '.join(held[:3])}); restore into an empty home")


def open_backup(settings: Settings, path: Path) -> Reader:
    """Open a backup that this program and this master key can use. Raises RestoreFailed."""
    reader = Reader(path)
    manifest = reader.manifest
    if manifest.revision > runner.head():
        raise RestoreFailed(f"the backup is of a newer version ({manifest.version}, revision {manifest.revision})")
    if lacking := keys.missing(settings, manifest.keys):
        raise RestoreFailed(
            f"the master key of the backup is needed (version {', '.join(lacking)}): put its file at "
            f"{keys.key_file(settings)} or name it with YUELAI_MASTER_KEY_FILE"
        )
    return reader


def restore_files(settings: Settings, reader: Reader) -> None:
    """Write journal and files into the home. Raises RestoreFailed, and takes back what it wrote."""
    home = settings.folder
    try:
        for name in reader.names("journal/"):
            reader.extract(name, inside(home / "journal", name.removeprefix("journal/")))
        for name in reader.names("files/"):
            reader.extract(name, inside(home, name.removeprefix("files/")))
    except BaseException:
        take_back(settings, reader)
        raise


def take_back(settings: Settings, reader: Reader) -> None:
    """Remove what a restore put into the home."""
    home = settings.folder
    tops = {inside(home, name.removeprefix("files/")).relative_to(home).parts[0] for name in reader.names("files/")}
    for top in {*tops, "journal"} - MAY_STAY:
        target = home / top
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)


def restore_database(dsn: str, reader: Reader, say: Callable[[str], None] = lambda _: None) -> None:
    """Fill the empty database, compare it row by row count with the manifest, bring it to the newest revision."""
    dump.need_empty(dsn)
    dump.load(dsn, reader.blocks("database.dump"))
    say("comparing")
    if differing := differences(reader.manifest, dump.rows_of(dsn)):
        raise RestoreFailed(f"the restored database differs from the backup: {'; '.join(differing)}")
    runner.migrate(dsn)


def differences(manifest: Manifest, found: dict[str, int]) -> list[str]:
    tables = sorted({*manifest.rows, *found})
    return [
        f"{table} has {found.get(table, 0)} rows instead of {manifest.rows.get(table, 0)}"
        for table in tables
        if manifest.rows.get(table, 0) != found.get(table, 0)
    ]
