"""Each entry reaches PostgreSQL once and in order, whatever dies on the way."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from yuelai.platform.db import Connection, Database
from yuelai.platform.journal import Entry, Journal
from yuelai.platform.postgres import Postgres
from yuelai.platform.projector import NotParked, Projector, StillFails

from .happenings import Happened, happened


async def write_down(conn: Connection, entry: Entry) -> None:
    assert isinstance(entry.fact, Happened)
    await conn.execute("INSERT INTO happenings (number, seq) VALUES ($1, $2)", entry.fact.number, entry.seq)


async def make_table(database: Database) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE happenings (id bigserial PRIMARY KEY, number int, seq bigint)")


async def written(database: Database) -> list[int]:
    async with database.transaction(None) as conn:
        return [row["number"] for row in await conn.fetch("SELECT number FROM happenings ORDER BY id")]


async def test_the_projector_follows_and_a_new_one_goes_on(tmp_path: Path, database: Database) -> None:
    await make_table(database)
    journal = await Journal.open(tmp_path / "j", owner="core")
    told: list[int] = []
    for start in (0, 300):
        projector = Projector(journal, database)
        projector.register(Happened, write_down)
        projector.on_projected.append(lambda entry: told.append(entry.seq))
        await journal.append(*(happened(n) for n in range(start, start + 290)))
        await projector.start()
        await journal.append(*(happened(n) for n in range(start + 290, start + 300)))
        await asyncio.wait_for(projector.caught_up(), 10)
        await projector.close()
    assert await written(database) == list(range(600))
    assert told == list(range(1, 601))
    assert journal.unfollowed_bytes == 0
    await journal.close()


async def test_an_entry_that_cannot_be_applied_is_parked_and_the_rest_goes_on(
    tmp_path: Path, database: Database
) -> None:
    await make_table(database)
    spoilt = {3, 4}

    async def choosy(conn: Connection, entry: Entry) -> None:
        await write_down(conn, entry)
        if entry.fact.number in spoilt:  # type: ignore[attr-defined]
            await conn.execute("SELECT 1 / 0")

    journal = await Journal.open(tmp_path / "j", owner="core")
    projector = Projector(journal, database)
    projector.register(Happened, choosy)
    await journal.append(*(happened(n, name="a\0b") for n in range(8)))
    await projector.start()
    await asyncio.wait_for(projector.caught_up(), 10)
    assert await written(database) == [0, 1, 2, 5, 6, 7]
    async with database.transaction(None) as conn:
        parked = await conn.fetch("SELECT * FROM journal_parked ORDER BY seq")
    assert [row["fact"]["number"] for row in parked] == [3, 4]
    assert "division by zero" in parked[0]["error"]
    health = await projector.health()
    assert not health.ok
    assert "2 entries" in health.detail

    # A program that no longer knows them must not count them as applied.
    with pytest.raises(StillFails, match="any more"):
        await Projector(journal, database).retry(journal.key, parked[0]["seq"])

    # Mended, they are applied after all, each once.
    spoilt = {4}
    await projector.retry(journal.key, parked[0]["seq"])
    with pytest.raises(StillFails, match="division"):
        await projector.retry(journal.key, parked[1]["seq"])
    with pytest.raises(NotParked):
        await projector.retry(journal.key, parked[0]["seq"])
    spoilt = set()
    await projector.retry(journal.key, parked[1]["seq"])
    assert await written(database) == [0, 1, 2, 5, 6, 7, 3, 4]
    assert (await projector.health()).ok
    await projector.close()
    await journal.close()


@pytest.mark.services
async def test_killing_postgresql_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "home")
    server.initialise()

    def start() -> subprocess.Popen[bytes]:
        server.clear_leftovers()
        with server.log_file.open("ab") as output:
            return subprocess.Popen(server.command(), stdout=output, stderr=output)

    process = start()
    await server.wait_ready()
    database = await Database.open(server.dsn())
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE journal_positions (owner text PRIMARY KEY, seq bigint NOT NULL)")
        await conn.execute("CREATE TABLE journal_parked (seq bigint)")
    await make_table(database)
    journal = await Journal.open(tmp_path / "j", owner="core")
    projector = Projector(journal, database)
    projector.register(Happened, write_down)
    await projector.start()
    appended = 0
    stop = asyncio.Event()

    async def appending() -> None:
        nonlocal appended
        while not stop.is_set():
            await journal.append(happened(appended))
            appended += 1
            await asyncio.sleep(0.001)

    task = asyncio.create_task(appending())
    try:
        for outage in ("short", "long"):
            await asyncio.sleep(0.3)
            process.kill()
            process.wait()
            before = appended
            if outage == "long":
                async with asyncio.timeout(5):
                    while (await projector.health()).ok:
                        await asyncio.sleep(0.01)
            process = start()
            await server.wait_ready()
            assert appended > before, "appending waited for PostgreSQL"
        stop.set()
        await task
        await asyncio.wait_for(projector.caught_up(), 20)
        assert await written(database) == list(range(appended))
        assert (await projector.health()).ok
    finally:
        await projector.close()
        await journal.close()
        await database.close()
        process.terminate()
        process.wait()
