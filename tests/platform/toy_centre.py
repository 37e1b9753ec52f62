"""A supervisor with two toy roles, run as a program: `toy_centre.py HOME`. Tells what it does on standard output."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import structlog

from yuelai.platform import supervisor as supervising
from yuelai.platform.supervisor import HomeBusy, HomeLock, Role, StartFailed, Supervisor

supervising.LOOK_SECONDS = 0.1

TOY = """
import os, signal, subprocess, sys, time
from pathlib import Path
from yuelai.platform.processes import die_with_parent
die_with_parent()
home, name = Path(sys.argv[1]), sys.argv[2]
if name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if name == "broken":
    sys.exit(3)
if name == "parent":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(home)])
    signal.signal(signal.SIGTERM, lambda *_: ((home / f"{name}.ended").write_text("truly"), os._exit(0)))
(home / name).write_text(str(os.getpid()))
time.sleep(60)
"""


async def main(home: Path, names: list[str]) -> None:
    lock = HomeLock(home)
    supervisor = Supervisor()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def role(name: str) -> Role:
        async def ready() -> None:
            if not (home / name).exists():
                raise FileNotFoundError(name)

        async def alive() -> None:
            if (home / f"{name}.hangs").exists():
                raise TimeoutError

        command = [sys.executable, "-c", TOY, str(home), name]
        return Role(name, command, ready, alive=alive, stop_seconds=0.5, start_seconds=10)

    try:
        for name in names:
            await supervisor.start(role(name))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await supervisor.stop()
        lock.release()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
    except (HomeBusy, StartFailed) as error:
        sys.exit(f"{type(error).__name__}: {error}")
