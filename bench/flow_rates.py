"""What counting shares of self-service costs PostgreSQL (`make bench-rates`).

Walks of 93 days with 15 nodes each, and two businesses in each of them, are put into the tables of a fresh database as
the projector would have; then rates are asked for as screens and reports do, each question twice, the second counts.
Beside it: the same rows counted without any condition, the least that PostgreSQL takes to look at all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from tables import write_between

from yuelai.flows.walks import rate_tables, tables
from yuelai.flows.walks.periods import Period, starts
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.migrations.runner import migrate
from yuelai.platform.postgres import Postgres

DAYS = 93
AT_ONCE = 200_000
_WALKS = """
INSERT INTO flow_walks (id, tenant_id, code, version, interaction_id, at, seconds, nodes, outcome, last, mistakes)
SELECT gen_random_uuid(), $1, (ARRAY['main', 'direct', 'east'])[1 + n % 3], 2, gen_random_uuid(),
    $2::timestamptz + ($4 + n) * $3::interval, 60, (SELECT array_agg('node_' || ((n % 7 + g) % 40))
        FROM generate_series(1, 15) g),
    (ARRAY['served', 'served', 'served', 'left', 'queue', 'queue', 'unserved'])[1 + n % 7], 'node_3', '{"node_1": 1}'
FROM generate_series(1, $5::int) n
"""
_BUSINESSES = """
INSERT INTO flow_businesses
SELECT id, p, tenant_id, code, walk, interaction_id, at, (ARRAY['bill', 'pay'])[p], outcome
FROM flow_walks, generate_series(1, 2) p WHERE at >= $1
"""


async def fill(database: Database, rows: int, since: datetime) -> None:
    step = timedelta(days=DAYS) / rows
    for begin in range(0, rows, AT_ONCE):
        async with database.transaction(None) as conn:
            count = min(AT_ONCE, rows - begin)
            await conn.execute(_WALKS, SAMPLE_TENANT, since, step, begin, count, timeout=300)
            await conn.execute(_BUSINESSES, since + (begin + 1) * step, timeout=300)


async def seconds(database: Database, ask: Any) -> tuple[float, Any]:
    """Return what the second of two takes, and its answer."""
    for _ in range(2):
        async with database.transaction(SAMPLE_TENANT) as conn:
            began = time.perf_counter()
            found = await ask(conn)
            spent = time.perf_counter() - began
    return spent, found


async def measure(server: Postgres, rows: int) -> list[str]:
    await server.wait_ready()
    await asyncio.to_thread(migrate, server.dsn())
    database = await Database.open(server.dsn())
    until = datetime.now(UTC)
    await fill(database, rows, until - timedelta(days=DAYS))
    plain = await asyncpg.connect(server.dsn())
    for table in ("flow_walks", "flow_businesses"):
        # As PostgreSQL does by itself while it has nothing else to do.
        await plain.execute(f"VACUUM ANALYZE {table}", timeout=300)
    await plain.close()

    out = list[str]()

    def row(name: str, spent: float, beside: str) -> None:
        out.append(f"| {name} | {spent:.2f} s | {beside} |")
        print(out[-1], flush=True)

    least, _ = await seconds(database, lambda conn: conn.fetchval("SELECT count(*) FROM flow_walks"))
    row("all walks counted, no condition", least, "")
    questions: Sequence[tuple[str, int, bool, Period | None]] = (
        ("rates by flow", DAYS, False, None),
        ("rates by flow and day", DAYS, False, "day"),
        ("rates by flow, business and day", DAYS, True, "day"),
        ("rates by flow and hour, a week", 7, False, "hour"),
    )
    for name, days, businesses, period in questions:
        since = until - timedelta(days=days)
        asked = rate_tables.Asked(
            SAMPLE_TENANT, since, until, businesses, by_flow=True, by_business=businesses,
            starts=starts(period, since, until) if period else [],
        )  # fmt: skip
        spent, found = await seconds(database, lambda conn, asked=asked: rate_tables.counts(conn, asked, 5000))
        row(name, spent, f"{sum(each['contacts'] for each in found):,} counted")
    for days in (7, 31):
        asked_of = (SAMPLE_TENANT, "main", None, until - timedelta(days=days), until)
        spent, _ = await seconds(database, lambda conn, of=asked_of: tables.ways(conn, *of, {2: ("node_3", 3)}))
        row(
            f"where the contacts of one flow went, {days} days",
            spent,
            f"{rows * days // DAYS // 3:,} walks of 15 nodes",
        )
    await database.close()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        server = Postgres(Path(folder), durable=False)
        server.initialise()
        with server.log_file.open("wb") as output:
            process = subprocess.Popen(server.command(), stdout=output, stderr=output)
        try:
            rows = asyncio.run(measure(server, asked.rows))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    head = [f"{datetime.now(UTC):%Y-%m-%d}, {asked.rows:,} walks:", "", "| what | time | beside it |", "|---|---|---|"]
    text = "\n".join([*head, *rows, ""])
    if asked.write:
        write_between("bench-rates", text)


if __name__ == "__main__":
    main()
