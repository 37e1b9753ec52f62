"""The demo's message centre as a process of its own, and how it is spoken to."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.centre import Centre


@dataclass
class Smsc:
    port: int
    http_port: int

    @property
    def url(self) -> str:
        return f"smpp://yuelai:yuelai@127.0.0.1:{self.port}"

    def behave(self, mode: str, **more: float) -> None:
        address = f"http://127.0.0.1:{self.http_port}/mode"
        httpx.put(address, json={"mode": mode, **more}).raise_for_status()

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """Return what it was given, the newest first."""
        answer = httpx.get(f"http://127.0.0.1:{self.http_port}/messages", params={"to": to})
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


def smsc_of(centre: Centre) -> Smsc:
    """The one of a running demo."""
    (process,) = centre.processes("yuelai smsc")
    command = process.cmdline()
    return Smsc(int(command[command.index("--port") + 1]), int(command[command.index("--http-port") + 1]))


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _process(smsc: Smsc) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "yuelai", "smsc", "--port", str(smsc.port), "--http-port", str(smsc.http_port)]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@asynccontextmanager
async def running_smsc() -> AsyncIterator[Smsc]:
    smsc = Smsc(_free(), _free())
    with _process(smsc) as process:
        while True:
            assert process.poll() is None
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", smsc.port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield smsc
