"""The jobs the worker knows, done for real."""

from __future__ import annotations

import asyncio
from pathlib import Path

from yuelai.entrypoints.worker import Worker, known_jobs
from yuelai.platform import jobs
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id


async def test_what_has_expired_is_forgotten_and_partitions_reach_a_year_ahead(
    tmp_path: Path, database: Database
) -> None:
    async with database.transaction(None) as conn:
        person = new_id()
        await conn.execute(
            "INSERT INTO people (id, username, name, password_hash) VALUES ($1, 'old', 'Old', '')",
            person,
        )
        for token, expires in ((b"old", "1 hour"), (b"new", "-1 hour")):
            await conn.execute(
                "INSERT INTO sessions (token_hash, person_id, tenant_id, expires_at)"
                f" VALUES ($1, $2, $3, now() - interval '{expires}')",
                token,
                person,
                SAMPLE_TENANT,
            )
        await jobs.enqueue(conn, "identity.forget_expired")
        await jobs.enqueue(conn, "interactions.make_partitions")
    settings = Settings(home=tmp_path, database_url=database.dsn)
    worker = Worker(settings, known_jobs(settings))
    await worker.start()
    try:
        async with asyncio.timeout(20):
            while await counted(database) != (1, True):
                await asyncio.sleep(0.05)
    finally:
        await worker.close()


async def counted(database: Database) -> tuple[int, bool]:
    async with database.transaction(None) as conn:
        sessions = await conn.fetchval("SELECT count(*) FROM sessions")
        partitions = await conn.fetchval("SELECT count(*) FROM pg_inherits WHERE inhparent = 'interactions'::regclass")
    return sessions, partitions >= 13
