"""The command line. Each command is a module here with `register(app)`; heavy imports stay inside the commands."""

from __future__ import annotations

import importlib
import importlib.util
import sys

from yuelai.platform.processes import die_with_parent

COMMANDS = ("serve", "run", "db", "keys", "backup", "demo", "call", "say", "bss", "smsc")


def main() -> None:
    """Run the command of `sys.argv`. Errors that people can mend are one line and exit code 1."""
    die_with_parent()
    match sys.argv[1:]:
        # A role that died is waited for: it does not load the other commands first.
        case ["run", role] if not role.startswith("-"):
            _run_role(role, 1)
        case ["run", role, "--worker", number] if number.isdecimal():
            _run_role(role, int(number))
        case _:
            _run_command()


def _run_role(role: str, worker: int) -> None:
    from yuelai.entrypoints.cli.run import run_role

    run_role(role, worker)


def _run_command() -> None:
    import typer

    app = typer.Typer(
        name="yuelai",
        help="Yuelai 悦来: a customer service centre.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
    )
    for name in COMMANDS:
        if importlib.util.find_spec(f"{__name__}.{name}") is not None:
            importlib.import_module(f"{__name__}.{name}").register(app)
    app()
