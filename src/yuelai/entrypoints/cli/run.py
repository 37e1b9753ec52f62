"""`yuelai run ROLE`: one process of the centre, as the supervisor or an operator starts it."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from typing import TYPE_CHECKING

from yuelai.entrypoints.cli.errors import load_settings, plainly

if TYPE_CHECKING:
    import typer

ROLES = {
    "core": ("yuelai.bootstrap", "run_core"),
    "web": ("yuelai.entrypoints.web", "run"),
    "media": ("yuelai.media.embedded.process", "main"),
    "worker": ("yuelai.entrypoints.worker", "run"),
}


def run_role(name: str) -> None:
    """Run a role in this process until SIGTERM."""
    from yuelai.platform import logging, tracing

    if name not in ROLES:
        print(f"yuelai: there is no role {name}; there are {', '.join(ROLES)}", file=sys.stderr)
        raise SystemExit(2)
    settings = load_settings()
    logging.configure(name, settings)
    tracing.configure(name, settings)
    module, function = ROLES[name]
    try:
        with plainly():
            result = getattr(importlib.import_module(module), function)(settings)
            if inspect.iscoroutine(result):
                asyncio.run(result)
    finally:
        tracing.flush()


def register(app: typer.Typer) -> None:
    @app.command()
    def run(role: str) -> None:
        """Run one role: core, web, media or worker."""
        run_role(role)
