"""`yuelai serve`: the centre on this machine, without sample data."""

from __future__ import annotations

import asyncio

import typer

from yuelai.entrypoints.cli.errors import load_settings, plainly


def register(app: typer.Typer) -> None:
    @app.command()
    def serve() -> None:
        """Run the whole centre: database, core, web, media and worker, until Ctrl-C or SIGTERM."""
        from yuelai.entrypoints.centre import make_administrator, run_centre
        from yuelai.platform import logging

        settings = load_settings()
        logging.configure("supervisor", settings)
        with plainly():
            asyncio.run(run_centre(settings, prepare=make_administrator))
