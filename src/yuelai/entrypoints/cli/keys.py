"""`yuelai keys`: the versions of the master key, on a centre that runs or at rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from yuelai.entrypoints.cli.errors import load_settings, plainly

if TYPE_CHECKING:
    from yuelai.platform.config import Settings
    from yuelai.platform.db import Database

T = TypeVar("T")

keys = typer.Typer(help="The master key, which seals keys of recordings, identity numbers and second factors.")


def register(app: typer.Typer) -> None:
    app.add_typer(keys, name="keys", no_args_is_help=True)


@keys.command()
def status() -> None:
    """Print how many things are sealed under which version."""
    from yuelai.entrypoints.sealed import SEALED
    from yuelai.platform import rewrap
    from yuelai.platform.key_file import KeyFile

    async def count(database: Database) -> dict[str, Mapping[int, int]]:
        async with database.transaction(None) as conn:
            return await rewrap.standing(conn, SEALED)

    with _settings() as settings:
        file = KeyFile.of(settings)
        versions = set(file.keys())
        found = _in_database(settings, count) or {}
    print(file.path)
    for version in sorted(versions.union(*found.values())):
        seals = [f"{counts[version]} {what}" for what, counts in found.items() if counts.get(version)]
        state = "LOST" if version not in versions else "in use" if version == max(versions) else "old"
        print(f"  version {version}, {state}: {', '.join(seals) or 'nothing'}")


@keys.command()
def rotate() -> None:
    """Add a version; from now on it seals, and the worker seals anew what is under older ones."""
    from yuelai.platform import jobs, rewrap
    from yuelai.platform.key_file import KeyFile

    async def tell(database: Database) -> bool:
        async with database.transaction(None) as conn:
            await jobs.enqueue(conn, rewrap.JOB, key=rewrap.JOB)
        return True

    with _settings() as settings:
        file = KeyFile.of(settings, create=True)
        version = file.add()
        print(f"version {version} is in {file.path} and seals from now on: put a new copy of the file in another place")
        # Should this not come through: the worker also looks by the clock.
        _in_database(settings, tell)


@keys.command()
def retire(version: Annotated[int, typer.Argument(help="The version to forget.")]) -> None:
    """Remove an old version, once nothing is sealed under it. Backups made before need it still: keep a copy apart."""
    from yuelai.entrypoints.sealed import SEALED
    from yuelai.platform import rewrap

    async def remove(database: Database) -> bool:
        await rewrap.retire(database, settings, SEALED, version)
        return True

    with _settings() as settings:
        if _in_database(settings, remove):
            print(f"version {version} is gone")
        else:
            print("there is no database yet: nothing tells whether the version is needed")
            raise SystemExit(1)


@contextlib.contextmanager
def _settings() -> Iterator[Settings]:
    from yuelai.platform import logging

    settings = load_settings()
    logging.configure("cli", settings)
    with plainly():
        yield settings


def _in_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T | None:
    """Run `work` on the centre's database, started for this when no centre runs; None where there is none yet."""
    from yuelai.entrypoints.centre import standing_database
    from yuelai.platform.db import Database

    if settings.database_url is None and not (settings.folder / "postgres").exists():
        return None

    async def run(dsn: str) -> T:
        database = await Database.open(dsn)
        try:
            return await work(database)
        finally:
            await database.close()

    with standing_database(settings) as dsn:
        return asyncio.run(run(dsn))
