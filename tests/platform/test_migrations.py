"""Every migration goes forwards and back, and what it leaves is what it found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from yuelai.entrypoints import sample
from yuelai.platform.db import Database
from yuelai.platform.ids import new_id
from yuelai.platform.migrations import runner
from yuelai.platform.postgres import Postgres

# pgqueuer makes and keeps its own tables; alembic_version is Alembic's.
SCHEMA = """
SELECT 'table ' || c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
    || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || c.relrowsecurity
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND {ours}
UNION ALL SELECT 'constraint ' || c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {ours}
UNION ALL SELECT 'index ' || pg_get_indexdef(c.oid) FROM pg_class c WHERE c.relkind IN ('i', 'I') AND {ours}
UNION ALL SELECT 'sequence ' || c.relname FROM pg_class c WHERE c.relkind = 'S' AND {ours}
UNION ALL SELECT 'policy ' || c.relname || ' ' || p.polname || ' ' || pg_get_expr(p.polqual, p.polrelid)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE {ours}
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND {ours}
UNION ALL SELECT 'function ' || p.oid::regprocedure || ' ' || md5(p.prosrc) FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.proname NOT LIKE '%pgqueuer%'
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
ORDER BY 1
""".replace(
    "{ours}",
    "c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '%pgqueuer%' AND c.relname NOT LIKE 'alembic%'",
)


@pytest.fixture
async def empty(postgres: Postgres) -> AsyncIterator[str]:
    """DSN of a database without any table."""
    name = f"t{new_id().hex}"
    admin = await asyncpg.connect(postgres.superuser_dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER yuelai")
    yield postgres.dsn(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def schema(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return [row[0] for row in await connection.fetch(SCHEMA)]
    finally:
        await connection.close()


def revisions() -> list[str]:
    return sorted(path.name[:4] for path in (runner._FOLDER / "versions").glob("[0-9]*.py"))


async def test_each_migration_goes_back_to_exactly_what_was_there_before_it(empty: str) -> None:
    before: dict[str, list[str]] = {}
    for revision in revisions():
        before[revision] = await schema(empty)
        await asyncio.to_thread(runner.move, empty, revision)
    whole = await schema(empty)
    assert len(whole) > 500
    for revision in reversed(revisions()):
        below = revisions()[revisions().index(revision) - 1] if revision != revisions()[0] else "base"
        await asyncio.to_thread(runner.move, empty, below)
        assert await schema(empty) == before[revision], f"going back over {revision}"
    await asyncio.to_thread(runner.migrate, empty)
    assert await schema(empty) == whole


async def test_a_database_with_data_goes_forwards_and_back_too(empty: str) -> None:
    await asyncio.to_thread(runner.migrate, empty)
    database = await Database.open(empty)
    await sample.load(database, count=30)
    await database.close()
    await asyncio.to_thread(runner.move, empty, "base")
    assert [line for line in await schema(empty) if line.startswith("table")] == []
    await asyncio.to_thread(runner.migrate, empty)
