"""`yuelai demo`: a whole centre with sample data, simulated agents and simulated callers."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from typing import Annotated

import typer

from yuelai.entrypoints.cli.errors import load_settings, plainly
from yuelai.platform.config import Settings
from yuelai.platform.ipc import IpcClient
from yuelai.platform.supervisor import Role

HELP = """
Sign in as agent01 .. agent20 (agents), leader01 (team leader) or admin; the password is demo for all.
Each agent's SIP phone is 8001 .. 8020 with the same password.{simulated}
Play the customer: open /try beside the sign-in page, or  yuelai call --from 13800000001 --to 10000 --dtmf 0
"""
SIMULATED = """
agent17 to agent20 are simulated and take calls, and so are customers on {callers} lines."""


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    callers: Annotated[int, typer.Option(min=0, max=200, help="Lines that simulated customers call on.")] = 4,
    no_callers: Annotated[bool, typer.Option("--no-callers", help="No simulated customers and no agents.")] = False,
) -> None:
    """Run a whole centre with sample data on this machine alone; Ctrl-C ends it, the data stays."""
    from yuelai.entrypoints import sample
    from yuelai.entrypoints.centre import run_centre
    from yuelai.platform import logging
    from yuelai.platform.db import Database

    settings = load_settings()
    if not _is_loopback(settings.bind):
        print(
            f"yuelai: the demo's passwords are known to everybody: it runs on 127.0.0.1 only, not on {settings.bind}; "
            "use `yuelai serve` for others to reach it",
            file=sys.stderr,
        )
        raise SystemExit(1)
    logging.configure("supervisor", settings)

    async def prepare(database: Database) -> None:
        await sample.load(database, settings=settings)
        print(HELP.format(simulated="" if no_callers else SIMULATED.format(callers=callers)), flush=True)

    extra = [_simulator(settings, None if no_callers else callers)]
    if settings.bss_url is None:
        settings, business = _business(settings)
        extra.insert(0, business)
    if settings.smsc_url is None:
        settings, messages = _messages(settings)
        extra.insert(0, messages)
    with plainly():
        asyncio.run(run_centre(settings, prepare=prepare, extra=extra, log_files=True))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _business(settings: Settings) -> tuple[Settings, Role]:
    """A business support system with the sample's customers, and settings that lead to it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])

    async def ready() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    command = [sys.executable, "-m", "yuelai", "bss", "--port", str(port), "--control"]
    role = Role("bss", command, ready, stop_seconds=3, log_file=settings.folder / "logs" / "bss.log")
    address = f"http://127.0.0.1:{port}"
    found = {"bss_url": f"{address}/tmf-api", "order97_url": f"{address}/order97", "bss_tenant": "main"}
    return settings.model_copy(update=found), role


def _messages(settings: Settings) -> tuple[Settings, Role]:
    """A message centre that delivers to nobody, and settings that lead to it."""
    with socket.create_server(("127.0.0.1", 0)) as probe, socket.create_server(("127.0.0.1", 0)) as other:
        port, http_port = int(probe.getsockname()[1]), int(other.getsockname()[1])

    async def ready() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    command = [sys.executable, "-m", "yuelai", "smsc", "--port", str(port), "--http-port", str(http_port)]
    role = Role("smsc", command, ready, stop_seconds=3, log_file=settings.folder / "logs" / "smsc.log")
    found = {"smsc_url": f"smpp://yuelai:yuelai@127.0.0.1:{port}", "smsc_from": "10000"}
    return settings.model_copy(update=found), role


def _simulator(settings: Settings, callers: int | None) -> Role:
    """The simulated people as one more supervised process, started when the centre serves; without `callers` only
    what visitors of the page `/try` ask for."""

    async def ready() -> None:
        client = IpcClient(settings.socket("simulator"))
        try:
            await client.start(wait=1)
            await client.request("health")
        finally:
            await client.close()

    people = ["--visitors-only"] if callers is None else ["--callers", str(callers)]
    command = [sys.executable, "-m", "yuelai.entrypoints.simulator", *people]
    log_file = settings.folder / "logs" / "simulator.log"
    return Role("simulator", command, ready, stop_seconds=5, log_file=log_file)
