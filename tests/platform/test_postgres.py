"""The embedded PostgreSQL: started, killed, recovering, stopped; by root and by an ordinary user."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from yuelai.entrypoints.web import health
from yuelai.platform import postgres as room
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.postgres import Postgres, PostgresFailed, connected

pytestmark = pytest.mark.services


class Server(Postgres):
    """A server that the test starts and kills."""

    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.initialise()
        self.clear_leftovers()
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(self.command(), stdout=output, stderr=output)

    def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(20)

    def said(self) -> str:
        return self.log_file.read_text()


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        made = Server(Path(folder) / "home", durable=False)
        yield made
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGQUIT)


def startup_process(server: Server) -> psutil.Process | None:
    """The one that replays the log."""
    assert server.process is not None
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(server.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if " ".join(child.cmdline()).startswith("postgres: startup"):
                    return child
    return None


async def write_much(dsn: str) -> None:
    """Fifty megabytes of log that no checkpoint has taken in."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET synchronous_commit = on")
    await connection.execute(
        "CREATE TABLE much AS SELECT n, repeat('x', 400) AS text FROM generate_series(1, 100000) n"
    )
    await connection.close()


async def test_a_killed_server_says_that_it_recovers_and_is_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PROGRESS_SECONDS", 0.2)
    server.start()
    await server.wait_ready()
    await write_much(server.dsn())
    server.end(signal.SIGKILL)
    server.start()
    async with asyncio.timeout(20):
        while (replaying := startup_process(server)) is None:
            await asyncio.sleep(0.001)
    replaying.suspend()

    told: list[str] = []
    waiting = asyncio.create_task(server.wait_ready(seconds=1.0, say=told.append))
    database = await Database.open(server.dsn())
    app = FastAPI()
    app.include_router(health.router)
    app.state.database = database
    for role in ("worker", "core"):
        setattr(app.state, role, IpcClient(server.home / f"no-{role}.sock"))
    app.state.media = {}
    try:
        # Longer than a server that is silent would be given.
        await asyncio.sleep(1.5)
        assert not waiting.done()
        assert len(told) >= 2
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            answer = await client.get("/health")
        assert answer.status_code == 503
        assert answer.json()["parts"]["postgres"]["ok"] is False
        assert answer.json()["parts"]["postgres"]["detail"].startswith("is recovering: ")
        replaying.resume()
        await asyncio.wait_for(waiting, 30)
        assert await database.trouble() is None
        async with database.transaction(None) as conn:
            assert await conn.fetchval("SELECT count(*) FROM much") == 100_000
        assert told[0].startswith(("database system was", "redo", "starting PostgreSQL", "listening on"))
    finally:
        waiting.cancel()
        replaying.resume() if replaying.is_running() else None
        await database.close()
    server.end(signal.SIGINT)
    assert "does not answer" in str(await (await Database.open(server.dsn())).trouble(0.2))


async def test_it_stops_cleanly_and_leaves_nothing_to_recover(server: Server) -> None:
    server.start()
    await server.wait_ready()
    idle = await asyncpg.connect(server.dsn())
    assert server.end(signal.SIGINT) == 0
    assert "database system is shut down" in server.said()
    assert not (server.data / "postmaster.pid").exists()
    assert list(server.sockets.glob(".s.PGSQL*")) == []
    idle.terminate()
    server.start()
    await server.wait_ready()
    assert "redo starts" not in server.said()
    assert "not properly shut down" not in server.said()


@pytest.mark.parametrize("named", ["a stranger", "nobody at all", "rubbish"])
async def test_a_pid_file_left_behind_does_not_keep_it_from_starting(server: Server, named: str) -> None:
    server.start()
    await server.wait_ready()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    server.end(signal.SIGKILL)
    stranger = {"a stranger": str(os.getpid()), "nobody at all": "4194303", "rubbish": "\0\0"}[named]
    pid_file.write_text("\n".join([stranger, *lines[1:]]))
    server.start()
    await server.wait_ready()


async def test_what_refuses_us_for_good_is_told_at_once(postgres: Postgres) -> None:
    with pytest.raises(PostgresFailed, match="does not let us in"):
        await connected(postgres.dsn("nowhere"), 20)
    with pytest.raises(PostgresFailed, match="does not let us in"):
        await connected(postgres.dsn().replace("yuelai:", "yuelai:not"), 20)
    with pytest.raises(PostgresFailed, match="does not come up"):
        await connected("postgresql://u@/d?host=/nowhere", 0.2)


AS_ANYBODY = """
import asyncio, os, signal, subprocess, sys
from pathlib import Path
from yuelai.platform.postgres import Postgres
assert os.geteuid() == int(sys.argv[2])
server = Postgres(Path(sys.argv[1]), durable=False)
for _ in range(2):
    server.initialise()
    server.clear_leftovers()
    with server.log_file.open("ab") as output:
        process = subprocess.Popen(server.command(), stdout=output, stderr=output)
    asyncio.run(server.wait_ready())
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
print("served", server.data.stat().st_uid)
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root becomes somebody else")
def test_an_ordinary_user_runs_it_too() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        # Only what lets the test's own interpreter be read where that lies in root's folders: no right to write.
        reading = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        who = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        done = subprocess.run(
            ["setpriv", *who, *reading, sys.executable, "-c", AS_ANYBODY, f"{folder}/home", str(nobody.pw_uid)],
            capture_output=True, text=True, check=False, cwd=folder,
        )  # fmt: skip
        assert done.stdout.endswith(f"served {nobody.pw_uid}\n"), done.stderr
