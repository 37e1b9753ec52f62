"""A whole centre in processes of its own, with the sample data, on free ports of the loopback interface."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from yuelai.platform.config import Settings
from yuelai.platform.db import ALL_TENANTS
from yuelai.platform.postgres import dsn

READY_SECONDS = 60


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port nobody uses at the moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_sip_port() -> int:
    """Return a port free for UDP and TCP."""
    while True:
        port = free_port(socket.SOCK_DGRAM)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def eventually(check: Callable[[], Any], timeout: float = 10.0, every: float = 0.05) -> Any:
    """Return the first true answer of `check`; fail with its last answer when time is up."""
    deadline = time.monotonic() + timeout
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s; last answer {answer!r}")
        time.sleep(every)


class Person:
    """Somebody signed in over HTTP."""

    def __init__(self, base: str, username: str, password: str = "demo") -> None:
        self.http = httpx.Client(base_url=base, timeout=10)
        answer = self.http.post("/api/v1/session", json={"username": username, "password": password})
        answer.raise_for_status()
        self.session = answer.json()
        self.http.headers["Authorization"] = f"Bearer {self.session['token']}"

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(f"/api/v1{path}", params=params)
        answer.raise_for_status()
        return answer.json()

    def state(self) -> dict[str, Any]:
        return dict(self.get("/agents/me/state"))

    def be(self, state: str, seat: str | None = None, reason: str | None = None) -> httpx.Response:
        body = {"state": state, "seat": seat, "reason": reason}
        return self.http.put("/api/v1/agents/me/state", json={k: v for k, v in body.items() if v is not None})

    def be_ready(self, seat: str = "phone") -> None:
        """Become ready as soon as the seat is registered."""
        eventually(lambda: self.be("ready", seat).status_code == 200)

    def interactions(self, **params: Any) -> list[dict[str, Any]]:
        return list(self.get("/interactions", **params)["items"])

    def interaction(self, **params: Any) -> dict[str, Any]:
        """Return the newest interaction that fits, in full, once it is closed."""

        def closed() -> dict[str, Any] | None:
            items = self.interactions(**params)
            return items[0] if items and items[0]["state"] == "closed" else None

        return dict(self.get(f"/interactions/{eventually(closed)['id']}"))


class Centre:
    def __init__(self, home: Path, extra: dict[str, str] | None = None) -> None:
        self.home = home
        self.http_port, self.sip_port = free_port(), free_sip_port()
        low = 30000 + (os.getpid() * 400 + self.http_port) % 20000
        self.environment = os.environ | {
            "YUELAI_HOME": str(home),
            "YUELAI_HTTP_PORT": str(self.http_port),
            "YUELAI_SIP_PORT": str(self.sip_port),
            "YUELAI_RTP_PORTS": f"{low}-{low + 999}",
            **(extra or {}),
        }
        self.process: subprocess.Popen[str] | None = None
        self.callers: list[subprocess.Popen[str]] = []
        self.log = home.parent / f"{home.name}.log"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def start(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "yuelai", "demo", *(arguments or ("--no-callers",))]
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
            )
        assert self.process.stdout is not None
        deadline = time.monotonic() + READY_SECONDS
        for line in self.process.stdout:
            if line.startswith("yuelai ready"):
                return
            if time.monotonic() > deadline:
                break
        raise AssertionError(f"the centre did not get ready:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def processes(self, word: str = "") -> list[psutil.Process]:
        """Return the centre's processes whose command line holds the word."""
        assert self.process is not None
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if word in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def kill(self, role: str) -> None:
        """`kill -9` one role (`media-2` is the second media worker), or PostgreSQL's postmaster."""
        if role == "postgres":
            pid = int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
            parents = [p for p in self.processes("postgres") if p.pid == pid]
            for process in parents or self.processes("postgres")[:1]:
                process.kill()
        else:
            (process,) = self.processes("run " + role.replace("-", " --worker "))
            process.kill()

    def person(self, username: str) -> Person:
        return Person(self.base, username)

    def call(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `yuelai call` against this centre."""
        command = [sys.executable, "-m", "yuelai", "call", "--server", f"127.0.0.1:{self.sip_port}", "--json"]
        caller = subprocess.Popen(
            [*command, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.callers.append(caller)
        return caller

    def called(self, *arguments: str, timeout: float = 60) -> dict[str, Any]:
        """Run `yuelai call` to its end and return its summary."""
        out, errors = self.call(*arguments).communicate(timeout=timeout)
        assert out, errors
        return dict(json.loads(out))

    def quieten(self, timeout: float = 30) -> None:
        """End every caller, take every agent home and wait until no call stands: what a test left is not the next
        one's to meet."""
        for caller in self.callers:
            if caller.poll() is None:
                caller.terminate()
        while self.callers:
            caller = self.callers.pop()
            with suppress(subprocess.TimeoutExpired):
                caller.wait(10)
            caller.kill()
        leader = self.person("leader01")
        home: set[str] = set()

        def quiet() -> bool:
            working = [one for one in leader.get("/agents", limit=500)["items"] if one["state"] != "offline"]
            for one in working:
                if one["state"] == "wrapup" and one["interaction_id"]:
                    self._wrap_up(one)
                if one["id"] not in home:
                    home.add(one["id"])
                    leader.http.post(f"/api/v1/agents/{one['id']}/sign-out")
            return not working and self.figure("yuelai_sip_legs") == 0

        try:
            eventually(quiet, timeout, 0.2)
        except AssertionError:
            raise AssertionError(f"left over: {leader.get('/agents', limit=500)}") from None

    def _wrap_up(self, agent: dict[str, Any]) -> None:
        person = self.person(f"agent{agent['number'][2:]}")
        for disposition in ("solved", None):
            path = f"/api/v1/interactions/{agent['interaction_id']}/wrapup"
            if person.http.post(path, json={"disposition": disposition, "note": ""}).status_code == 204:
                break

    def ask(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Ask the centre's database about all tenants. Runs in a thread, for a test may have a loop of its own."""

        async def asked() -> list[asyncpg.Record]:
            conn = await asyncpg.connect(dsn(Settings(home=self.home)))
            try:
                await conn.execute("SELECT set_config('yuelai.tenant_id', $1, false)", ALL_TENANTS)
                return list(await conn.fetch(query, *arguments))
            finally:
                await conn.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, asked()).result()

    def figure(self, name: str) -> float:
        """Return the sum of a metric over all processes and labels."""
        text = httpx.get(f"{self.base}/metrics", timeout=10).text
        lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


@contextmanager
def running_centre(*arguments: str, extra: dict[str, str] | None = None) -> Iterator[Centre]:
    with tempfile.TemporaryDirectory(prefix="yuelai-") as folder:
        centre = Centre(Path(folder) / "home", extra)
        try:
            centre.start(*arguments)
            yield centre
        finally:
            if centre.process is not None and centre.process.poll() is None:
                centre.stop()
