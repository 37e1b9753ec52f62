"""A whole centre under one supervisor: what runs, in which order, and when it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from pathlib import Path

import structlog

from yuelai.media import shares
from yuelai.platform.certificates import CertificateUnreadable, ClientTrust, ServerCertificate
from yuelai.platform.config import Settings, private_folder
from yuelai.platform.db import Database
from yuelai.platform.errors import RemoteRefusal
from yuelai.platform.ipc import IpcClient
from yuelai.platform.migrations import runner
from yuelai.platform.postgres import Postgres, PostgresFailed, connected, dsn
from yuelai.platform.status import report_file
from yuelai.platform.supervisor import HomeLock, Role, StartFailed, Supervisor

log = structlog.get_logger()

LOG_BYTES = 20 * 2**20
"""A log file longer than this is put aside (one old one is kept) when the centre starts."""

ROLES = ("core", "worker", "web")
"""Beside the media workers. Ended from the last to the first: who answers people goes before whom it asks."""

SILENT_SECONDS = 120.0
"""After which a database that does not even say that it is starting is given up."""
ELSEWHERE_SECONDS = 30.0
"""The same for one that others run."""
RECOVERY_SECONDS = 7 * 86400.0
"""Replaying its log after a crash may take long. Giving up would mean beginning anew; if it ends, we notice at once."""

Prepare = Callable[[Database], Awaitable[None]]


async def run_centre(
    settings: Settings,
    *,
    prepare: Prepare | None = None,
    extra: Sequence[Role] = (),
    log_files: bool = False,
) -> None:
    """Run until SIGTERM or SIGINT, then end everything.

    `prepare` is given the migrated database before the roles start; `extra` roles are started when all others serve.
    With `log_files` the roles log to `home/logs`, so that the ready line stays the last one on the terminal.
    Raises HomeBusy, StartFailed or PostgresFailed.
    """
    told_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
    lock = HomeLock(settings.folder)
    supervisor = Supervisor(environment(settings), report=report_file(settings))
    starting = asyncio.create_task(_start(supervisor, settings, prepare, extra, log_files))
    ending = asyncio.create_task(told_to_end.wait())
    try:
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            print(f"yuelai ready {url(settings)}", flush=True)
            await ending
    finally:
        for task in (starting, ending):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await starting
        await supervisor.stop()
        lock.release()
        log.info("centre_stopped")


async def make_administrator(database: Database) -> None:
    """On the first start make `admin` and print the password, this once."""
    from yuelai.identity.service import bootstrap_admin

    password = await bootstrap_admin(database)
    if password is not None:
        print(f"administrator: admin   password: {password}   (shown only this once)", flush=True)


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as environment variables, so that every role runs on exactly these."""
    values = settings.model_dump(mode="json", exclude_none=True) | {"home": str(settings.folder)}
    return {
        f"YUELAI_{name}".upper(): json.dumps(value) if isinstance(value, dict) else str(value)
        for name, value in values.items()
    }


def url(settings: Settings) -> str:
    """Return where a browser on this machine finds the screens."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.bind, settings.bind)  # noqa: S104 - compared with
    return f"{'https' if settings.tls_cert and settings.tls_key else 'http'}://{host}:{settings.http_port}"


@contextlib.contextmanager
def standing_database(settings: Settings) -> Iterator[str]:
    """Yield the DSN of a database that runs: the external one, or the home's, started for this when no centre runs it.

    Blocking; for commands. Raises HomeBusy never: with a centre running its database is used.
    """
    from yuelai.platform.supervisor import HomeBusy

    if settings.database_url:
        yield settings.database_url
        return
    try:
        lock = HomeLock(settings.folder)
    except HomeBusy:
        yield dsn(settings)
        return
    server = Postgres(settings.folder)
    try:
        server.initialise()
        server.clear_leftovers()
        with server.log_file.open("ab") as output:
            process = subprocess.Popen(server.command(), stdout=output, stderr=output)  # noqa: S603
        try:
            asyncio.run(server.wait_ready(say=lambda text: print(f"  PostgreSQL: {text}", file=sys.stderr)))
            yield server.dsn()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    finally:
        lock.release()


async def _start(
    supervisor: Supervisor, settings: Settings, prepare: Prepare | None, extra: Sequence[Role], log_files: bool
) -> None:
    _need_certificate(settings)
    await _need_free_ports(settings)
    logs = private_folder(settings.folder / "logs")
    private_folder(report_file(settings).parent)
    shares.ports(settings, 1)

    def made(name: str) -> Role:
        return _role(name, settings, _log(logs, name) if log_files else None)

    async def others() -> None:
        await _start_database(supervisor, settings, prepare)
        await _all([supervisor.start(made(name)) for name in ROLES])

    # Media needs no database, so it loads while that comes up.
    await _all([*(supervisor.start(made(name)) for name in shares.roles(settings)), others()])
    await _wait_healthy(settings)
    await _all([supervisor.start(role) for role in extra])


async def _start_database(supervisor: Supervisor, settings: Settings, prepare: Prepare | None) -> None:
    if settings.database_url is None:
        server = Postgres(settings.folder)
        await asyncio.to_thread(server.initialise)
        await supervisor.start(postgres_role(server))
    where = dsn(settings)
    if settings.database_url is not None:
        await (await connected(where, ELSEWHERE_SECONDS)).close()
    await asyncio.to_thread(runner.migrate, where)
    if prepare is not None:
        database = await Database.open(where)
        try:
            await prepare(database)
        finally:
            await database.close()


def postgres_role(server: Postgres) -> Role:
    """The database as a process to keep running. SIGINT is PostgreSQL's fast shutdown."""

    async def ready() -> None:
        try:
            await server.wait_ready(seconds=SILENT_SECONDS)
        except PostgresFailed as error:
            raise StartFailed(str(error)) from error

    return Role(
        "postgres",
        server.command(),
        ready,
        prepare=server.clear_leftovers,
        stop_signal=signal.SIGINT,
        stop_seconds=10,
        start_seconds=RECOVERY_SECONDS,
        log_file=_log(server.log_file.parent, "postgres"),
    )


