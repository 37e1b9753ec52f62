"""The engine under test. To put another one under the contract, give it a `Rig` and fixtures of these names."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.media.crew import Crew
from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.ports import MediaEngine
from yuelai.platform.config import Settings

_RUN = "import asyncio; from yuelai.media.embedded import process; from yuelai.platform.config import Settings; "
_RUN += "asyncio.run(process.main(Settings()))"


class Rig:
    """An engine's process, and what the port has no verb for."""

    def __init__(self, bind: str = "127.0.0.1", public: str | None = None) -> None:
        """Its sockets are bound to `bind`, and said to be reached at `public` first."""
        self._folder = tempfile.TemporaryDirectory(prefix="yl")
        low = 30_000 + secrets.randbelow(50) * 200
        home = Path(self._folder.name)
        self.settings = Settings(
            home=home, rtp_ports=f"{low}-{low + 199}", bind=bind, public_address=public, media_workers=1
        )
        self.process = self.run()

    def run(self) -> subprocess.Popen[bytes]:
        """Start the process, again if it was ended."""
        environment = os.environ | {
            "YUELAI_HOME": str(self.settings.home),
            "YUELAI_RTP_PORTS": self.settings.rtp_ports,
            "YUELAI_BIND": self.settings.bind,
            "YUELAI_MEDIA_WORKERS": "1",
        }
        if self.settings.public_address is not None:
            environment["YUELAI_PUBLIC_ADDRESS"] = self.settings.public_address
        self.process = subprocess.Popen([sys.executable, "-c", _RUN], env=environment)
        return self.process

    def end(self, number: int = signal.SIGKILL) -> int:
        """End the process that moves the sound; return how it ended."""
        self.process.send_signal(number)
        return self.process.wait(10)

    def clear(self) -> None:
        self.end()
        self._folder.cleanup()

    async def connect(self) -> EmbeddedMediaEngine:
        """Return a core's end of the engine."""
        engine = EmbeddedMediaEngine(self.settings)
        await engine.start(wait=20)
        return engine


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig]:
    """A process for all tests that do not end it."""
    rig = Rig()
    yield rig
    rig.clear()


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Two workers of one engine, for all tests of a module that do not end them."""
    crew = Crew(2)
    yield crew
    crew.clear()


@pytest.fixture
def own_rig() -> Iterator[Rig]:
    """A process for one test, to be ended as it likes."""
    rig = Rig()
    yield rig
    rig.clear()


@pytest.fixture
async def engine(rig: Rig) -> AsyncIterator[MediaEngine]:
    """A connection of its own: what the test leaves behind is closed with it."""
    engine = await rig.connect()
    yield engine
    await engine.disconnect()


@pytest.fixture
async def own_engine(own_rig: Rig) -> AsyncIterator[MediaEngine]:
    engine = await own_rig.connect()
    yield engine
    await engine.disconnect()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    async def wait(true: Callable[[], bool], within: float = 5.0) -> None:
        async with asyncio.timeout(within):
            while not true():
                await asyncio.sleep(0.01)

    return wait
