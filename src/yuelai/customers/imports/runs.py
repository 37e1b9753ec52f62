"""A run of an import in the worker: the file is read and made plain in a thread, one batch ahead of the database.

A worker that is killed leaves the last batch whole or not at all; the next one reads up to there again and goes on. A
lock that dies with its process keeps two workers from one import, and each batch checks that it comes next.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from yuelai.customers import erased
from yuelai.customers.bulk import matching
from yuelai.customers.bulk.model import Incoming
from yuelai.customers.events import CustomersImported
from yuelai.customers.imports import batches, files, reading, repository
from yuelai.customers.imports.batches import Run
from yuelai.customers.imports.context import context
from yuelai.customers.imports.decide import Rules
from yuelai.customers.imports.fields import KEY_FIELD
from yuelai.customers.imports.model import Broken, Record, Rejection
from yuelai.customers.imports.normalise import Normaliser
from yuelai.customers.sealing import Vault
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal, Unavailable

log = structlog.get_logger()

BATCH_ROWS = 5_000
BATCH_CHARACTERS = 4 * 1024 * 1024
_CLEARED_AT_ONCE = 20_000
_TRIES = 5


class _Overtaken(Exception):
    """The import is not where this run left it; another one has taken over, or it was set back."""


@contextlib.asynccontextmanager
async def alone(database: Database, import_id: UUID) -> AsyncIterator[bool]:
    """Hold the import; yields false when another worker does. The lock goes with the connection, hence with us."""
    connection = await asyncpg.connect(database.dsn, timeout=5)
    try:
        yield await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"import {import_id}")
    finally:
        connection.terminate()


async def run(database: Database, settings: Settings, vault: Vault, tenant: UUID, import_id: UUID) -> None:
    """Bring a dry or real run to its end; does nothing where there is none to do. Raises `Unavailable`: try again."""
    async with alone(database, import_id) as ours:
        if not ours:
            return
        async with database.transaction(tenant) as conn:
            row = await repository.one(conn, tenant, import_id)
        if row is None or row["state"] not in ("checking", "running"):
            return
        try:
            await _run(database, settings, vault, tenant, row)
        except (Unavailable, _Overtaken, asyncio.CancelledError):
            raise
        except Exception as error:
            log.exception("import_failed", import_id=str(import_id))
            failure = {"code": "internal", "detail": "An internal error occurred; it has been logged."}
            if isinstance(error, Refusal):
                failure = {"code": error.code, "detail": error.detail}
            async with database.transaction(tenant) as conn:
                await repository.finish(conn, tenant, import_id, "failed", failure)
            await clear(database, tenant, import_id, "customer_import_claims", only_if=row["dry"])


async def _run(database: Database, settings: Settings, vault: Vault, tenant: UUID, row: asyncpg.Record) -> None:
    import_id: UUID = row["id"]
    if row["done"] == 0:
        for table in ("customer_import_errors", "customer_import_claims"):
            await clear(database, tenant, import_id, table)
    async with database.transaction(tenant) as conn:
        what = await context(conn, tenant)
        uses_id = "id_number" in row["mapping"].values()
        keys = await vault.keys(conn, tenant) if uses_id else None
    column = next((each for each in row["columns"] if row["mapping"].get(each) == KEY_FIELD.get(row["key"], "")), None)
    rules = Rules(row["key"], row["on_match"], column)
    about = Run(
        tenant,
        import_id,
        row["person_id"],
        rules,
        row["class"],
        keys,
        row["dry"],
        lambda conn: vault.keys(conn, tenant),
    )
    shape = reading.shape_of(row)
    normaliser = Normaliser(row["columns"], row["mapping"], row["key"], what)
    source = _Batches(files.path_of(settings, import_id), shape, normaliser, skip=row["done"])
    done: int = row["done"]
    counted = done + 1
    coming = asyncio.create_task(asyncio.to_thread(source.next))
    try:
        while True:
            rows, position = await coming
            if not rows:
                break
            coming = asyncio.create_task(asyncio.to_thread(source.next))
            done = await _apply(database, about, rows, position, done)
            if done < 0:
                return
            if not about.dry and done >= counted:
                counted = 10 * done
                async with database.transaction(tenant) as conn:
                    await matching.look_around(conn)
    finally:
        # A thread cannot be stopped; what it reads ahead is thrown away.
        with contextlib.suppress(Exception):
            await coming
        source.close()
    await _end(database, settings, about, "checked" if about.dry else "done")


async def _apply(database: Database, about: Run, rows: list[Incoming | Rejection], position: int, done: int) -> int:
    """Return how many rows of the file have been dealt with; -1 when the run was cancelled instead."""
    for attempt in itertools.count(1):
        try:
            async with database.transaction(about.tenant) as conn:
                await erased.heed(conn, about.tenant)
                held = await repository.lock(conn, about.tenant, about.import_id)
                if held is None or held["done"] != done or held["state"] not in ("checking", "running"):
                    raise _Overtaken()
                if not held["cancel"]:
                    await batches.apply(conn, about, rows, position)
                    return done + len(rows)
            break
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if attempt == _TRIES:
                raise
            await asyncio.sleep(0.1 * attempt)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            # One row that the database refuses must not take the others with it: halve until it stands alone.
            if len(rows) == 1:
                # Not the error itself: it tells the values of the row.
                reason = getattr(error, "constraint_name", None) or type(error).__name__
                log.warning("import_row_refused", import_id=str(about.import_id), line=rows[0].line, reason=reason)
                refused = Rejection(
                    rows[0].line, None, "database_refused", None, "The database does not take this row."
                )
                return await _apply(database, about, [refused], position, done)
            middle = len(rows) // 2
            done = await _apply(database, about, rows[:middle], position, done)
            return done if done < 0 else await _apply(database, about, rows[middle:], position, done)
    await _end(database, None, about, "cancelled")
    return -1


async def _end(database: Database, settings: Settings | None, about: Run, state: str) -> None:
    """With `settings` the file of a real run goes: it has served."""
    async with database.transaction(about.tenant) as conn:
        await repository.finish(conn, about.tenant, about.import_id, state)
        if not about.dry:
            at = SystemClock().now()
            await outbox.put(conn, CustomersImported(at=at, tenant_id=about.tenant, import_id=about.import_id))
        if settings is not None and not about.dry:
            await repository.forget_file(conn, about.tenant, about.import_id)
    if settings is not None and not about.dry:
        files.remove(settings, about.import_id)
    await clear(database, about.tenant, about.import_id, "customer_import_claims")


async def clear(database: Database, tenant: UUID, import_id: UUID, table: str, *, only_if: bool = True) -> None:
    """Delete a run's working rows, many but not all at once."""
    while only_if:
        async with database.transaction(tenant) as conn:
            if await repository.clear(conn, tenant, import_id, table, _CLEARED_AT_ONCE) < _CLEARED_AT_ONCE:
                return


class _Batches:
    """Reads a batch of rows from where an earlier run ended. Used by one thread at a time."""

    def __init__(self, path: Path, shape: reading.Shape, normaliser: Normaliser, *, skip: int) -> None:
        self._path, self._shape, self._normaliser, self._skip = path, shape, normaliser, skip
        self._records: Iterator[Record | Broken] | None = None

    def next(self) -> tuple[list[Incoming | Rejection], int]:
        """Return rows and the position in bytes; no rows at the end."""
        if self._records is None:
            self._records = itertools.islice(reading.rows(self._path, self._shape), self._skip, None)
        rows: list[Incoming | Rejection] = []
        characters = position = 0
        for record in self._records:
            rows.append(self._normaliser.row(record))
            position = record.position
            if isinstance(record, Record):
                characters += sum(map(len, record.cells))
            if len(rows) >= BATCH_ROWS or characters > BATCH_CHARACTERS:
                break
        return rows, position

    def close(self) -> None:
        self._records = iter(())


def progress(row: Any) -> float:
    """Return how far a run is, 0 to 1."""
    if row["state"] in ("done", "checked"):
        return 1.0
    return min(1.0, row["position"] / row["bytes"]) if row["bytes"] else 0.0
