"""A whole centre for benches of queue calls: the processes of `yuelai serve`, the sample's customers, many agents.

What a figure needs beyond the sample is put into the same tables: agents with telephones as members of one queue that
gives no time for wrap-up, and an access number whose flow leads there at once.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psutil

from tests.support.centre import READY_SECONDS, Centre, Person, eventually
from yuelai.entrypoints import sample
from yuelai.entrypoints.centre import run_centre
from yuelai.entrypoints.sample.people import PASSWORD, queue_id
from yuelai.entrypoints.simulator.callers import numbers
from yuelai.identity import passwords
from yuelai.identity.credentials import ha1
from yuelai.platform import logging
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

ACCESS_NUMBER = "10086"
QUEUE = "general"
FIRST_AGENT = 9001
_UNSETTLED = """
SELECT (SELECT count(*) FROM interactions WHERE closed_at IS NULL)
    + (SELECT count(*) FROM recordings WHERE format = 'capture' AND duration_ms > 0)
    + (SELECT count(*) FROM open_dialogs) AS n
"""


def username(number: int) -> str:
    return f"bench{number}"


def _person(number: int) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{9_000_000 + number:012d}")


async def _prepare(database: Database, settings: Settings, agents: int, wrap_up: int) -> None:
    await sample.load(database, settings=settings)
    encoded = await passwords.hash_password(PASSWORD)
    people = [(_person(n), username(n), str(n)) for n in range(FIRST_AGENT, FIRST_AGENT + agents)]
    async with database.transaction(None) as conn:
        await conn.executemany(
            "INSERT INTO people (id, username, name, number, password_hash) VALUES ($1, $2, $2, $3, $4) "
            "ON CONFLICT DO NOTHING",
            [(*person, encoded) for person in people],
        )
        await conn.executemany(
            "INSERT INTO grants (person_id, tenant_id, role, scope) VALUES ($1, $2, 'agent', $3) "
            "ON CONFLICT DO NOTHING",
            [(id_, SAMPLE_TENANT, {"kind": "tenant", "ids": []}) for id_, _, _ in people],
        )
        await conn.executemany(
            'INSERT INTO sip_credentials (username, person_id, "user", ha1_md5, ha1_sha256) '
            "VALUES ($1, $2, $1, $3, $4) ON CONFLICT DO NOTHING",
            [(number, id_, *ha1(number, PASSWORD)) for id_, _, number in people],
        )
        await conn.executemany(
            "INSERT INTO queue_members (queue_id, tenant_id, person_id, level) VALUES ($1, $2, $3, 1) "
            "ON CONFLICT DO NOTHING",
            [(queue_id(QUEUE), SAMPLE_TENANT, id_) for id_, _, _ in people],
        )
        # Who waits is counted here, not sent elsewhere; whoever is free takes whoever waits longest.
        await conn.execute(
            "UPDATE queues SET wrapup_seconds = $2, overflows = '[]', prefer_seconds = 0 WHERE id = $1",
            queue_id(QUEUE),
            wrap_up,
        )
        await conn.execute(
            "INSERT INTO access_numbers (number, tenant_id, flow) VALUES ($1, $2, 'direct') ON CONFLICT DO NOTHING",
            ACCESS_NUMBER,
            SAMPLE_TENANT,
        )


class BenchCentre(Centre):
    """`agents` is how many there are beside the sample's, all with telephones; their numbers begin at `FIRST_AGENT`."""

    def __init__(self, home: Path, agents: int, *, wrap_up: int = 0, extra: dict[str, str] | None = None) -> None:
        super().__init__(home, {"YUELAI_LOG_LEVEL": "warning", **(extra or {})})
        low = 30000 if self.sip_port < 30000 else 20000
        self.environment["YUELAI_RTP_PORTS"] = f"{low}-{low + 9999}"
        self._agents, self._wrap_up = agents, wrap_up
        self.people: list[Person] = []
        self.settings = Settings(home=home)

    @property
    def numbers(self) -> list[str]:
        return [str(n) for n in range(FIRST_AGENT, FIRST_AGENT + self._agents)]

    def start(self, *arguments: str) -> None:
        command = [sys.executable, __file__, str(self._agents), str(self._wrap_up), *arguments]
        folder = Path(__file__).resolve().parent.parent
        environment = {**self.environment, "PYTHONPATH": f"{folder}/src{os.pathsep}{folder}"}
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True,
                start_new_session=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        deadline = time.monotonic() + READY_SECONDS
        for line in self.process.stdout:
            if line.startswith("yuelai ready"):
                return
            if time.monotonic() > deadline:
                break
        raise SystemExit(f"the centre did not get ready:\n{self.log.read_text()[-4000:]}")

    def sign_in(self) -> None:
        """Everybody signs in and becomes ready at their telephone, which has to be registered."""
        names = [username(int(number)) for number in self.numbers]
        with ThreadPoolExecutor(4) as pool:
            self.people = list(pool.map(self.person, names))
        self.everybody_ready()

    def everybody_ready(self) -> None:
        """Whoever was set aside is ready again."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(_be_ready, self.people))

    # What it costs

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time of each kind of process until now, those that have ended included."""
        assert self.process is not None
        spent: dict[str, float] = {}
        for process in [psutil.Process(self.process.pid), *self.processes()]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                kind = _kind(process.cmdline())
                spent[kind] = spent.get(kind, 0.0) + times.user + times.system
                spent[kind] += times.children_user + times.children_system
        return spent

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until every interaction is closed and every recording is finished: then all that was caused is paid."""
        eventually(lambda: self.ask(_UNSETTLED)[0]["n"] == 0, seconds, 0.5)


def _be_ready(person: Person) -> None:
    if person.state()["state"] != "ready":
        person.be_ready("phone")


def _kind(command: list[str]) -> str:
    words = " ".join(command)
    for kind in ("core", "web", "media", "worker"):
        if f"run {kind}" in words:
            return kind
    return "postgres" if "postgres" in words else "supervisor"


def customers() -> list[str]:
    """Numbers that the sample's customers are known by."""
    return numbers(300)


@contextmanager
def bench_centre(agents: int, *, wrap_up: int = 0, extra: dict[str, str] | None = None) -> Iterator[BenchCentre]:
    with TemporaryDirectory(prefix="yl") as folder:
        centre = BenchCentre(Path(folder) / "home", agents, wrap_up=wrap_up, extra=extra)
        try:
            centre.start()
            yield centre
        finally:
            if centre.process is not None and centre.process.poll() is None:
                centre.stop()
            if os.environ.get("BENCH_LOG"):
                Path(os.environ["BENCH_LOG"]).write_text(centre.log.read_text())


def _serve() -> None:
    agents, wrap_up = int(sys.argv[1]), int(sys.argv[2])
    settings = Settings()
    logging.configure("supervisor", settings)

    async def prepare(database: Database) -> None:
        await _prepare(database, settings, agents, wrap_up)

    asyncio.run(run_centre(settings, prepare=prepare))


if __name__ == "__main__":
    _serve()
