"""Keeps the processes of one centre running: starts them in order, restarts what dies, leaves nothing behind.

Each role is a process in a session of its own (Ctrl-C reaches only the supervisor, which then ends them in order). A
role that dies is started again at once, one that keeps dying ever more slowly. If the supervisor itself is killed the
kernel ends its children (`processes.die_with_parent`).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from yuelai.platform.config import private_folder
from yuelai.platform.processes import PARENT

log = structlog.get_logger()

SETTLED = 10.0
"""Seconds after which a process counts as running well: the next restart is immediate again."""
LONGEST_PAUSE = 5.0
LOOK_SECONDS, LOOKS = 2.0, 4
"""How long a process may take to show that it lives, and how often in a row it may fail to before it is killed."""


class HomeBusy(Exception):
    """Another centre is running on this home."""


class StartFailed(Exception):
    """A role could not be started; the message says which and how."""


@dataclass(frozen=True)
class Role:
    """A process to keep running.

    `ready` returns once the running process serves; it is tried until `start_seconds` are over, or until it raises
    StartFailed: then the process never will. `prepare` (blocking, run in a thread) goes before every start. On
    `stop_signal` the process has `stop_seconds` to end by itself. With `alive` it is asked every LOOK_SECONDS whether
    it still lives, and killed when it does not answer LOOKS times in a row.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[None]]
    prepare: Callable[[], None] | None = None
    alive: Callable[[], Awaitable[None]] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 3.0
    start_seconds: float = 30.0
    log_file: Path | None = None
    """Where its output goes; standard error of the supervisor when unset."""


class HomeLock:
    """Held for as long as a centre runs on a home; the kernel lets go of it whatever happens to us."""

    def __init__(self, home: Path) -> None:
        private_folder(home)
        self._file = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(self._file, 20).decode(errors="replace").strip()
            os.close(self._file)
            raise HomeBusy(f"another centre is running on this home, pid {pid or 'unknown'}: {home}") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)


class Supervisor:
    def __init__(self, environment: Mapping[str, str] | None = None, *, report: Path | None = None) -> None:
        """`environment` is added to our own for every role. `report` is a file kept true to how the roles stand:
        `{"since": instant, "roles": {name: {"pid", "since", "restarts", "last_end"}}}`."""
        self._environment = {**os.environ, **(environment or {}), PARENT: str(os.getpid())}
        self._watched: dict[str, _Watched] = {}
        self._report, self._since = report, _now()

    async def start(self, role: Role) -> None:
        """Start a role and wait until it is ready; from then on it is kept running. Raises StartFailed."""
        watched = self._watched[role.name] = _Watched(role, self._environment, self._write_report)
        await watched.start()

    def _write_report(self) -> None:
        if self._report is None:
            return
        roles = {
            name: {"pid": one.pid, "since": one.since, "restarts": one.restarts, "last_end": one.last_end}
            for name, one in self._watched.items()
        }
        draft = self._report.with_suffix(".new")
        # Only something to read: a full disk must not keep the supervisor from restarting a role.
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps({"since": self._since, "roles": roles}))
            draft.replace(self._report)

    async def stop(self) -> None:
        """End all roles, the last started first."""
        for watched in reversed(list(self._watched.values())):
            await watched.stop()
        if self._report is not None:
            self._report.unlink(missing_ok=True)  # whoever is run alone from now on is not in it

    def pid(self, name: str) -> int | None:
        """Return the process id of a role, None while it is down."""
        return self._watched[name].pid


