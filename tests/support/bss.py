"""The business system of the demo: in the test's own loop, or beside a whole centre."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import httpx
import uvicorn

from tests.support.centre import Centre
from yuelai.entrypoints.bss.app import application
from yuelai.entrypoints.bss.books import Books


@dataclass
class RunningBss:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tmf-api"

    async def behave(self, mode: str, seconds: float = 1.0, only: str = "") -> None:
        body = {"mode": mode, "seconds": seconds, "only": only}
        async with httpx.AsyncClient() as client:
            answer = await client.put(f"http://127.0.0.1:{self.port}/control", json=body)
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def running_bss(*, today: date, count: int = 10) -> AsyncIterator[RunningBss]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
        app = application(lambda: Books(today, count), control=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield RunningBss(port)
        finally:
            server.should_exit = True
            server.force_exit = True
            await serving


def bss_of(centre: Centre, mode: str, seconds: float = 1.0, only: str = "") -> None:
    """Let the business system of a demo be ok, slow, failing, hanging, lost or rubbish; `only` one API of it."""
    (process,) = centre.processes("yuelai bss")
    command = process.cmdline()
    port = command[command.index("--port") + 1]
    httpx.put(
        f"http://127.0.0.1:{port}/control", json={"mode": mode, "seconds": seconds, "only": only}
    ).raise_for_status()
