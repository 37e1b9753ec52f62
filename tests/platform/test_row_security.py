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
from yuelai.platform.postgres import Postgres

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


_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND a.attgenerated = ''
    AND a.attidentity = '' AND d.oid IS NULL
"""
_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'1'",
    "character": "'C'",
    "timestamp with time zone": "now()",
    "date": "date_trunc('month', now())::date",
    "json": "'{}'",
    "jsonb": "'{}'",
    "bytea": "'x'",
    "boolean": "true",
    "inet": "'192.0.2.1'",
    "cidr": "'192.0.2.0/24'",
}


def _value(column: asyncpg.Record) -> str:
    """Return some value of the column's type."""
    if column["type"].endswith("[]"):
        return "'{}'"
    return _VALUES.get(column["type"], "1")


async def test_not_one_row_of_another_tenant_is_seen_in_any_table(database: Database, postgres: Postgres) -> None:
    """A row of another tenant is put into every table, past keys and checks; nobody else's query finds it."""
    name = database.dsn.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(postgres.superuser_dsn(name))
    try:
        # Foreign keys, triggers and checks are not what is tested here.
        await admin.execute("SET session_replication_role = replica")
        for check in await admin.fetch(
            "SELECT conrelid::regclass::text AS place, conname FROM pg_constraint WHERE contype = 'c' AND conislocal "
            "AND connamespace = 'public'::regnamespace AND conrelid <> 0"
        ):
            await admin.execute(f'ALTER TABLE {check["place"]} DROP CONSTRAINT "{check["conname"]}"')
        tables = [
            row["relname"]
            for row in await admin.fetch(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                "WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') "
                "AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
            )
        ]
        assert len(tables) > 30
        for table in tables:
            columns = [row for row in await admin.fetch(_COLUMNS, table) if row["name"] != "tenant_id"]
            names = ", ".join(["tenant_id", *(f'"{row["name"]}"' for row in columns)])
            values = ", ".join([f"'{THEIRS}'", *(_value(row) for row in columns)])
            await admin.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")
    finally:
        await admin.close()
    for table in tables:
        async with database.transaction(None) as conn:
            count = "SELECT count(*) FROM {} WHERE tenant_id = $1"
            assert await conn.fetchval(count.format(table), THEIRS) >= 1, f"nothing was put into {table}"
        async with database.transaction(OURS) as conn:
            assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            assert await conn.fetchval(count.format(table), THEIRS) == 0, table
