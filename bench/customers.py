"""What it costs to find customers among millions: by number, by name and in full, over HTTP and in SQL.

    make bench-customers ROWS=10000000

Fills a PostgreSQL of its own by COPY (one to two minutes and 2.5 GB for each million), starts the web process on it,
and asks everything in turn with two baselines: `SELECT 1` in SQL and, over HTTP, `GET /api/v1/session`, which looks up
nothing but the token. So a noisy machine spoils all alike, and the ratios stand. Writes its table between the markers
in docs/reference/performance.md with `--write`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

import customer_load
import customer_rows
from argon2 import PasswordHasher
from tables import write_between

from yuelai.customers import service
from yuelai.customers.finding import service as finding
from yuelai.identity import repository as people
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, new_id
from yuelai.platform.migrations.runner import migrate
from yuelai.platform.postgres import Postgres

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

PASSWORD = "open sesame, bench"
WARM_UP = 30


@dataclass
class Question:
    """One thing asked: `text` makes what is asked, `sql` asks it of the service, `path` over HTTP."""

    name: str
    text: Callable[[random.Random], str]
    sql: Callable[[Connection, str], Awaitable[Any]]
    path: Callable[[str], str]
    aim: str = ""
    """p99 over HTTP at ten million."""


def questions(count: int) -> list[Question]:
    def anybody(rng: random.Random) -> int:
        return rng.randrange(count)

    def in_full(rng: random.Random) -> str:
        return str(UUID(customer_rows.customer_id(rng.randrange(0, count, customer_rows.WHOLE))))

    async def one(conn: Connection, _: str) -> None:
        await conn.fetchval("SELECT 1")

    async def known(conn: Connection, phone: str) -> None:
        assert (await service.identify(conn, SAMPLE_TENANT, phone)).kind == "one"

    async def unknown(conn: Connection, phone: str) -> None:
        assert (await service.identify(conn, SAMPLE_TENANT, phone)).kind == "new"

    async def overview(conn: Connection, id_: str) -> None:
        assert (await service.overview(conn, SAMPLE_TENANT, UUID(id_)))["bills"]

    async def search(conn: Connection, q: str) -> None:
        await finding.search(conn, SAMPLE_TENANT, q)

    async def newest(conn: Connection, _: str) -> None:
        assert len((await finding.newest(conn, SAMPLE_TENANT))[0]) == 50

    async def of_class(conn: Connection, class_: str) -> None:
        assert (await finding.newest(conn, SAMPLE_TENANT, filters=finding.Filters(class_=class_)))[0]

    def by(key: str) -> Callable[[str], str]:
        return lambda text: "/api/v1/customers?" + urlencode({key: text})

    def found(name: str, text: Callable[[random.Random], str], aim: str = "") -> Question:
        return Question(name, text, search, by("q"), aim)

    given = customer_rows.GIVEN
    surnames = customer_rows.places.SURNAMES

    def name(rng: random.Random, length: int) -> str:
        return rng.choice(surnames[:40]) + "".join(rng.choice(given[:60]) for _ in range(length - 1))

    return [
        Question("nothing: SELECT 1, GET /session", lambda _: "", one, lambda _: "/api/v1/session"),
        Question("phone, known", lambda rng: customer_rows.mobile(anybody(rng)), known, by("phone"), "10 ms"),
        Question("phone, unknown", lambda rng: f"1990{rng.randrange(10**7):07d}", unknown, by("phone"), "10 ms"),
        Question("overview", in_full, overview, lambda id_: f"/api/v1/customers/{id_}/overview", "20 ms"),
        found("name, 1 character", lambda rng: rng.choice(surnames[:60] + "".join(given[:60])), "150 ms"),
        found("name, 2 characters", lambda rng: name(rng, 2), "150 ms"),
        found("name, 3 characters", lambda rng: name(rng, 3), "150 ms"),
        found("name, the commonest: 王", lambda _: "王", "150 ms"),
        found("company, in the middle", lambda rng: rng.choice(given[:60]) + rng.choice(("科技", "贸易", "医药"))),
        found("pinyin initials: wf", lambda rng: rng.choice("lwzcyhxjs") + rng.choice("fmljyxhq")),
        found("phone, start of 3: 138", lambda rng: rng.choice(("138", "139", "150", "186"))),
        found("phone, start of 7", lambda rng: customer_rows.mobile(anybody(rng))[:7]),
        found("phone, end of 4", lambda rng: customer_rows.mobile(anybody(rng))[-4:]),
        found("phone, end of 8", lambda rng: customer_rows.mobile(anybody(rng))[-8:]),
        found("account", lambda rng: customer_rows.account(anybody(rng))),
        found("customer number", lambda rng: f"C{anybody(rng):09d}"),
        found("mail address", lambda rng: f"user{rng.randrange(0, count, 10):08d}@"),
        found("address, a town: 杭州市", lambda _: "杭州市"),
        found("address, a road: 文安路", lambda rng: rng.choice(customer_rows.ROADS)),
        found("address, road and house", lambda rng: f"{rng.choice(customer_rows.ROADS)}{rng.randrange(1, 400)}号"),
        Question("list, newest", lambda _: "", newest, lambda _: "/api/v1/customers"),
        Question("list of a class", lambda rng: rng.choice(("vip", "gold")), of_class, by("class")),
    ]  # fmt: skip


class Http:
    """One connection that is kept, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers: dict[str, str] = {}
        self._used = 0.0

    def sign_in(self) -> None:
        body = json.dumps({"username": "bench", "password": PASSWORD})
        self._connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        document = json.loads(answer.read())
        assert answer.status == 200, document
        self._headers = {"Authorization": f"Bearer {document['token']}"}

    def get(self, path: str) -> float:
        """Return milliseconds until the whole answer was there."""
        while True:
            if time.monotonic() - self._used > 2:
                self._connection.close()  # the server ends connections that rest for five seconds
                self._connection.connect()
            began = time.perf_counter()
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
            body = answer.read()
            self._used = time.monotonic()
            took = (time.perf_counter() - began) * 1000
            if answer.status == 200:
                return took
            assert answer.status == 429, (path, answer.status, body[:500])
            time.sleep(1)


