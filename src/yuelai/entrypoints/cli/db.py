"""`yuelai db migrate`: bring the database to the newest revision."""

from __future__ import annotations

from typing import Annotated

import typer

from yuelai.entrypoints.cli.errors import load_settings, plainly

database = typer.Typer(help="The database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(database, name="db")


@database.command()
def migrate(
    to: Annotated[
        str | None, typer.Option(help="A revision, e.g. 0009, also an older one: what came after it is dropped.")
    ] = None,
) -> None:
    """Bring the database to the newest revision (`yuelai serve` does so by itself), or to another one."""
    from yuelai.entrypoints.centre import standing_database
    from yuelai.platform import logging
    from yuelai.platform.migrations import runner

    settings = load_settings()
    logging.configure("cli", settings)
    with plainly(), standing_database(settings) as dsn:
        if to is None:
            runner.migrate(dsn)
        else:
            runner.move(dsn, to)
    print(f"the database is at revision {to or runner.head()}")


@database.callback()
def _group() -> None:
    """Keeps `migrate` a sub-command while it is the only one."""