class _Watched:
    def __init__(self, role: Role, environment: Mapping[str, str], changed: Callable[[], None]) -> None:
        self.role, self._environment, self._changed = role, environment, changed
        self.since: str | None = None
        self.restarts = 0
        self.last_end: str | None = None
        """How its process ended last, e.g. `killed by SIGKILL`."""
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        began = time.monotonic()
        process = await self._spawn()
        ending = asyncio.create_task(process.wait())
        serving = asyncio.create_task(self._wait_ready())
        try:
            await asyncio.wait({ending, serving}, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                raise StartFailed(f"{self.role.name} ended before it was ready ({_how(process.returncode)})")
            if error := serving.exception():
                raise StartFailed(f"{self.role.name} does not become ready: {error}") from error
        finally:
            for task in (ending, serving):
                task.cancel()
        log.info("role_ready", name=self.role.name, pid=process.pid, seconds=round(time.monotonic() - began, 3))
        self._task = asyncio.create_task(self._keep(process), name=f"keeping {self.role.name}")

    async def stop(self) -> None:
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.role.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), self.role.stop_seconds)
            except TimeoutError:
                log.warning("role_killed", name=self.role.name, after=self.role.stop_seconds)
        _kill_session(process)
        await process.wait()

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        """Start the process again each time it ends."""
        deaths, started = 0, time.monotonic()
        telling: asyncio.Task[None] | None = None
        while True:
            looking = asyncio.create_task(self._look_after(process), name=f"looking after {self.role.name}")
            try:
                await process.wait()
            finally:
                looking.cancel()
                if telling is not None:
                    telling.cancel()
            lived = time.monotonic() - started
            deaths = 1 if lived > SETTLED else deaths + 1
            pause = 0.0 if deaths == 1 else min(0.1 * 2 ** (deaths - 2), LONGEST_PAUSE)
            log.error(
                "role_died", name=self.role.name, how=_how(process.returncode), lived=round(lived, 1), pause=pause
            )
            self.restarts, self.last_end = self.restarts + 1, _how(process.returncode)
            self._changed()
            _kill_session(process)
            await asyncio.sleep(pause)
            started = time.monotonic()
            try:
                process = await self._spawn()
            except Exception:
                log.exception("role_start_failed", name=self.role.name)
                await asyncio.sleep(LONGEST_PAUSE)
                continue
            log.info("role_restarted", name=self.role.name, pid=process.pid)
            telling = asyncio.create_task(self._tell_when_ready(process), name=f"waiting for {self.role.name}")

    async def _look_after(self, process: asyncio.subprocess.Process) -> None:
        """Kill the process once it has served and does so no more: it hangs, or was stopped."""
        if self.role.alive is None:
            return
        with contextlib.suppress(Exception):
            await self._wait_ready()
        # Failures are counted, each over its time: were we stopped ourselves, that is one of them at most.
        failed = 0
        while failed < LOOKS:
            pause = asyncio.create_task(asyncio.sleep(LOOK_SECONDS))
            try:
                await asyncio.wait_for(self.role.alive(), LOOK_SECONDS)
                failed = 0
            except Exception as error:
                failed += 1
                log.warning("role_silent", name=self.role.name, pid=process.pid, times=failed, error=str(error))
            await pause
        log.error("role_hangs", name=self.role.name, pid=process.pid)
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def _tell_when_ready(self, process: asyncio.subprocess.Process) -> None:
        began = time.monotonic()
        try:
            await self._wait_ready()
        except Exception as error:
            log.error("role_not_ready", name=self.role.name, pid=process.pid, error=str(error))
        else:
            log.info("role_ready", name=self.role.name, pid=process.pid, seconds=round(time.monotonic() - began, 3))

    async def _spawn(self) -> asyncio.subprocess.Process:
        if self.role.prepare is not None:
            await asyncio.to_thread(self.role.prepare)
        output = 2
        if self.role.log_file is not None:
            output = os.open(self.role.log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Spawned in the main thread: the kernel's parent-death signal is about the thread that forked.
            self._process = await asyncio.create_subprocess_exec(
                *self.role.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )
        finally:
            if output != 2:
                os.close(output)
        self.since = _now()
        self._changed()
        return self._process

    async def _wait_ready(self) -> None:
        deadline = time.monotonic() + self.role.start_seconds
        while True:
            try:
                return await asyncio.wait_for(self.role.ready(), max(0.1, deadline - time.monotonic()))
            except StartFailed:
                raise
            except Exception as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(str(error) or f"not within {self.role.start_seconds} s") from error
            await asyncio.sleep(0.03)


def _kill_session(process: asyncio.subprocess.Process) -> None:
    """End whatever the role's process has left in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _how(code: int | None) -> str:
    if code is None:
        return "still running"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
