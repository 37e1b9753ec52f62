"""`yuelai run ROLE`: one process of the centre, as the supervisor or an operator starts it."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

from yuelai.entrypoints.cli.errors import load_settings, plainly

if TYPE_CHECKING:
    import typer

ROLES = {
    "core": ("yuelai.bootstrap", "run_core"),
    "web": ("yuelai.entrypoints.web", "run"),
    "media": ("yuelai.media.embedded.process", "main"),
    "worker": ("yuelai.entrypoints.worker", "run"),
}


def run_role(name: str, worker: int = 1) -> None:
    """Run a role in this process until SIGTERM; `worker` says which one of media."""
    from yuelai.platform import logging, tracing

    if name not in ROLES:
        print(f"yuelai: there is no role {name}; there are {', '.join(ROLES)}", file=sys.stderr)
        raise SystemExit(2)
    settings = load_settings()
    called, options = name, dict[str, Any]()
    if name == "media":
        # Its arrays are small: threads beside the tick would cost more than they bring. Read when numpy is loaded.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        called, options = f"media-{worker}", {"worker": worker}
    logging.configure(called, settings)
    tracing.configure(called, settings)
    module, function = ROLES[name]
    try:
        with plainly():
            result = getattr(importlib.import_module(module), function)(settings, **options)
            if inspect.iscoroutine(result):
                asyncio.run(result)
    finally:
        tracing.flush()


def register(app: typer.Typer) -> None:
    @app.command()
    def run(role: str, worker: int = 1) -> None:
        """Run one role: core, web, media or worker. `--worker` says which of YUELAI_MEDIA_WORKERS."""
        run_role(role, worker)
