"""Several media workers of one engine, as the centre runs them; each may be ended and started again by itself."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from yuelai.media.client import EmbeddedMediaEngine
from yuelai.platform.config import Settings


class Crew:
    def __init__(self, workers: int, *, legs: int = 0) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="yl")
        low = 40_000 + secrets.randbelow(50) * 400
        self.settings = Settings(
            home=Path(self._folder.name),
            rtp_ports=f"{low}-{low + 399}",
            bind="127.0.0.1",
            media_workers=workers,
            media_legs=legs,
        )
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        for worker in range(1, workers + 1):
            self.run(worker)

    def run(self, worker: int) -> None:
        environment = os.environ | {
            "YUELAI_HOME": str(self.settings.home),
            "YUELAI_RTP_PORTS": self.settings.rtp_ports,
            "YUELAI_BIND": self.settings.bind,
            "YUELAI_MEDIA_WORKERS": str(self.settings.media_workers),
            "YUELAI_MEDIA_LEGS": str(self.settings.media_legs),
        }
        command = [sys.executable, "-m", "yuelai", "run", "media", "--worker", str(worker)]
        self.processes[worker] = subprocess.Popen(command, env=environment)

    def end(self, worker: int, number: int = signal.SIGKILL) -> None:
        self.processes[worker].send_signal(number)
        if number == signal.SIGKILL:
            self.processes[worker].wait(10)

    def clear(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(10)
        self._folder.cleanup()

    async def connect(self) -> EmbeddedMediaEngine:
        """Return a core's end of the engine."""
        engine = EmbeddedMediaEngine(self.settings)
        await engine.start(wait=20)
        return engine