def _role(name: str, settings: Settings, log_file: Path | None) -> Role:
    async def answers() -> None:
        client = IpcClient(settings.socket(name))
        try:
            await client.start(wait=1)
            with contextlib.suppress(RemoteRefusal):
                await client.request("health")
        finally:
            await client.close()

    async def serves() -> None:
        await asyncio.to_thread(_get, url(settings) + "/health")

    kind, _, worker = name.partition("-")
    command = [sys.executable, "-m", "yuelai", "run", kind, *(["--worker", worker] if worker else [])]
    return Role(
        name,
        command,
        serves if name == "web" else answers,
        # Whoever hangs there is deaf on the line; others have the time to come to themselves.
        alive=answers if kind == "media" else None,
        stop_seconds=5,
        log_file=log_file,
    )


async def _all(starts: Sequence[Coroutine[None, None, None]]) -> None:
    """Wait for all; the first that fails stops the waiting for the others."""
    tasks = [asyncio.ensure_future(start) for start in starts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wait_healthy(settings: Settings, seconds: float = 20.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        status, body = await asyncio.to_thread(_get, url(settings) + "/health")
        if status == 200:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise StartFailed(f"not every part serves: {body}")
        await asyncio.sleep(0.1)


def _get(address: str) -> tuple[int, str]:
    # Our own address: never by a proxy, and whatever the certificate is for, it is hardly for this one.
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def _need_certificate(settings: Settings) -> None:
    """Raise StartFailed for a certificate that cannot be used; better now than from a role's log."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise StartFailed("YUELAI_TLS_CERT and YUELAI_TLS_KEY go only together")
    try:
        if settings.tls_cert is not None and settings.tls_key is not None:
            ServerCertificate(settings.tls_cert, settings.tls_key, client_ca=settings.sip_tls_client_ca)
        ClientTrust(extra_ca=settings.sip_tls_ca).context()
    except CertificateUnreadable as error:
        raise StartFailed(str(error)) from None


async def _need_free_ports(settings: Settings) -> None:
    """Raise StartFailed for a port that somebody else has; better now than from a role's log."""
    wanted = (
        ("YUELAI_HTTP_PORT", settings.http_port, socket.SOCK_STREAM),
        ("YUELAI_SIP_PORT", settings.sip_port, socket.SOCK_STREAM),
        ("YUELAI_SIP_PORT", settings.sip_port, socket.SOCK_DGRAM),
        *([("YUELAI_SIP_PORT", settings.sip_tls_port, socket.SOCK_STREAM)] if settings.tls_cert is not None else []),
    )
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    for name, port, kind in wanted:
        with socket.socket(family, kind) as trial:
            if kind == socket.SOCK_STREAM:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((settings.bind, port))
            except OSError as error:
                transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
                place = f"port {port}/{transport} on {settings.bind}"
                raise StartFailed(f"{place} cannot be had ({error.strerror}); choose another with {name}") from None


def _log(folder: Path, name: str) -> Path:
    path = folder / f"{name}.log"
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
    return path
