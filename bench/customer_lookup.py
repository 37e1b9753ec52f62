"""How long it takes to know who calls, among many customers: as ratios to `SELECT 1` in the same run.

    python bench/customer_lookup.py --customers 1000000

Fills a PostgreSQL of its own in a temporary folder (about half a minute for each million) and looks up by phone,
reads the 360° overview, and searches by part of a name, always in turn with `SELECT 1`, so that a noisy machine
spoils both alike. Prints p50 and p99 in milliseconds and their ratio to `SELECT 1`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers import service
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.migrations.runner import migrate
from yuelai.platform.postgres import Postgres

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "芳娜敏静丽伟强磊军勇杰涛明超刚平辉鹏华飞"
FIRST_PHONE = 13_000_000_000
BATCH = 250_000


async def fill(database: Database, count: int) -> None:
    """Add customers numbered from 0, each with a phone, the parts of a name and, every tenth, an account."""
    for start in range(0, count, BATCH):
        async with database.transaction(SAMPLE_TENANT) as conn:
            await conn.execute("SET LOCAL synchronous_commit = off")
            await conn.execute(
                """
                CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS
                SELECT n, uuidv7() AS id,
                    substr($3, 1 + (n * 7 % 20)::int, 1) || substr($4, 1 + (n / 20 % 20)::int, 1)
                        || substr($4, 1 + (n / 400 % 20)::int, 1) AS name
                FROM generate_series($1::bigint, $2::bigint - 1) AS n
                """.replace("$1", str(start))
                .replace("$2", str(min(count, start + BATCH)))
                .replace("$3", f"'{SURNAMES}'")
                .replace("$4", f"'{GIVEN}'")
            )
            for statement in (
                "INSERT INTO customers (id, tenant_id, name) SELECT id, $1, name FROM incoming",
                f"INSERT INTO customer_identities (tenant_id, kind, value, raw, customer_id) SELECT $1, 'phone', "
                f"'+86' || {FIRST_PHONE} + n, 'x', id FROM incoming",
                "INSERT INTO customer_name_parts (tenant_id, part, customer_id) "
                "SELECT $1, substr(name, p), id FROM incoming, generate_series(1, 3) AS p",
                "INSERT INTO accounts (id, tenant_id, customer_id, no, kind) "
                "SELECT uuidv7(), $1, id, n::text, 'x' FROM incoming WHERE n % 10 = 0",
            ):
                await conn.execute(statement, SAMPLE_TENANT)
        print(f"  {min(count, start + BATCH):,} customers", flush=True)
    async with database.transaction(None) as conn:
        await conn.execute("ANALYZE customers, customer_identities, customer_name_parts, accounts")


async def measure(database: Database, count: int, rounds: int) -> None:
    rng = random.Random(1)

    async def one(conn: Connection) -> None:
        await conn.fetchval("SELECT 1")

    async def known(conn: Connection) -> None:
        match = await service.identify(conn, SAMPLE_TENANT, str(FIRST_PHONE + rng.randrange(count)))
        assert match.kind == "one"

    async def unknown(conn: Connection) -> None:
        match = await service.identify(conn, SAMPLE_TENANT, str(19_000_000_000 + rng.randrange(10**9)))
        assert match.kind == "new"

    async def name(conn: Connection) -> None:
        found, _ = await service.search(conn, SAMPLE_TENANT, rng.choice(GIVEN) + rng.choice(GIVEN))
        assert found

    async with database.transaction(SAMPLE_TENANT) as conn:
        match = await service.identify(conn, SAMPLE_TENANT, str(FIRST_PHONE + count // 10 * 10 - 10))
        whole = UUID(match.customers[0]["id"])

    async def overview(conn: Connection) -> None:
        await service.overview(conn, SAMPLE_TENANT, whole)

    verbs: dict[str, Callable[[Connection], Awaitable[None]]] = {
        "SELECT 1": one,
        "phone, known": known,
        "phone, unknown": unknown,
        "overview": overview,
        "part of a name": name,
    }
    times: dict[str, list[float]] = {label: [] for label in verbs}
    async with database.transaction(SAMPLE_TENANT) as conn:
        for number in range(rounds + 50):
            for label, verb in verbs.items():
                began = time.perf_counter()
                await verb(conn)
                if number >= 50:
                    times[label].append((time.perf_counter() - began) * 1000)
    base = quantiles(times["SELECT 1"])
    print(f"{'':16} {'p50 ms':>8} {'p99 ms':>8} {'p50 ratio':>10} {'p99 ratio':>10}")
    for label, values in times.items():
        p50, p99 = quantiles(values)
        print(f"{label:16} {p50:8.3f} {p99:8.3f} {p50 / base[0]:10.1f} {p99 / base[1]:10.1f}")


def quantiles(values: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[98]


async def run(dsn: str, count: int, rounds: int) -> None:
    database = await Database.open(dsn)
    await fill(database, count)
    await measure(database, count, rounds)
    await database.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--customers", type=int, default=1_000_000, help="up to ten million")
    arguments.add_argument("--rounds", type=int, default=2_000)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        server = Postgres(Path(folder), durable=False)
        server.initialise()
        with server.log_file.open("wb") as output:
            process = subprocess.Popen(server.command(), stdout=output, stderr=output)
        try:
            asyncio.run(server.wait_ready())
            migrate(server.dsn())
            asyncio.run(run(server.dsn(), chosen.customers, chosen.rounds))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main()
