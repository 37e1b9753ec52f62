"""Row-level security as the second lock: a query that forgets its tenant still sees only that tenant's rows."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from yuelai.platform.db import Database
from yuelai.platform.ids import new_id
from yuelai.platform.migrations.helpers import tenant_policy

OURS, THEIRS = new_id(), new_id()


@pytest.fixture
async def secrets(database: Database) -> Database:
    """A table as a migration makes it, with one row of each of two tenants."""

    def make() -> None:
        import psycopg

        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(database.dsn), poolclass=NullPool
        )
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)) as op:
            op.execute("CREATE TABLE secrets (tenant_id uuid NOT NULL, word text)")
            tenant_policy("secrets")

    await asyncio.to_thread(make)
    async with database.transaction(None) as conn:
        await conn.executemany("INSERT INTO secrets VALUES ($1, $2)", [(OURS, "ours"), (THEIRS, "theirs")])
    return database


async def test_a_tenant_sees_only_its_rows_and_system_work_sees_all(secrets: Database) -> None:
    async with secrets.transaction(OURS) as conn:
        assert await conn.fetchval("SELECT array_agg(word) FROM secrets") == ["ours"]
    async with secrets.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM secrets") == 2


async def test_a_tenant_can_neither_write_nor_change_nor_delete_others_rows(secrets: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with secrets.transaction(OURS) as conn:
            await conn.execute("INSERT INTO secrets VALUES ($1, 'planted')", THEIRS)
    async with secrets.transaction(OURS) as conn:
        assert await conn.execute("UPDATE secrets SET word = 'x'") == "UPDATE 1"
        assert await conn.execute("DELETE FROM secrets") == "DELETE 1"
    async with secrets.transaction(None) as conn:
        assert await conn.fetchval("SELECT array_agg(word) FROM secrets") == ["theirs"]


async def test_the_tenant_does_not_stay_on_a_connection(secrets: Database) -> None:
    async with secrets.transaction(OURS):
        pass
    bare = await asyncpg.connect(secrets.dsn)
    try:
        assert await bare.fetchval("SELECT count(*) FROM secrets") == 0
        async with bare.transaction():
            await bare.execute("SELECT set_config('yuelai.tenant_id', $1, true)", str(OURS))
            assert await bare.fetchval("SELECT count(*) FROM secrets") == 1
        assert await bare.fetchval("SELECT count(*) FROM secrets") == 0
    finally:
        await bare.close()


async def test_every_table_with_a_tenant_is_locked(database: Database) -> None:
    async with database.transaction(None) as conn:
        open_tables = await conn.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' "
            "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition "
            "AND NOT (c.relrowsecurity AND c.relforcerowsecurity "
            "AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
        )
    assert [row["relname"] for row in open_tables] == []