async def measure(database: Database, port: int, asked: list[Question], rounds: int) -> dict[str, list[list[float]]]:
    """Ask everything in turn, in SQL and over HTTP; return name: [milliseconds in SQL, milliseconds over HTTP]."""
    rng, web = random.Random(1), Http(port)
    web.sign_in()
    times: dict[str, list[list[float]]] = {question.name: [[], []] for question in asked}
    for number in range(WARM_UP + rounds):
        for question in asked:
            text = question.text(rng)
            async with database.transaction(SAMPLE_TENANT) as conn:
                began = time.perf_counter()
                await question.sql(conn, text)
                in_sql = (time.perf_counter() - began) * 1000
            # Another text over HTTP, so that nothing is found warm from the one before.
            over_http = web.get(question.path(question.text(rng)))
            if number >= WARM_UP:
                times[question.name][0].append(in_sql)
                times[question.name][1].append(over_http)
        if number % 100 == 0:
            print(f"  round {number} of {WARM_UP + rounds}", flush=True)
    return times


def quantiles(values: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[98]


def table(asked: list[Question], times: dict[str, list[list[float]]]) -> list[str]:
    base = [quantiles(each) for each in times[asked[0].name]]
    lines = [
        "| what | SQL p50 | SQL p99 | HTTP p50 | HTTP p99 | aim, HTTP p99 |",
        "|---|---|---|---|---|---|",
    ]
    for question in asked:
        cells = []
        for which in (0, 1):
            for part, value in enumerate(quantiles(times[question.name][which])):
                cells.append(f"{value:.2f} ({value / base[which][part]:.1f})")
        lines.append(f"| {question.name} | {' | '.join(cells)} | {question.aim} |")
    return lines


@contextlib.contextmanager
def server_running(home: Path) -> Iterator[Postgres]:
    server = Postgres(home, durable=False)
    server.initialise()
    with server.log_file.open("ab") as output:
        process = subprocess.Popen(server.command(), stdout=output, stderr=output)
    try:
        asyncio.run(server.wait_ready())
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


@contextlib.contextmanager
def web_running(home: Path) -> Iterator[int]:
    """Start the real web process on the home; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "YUELAI_HOME": str(home), "YUELAI_HTTP_PORT": str(port)}
    with (home / "logs" / "web.log").open("wb") as output:
        command = [sys.executable, "-m", "yuelai", "run", "web"]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the web process does not come up; see {home}/logs/web.log")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


async def add_person(database: Database) -> None:
    person, hashed = PersonId(new_id()), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with database.transaction(None) as conn:
        if not await conn.fetchval("SELECT true FROM people WHERE username = 'bench'"):
            await people.add_person(conn, person, "bench", "Bench", None, hashed)
            await people.add_grant(conn, person, SAMPLE_TENANT, "agent")


async def ask(dsn: str, port: int, asked: list[Question], rounds: int) -> dict[str, list[list[float]]]:
    database = await Database.open(dsn)
    try:
        await add_person(database)
        return await measure(database, port, asked, rounds)
    finally:
        await database.close()


def report(
    count: int, rounds: int, lines: list[str], seconds: dict[str, float], sizes: list[tuple[str, int, int]]
) -> str:
    whole = sum(size for _, _, size in sizes)
    today = datetime.now(UTC).date()
    head = f"{today}: {count:,} customers, {rounds} rounds. Milliseconds, and in brackets the ratio to the first line."
    parts = [head, "", *lines, ""]
    if seconds:
        steps = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        parts.append(f"Load: {sum(seconds.values()) / 60:.1f} minutes ({steps}).")
    tables = ", ".join(f"{name} {rows:,} rows {size / 2**30:.2f} GB" for name, rows, size in sizes)
    parts.append(f"On disk with all indexes: {whole / 2**30:.1f} GB ({tables}).")
    return "\n".join(parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--customers", type=int, default=1_000_000, help="up to ten million")
    arguments.add_argument("--rounds", type=int, default=1_000)
    arguments.add_argument("--home", type=Path, help="keep the database here, and use it when it is filled already")
    arguments.add_argument("--write", action="store_true", help="put the table into docs/reference/performance.md")
    chosen = arguments.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="yl"))
    full = home / "filled"
    try:
        with server_running(home) as server:
            seconds: dict[str, float] = {}
            if not full.exists():
                migrate(server.dsn())
                print(f"filling a database in {home} with {chosen.customers:,} customers", flush=True)
                seconds = customer_load.fill(server.superuser_dsn("yuelai"), chosen.customers)
                full.write_text(str(chosen.customers))
            count = int(full.read_text())
            asked = questions(count)
            with web_running(home) as port:
                times = asyncio.run(ask(server.dsn(), port, asked, chosen.rounds))
            text = report(
                count, chosen.rounds, table(asked, times), seconds, customer_load.sizes(server.superuser_dsn("yuelai"))
            )
            print(text)
            if chosen.write:
                write_between("bench-customers", text)
    finally:
        if chosen.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
