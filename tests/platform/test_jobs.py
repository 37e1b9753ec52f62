"""Jobs put down in a transaction are done by the worker, which outlives the database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from yuelai.entrypoints.worker import Worker
from yuelai.platform import jobs
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient


async def until(condition: Any) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.02)


async def test_committed_jobs_are_done_and_failed_ones_tried_again(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    failures: list[Any] = []

    async def add(given: Database, payload: dict[str, Any]) -> None:
        async with given.transaction(None) as conn:
            assert await conn.fetchval("SELECT true")
        done.append(payload["n"])

    async def fail_once(given: Database, payload: dict[str, Any]) -> None:
        failures.append(payload)
        if len(failures) == 1:
            raise ValueError

    known = jobs.Jobs()
    known.register("test.add", add)
    known.register("test.fail_once", fail_once)
    async with database.transaction(None) as conn:
        await jobs.enqueue(conn, "test.add", {"n": 1}, key="one")
        await jobs.enqueue(conn, "test.add", {"n": 1}, key="one")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(None) as conn:
            await jobs.enqueue(conn, "test.add", {"n": 99})
            raise ZeroDivisionError
    settings = Settings(home=tmp_path, database_url=database.dsn)
    worker = Worker(settings, known)
    await worker.start()
    try:
        await until(lambda: done == [1])
        async with database.transaction(None) as conn:
            await jobs.enqueue(conn, "test.add", {"n": 2})
            await jobs.enqueue(conn, "test.fail_once", {"name": "王芳"})
        await until(lambda: done == [1, 2] and len(failures) == 2)
        assert failures[1] == {"name": "王芳"}
        client = IpcClient(settings.socket("worker"))
        await client.start()
        assert (await client.request("health"))["ok"] is True
        async with database.transaction(None) as conn:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await jobs.enqueue(conn, "test.add", {"n": 3})
        await until(lambda: done == [1, 2, 3])
        await client.close()
    finally:
        await worker.close()
