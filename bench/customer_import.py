"""How fast a file of customers comes in, beside what COPY alone takes for the same rows in the same run.

    python bench/customer_import.py --rows 1000000

Makes a CSV file (name, two phones, e-mail, address, account, tags, a broken row in a thousand), imports it as the
worker does, dry and real, into a PostgreSQL of its own in a temporary folder, and prints rows per second, the ratio to
COPY into a bare table, and the most memory the process had.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from yuelai.customers.imports import fields, files, reading, repository, runs
from yuelai.customers.imports.undo import undo
from yuelai.customers.sealing import Vault
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.migrations.runner import migrate
from yuelai.platform.postgres import Postgres

SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "芳娜敏静丽伟强磊军勇杰涛明超刚平辉鹏华飞"
COLUMNS = ("姓名", "手机号码", "备用电话", "邮箱", "性别", "地址", "户号", "标签")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    rng = random.Random(1)
    for number in range(count):
        name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        phone = "nonsense" if number % 1000 == 999 else str(13_000_000_000 + number)
        yield (
            name, phone, f"0571-{80_000_000 + number % 9_999_999}", f"c{number}@example.com", rng.choice("男女"),
            f"浙江省杭州市西湖区文三路{number % 999}号{number % 30}室", f"3301{number:08}",
            "宽带" if number % 9 == 0 else "",
        )  # fmt: skip


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


async def copied(database: Database, count: int) -> float:
    """Return the seconds that COPY takes for the same rows, committed."""
    async with database.transaction(None) as conn:
        await conn.execute(f"CREATE TABLE bare ({', '.join(f'c{place} text' for place in range(len(COLUMNS)))})")
    began = time.perf_counter()
    async with database.transaction(None) as conn:
        await conn.copy_records_to_table("bare", records=rows(count))
    return time.perf_counter() - began


async def measure(settings: Settings, dsn: str, count: int, *, take_back: bool) -> None:
    database = await Database.open(dsn)
    import_id = new_id()
    files.folder(settings)
    path = files.path_of(settings, import_id)
    write(path, count)
    began = time.perf_counter()
    shape = reading.inspect(path)
    print(f"{count:,} rows, {path.stat().st_size / 1e6:.0f} MB, looked through in {time.perf_counter() - began:.1f} s")
    mapping = fields.suggest(shape.columns, {})
    async with database.transaction(SAMPLE_TENANT) as conn:
        person = new_id()
        await conn.execute("INSERT INTO people (id, username, name) VALUES ($1, 'bench', 'Bench')", person)
        await repository.add(conn, SAMPLE_TENANT, import_id, person, "bench.csv", path.stat().st_size, shape, mapping)
        await repository.set_mapping(conn, SAMPLE_TENANT, import_id, mapping, "phone", "update", None, None)
    bare = await copied(database, count)
    print(f"{'':10}{'seconds':>9}{'rows/s':>10}{'x COPY':>8}")
    print(f"{'COPY':10}{bare:9.1f}{count / bare:10.0f}{1:8.1f}")
    for dry in (True, False):
        seconds = await run(database, settings, import_id, dry=dry)
        label = "dry run" if dry else "import"
        print(f"{label:10}{seconds:9.1f}{count / seconds:10.0f}{seconds / bare:8.1f}", flush=True)
    if take_back:
        began = time.perf_counter()
        async with database.transaction(SAMPLE_TENANT) as conn:
            await repository.set_state(conn, SAMPLE_TENANT, import_id, "undoing")
        await undo(database, (), SAMPLE_TENANT, import_id)
        seconds = time.perf_counter() - began
        print(f"{'undo':10}{seconds:9.1f}{count / seconds:10.0f}{seconds / bare:8.1f}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    await database.close()


async def run(database: Database, settings: Settings, import_id: UUID, *, dry: bool) -> float:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await repository.begin(conn, SAMPLE_TENANT, import_id, dry=dry)
    began = time.perf_counter()
    await runs.run(database, settings, Vault(settings), SAMPLE_TENANT, import_id)
    seconds = time.perf_counter() - began
    async with database.transaction(SAMPLE_TENANT) as conn:
        row = await repository.one(conn, SAMPLE_TENANT, import_id)
    assert row is not None
    assert row["state"] == ("checked" if dry else "done"), row["failure"]
    assert row["done"] == row["created"] + row["rejected"], dict(row)
    return seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--undo", action="store_true", help="take it back again, too")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        server = Postgres(Path(folder), durable=False)
        server.initialise()
        with server.log_file.open("wb") as output:
            process = subprocess.Popen(server.command(), stdout=output, stderr=output)
        try:
            asyncio.run(server.wait_ready())
            migrate(server.dsn())
            settings = Settings(home=Path(folder), database_url=server.dsn())
            print(f"on {os.cpu_count()} cores")
            asyncio.run(measure(settings, server.dsn(), chosen.rows, take_back=chosen.undo))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main()
