"""Files that wait to be imported may hold somebody who was erased: those go, and have to be uploaded again without.

A file may be of gigabytes, hence the worker reads them. One that is being run just now is left: its rows heed the
erasure, and no file lies longer than three days.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import structlog

from yuelai.customers import erased
from yuelai.customers.bulk.model import Incoming
from yuelai.customers.imports import files, reading, repository
from yuelai.customers.imports.model import Broken, Record
from yuelai.customers.imports.normalise import Context, Normaliser
from yuelai.customers.sealing import Vault
from yuelai.platform import jobs
from yuelai.platform.config import Settings
from yuelai.platform.db import Database

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

JOB = "customers.sweep_import_files"
_ROWS = 5_000
_TELLING = ("no", "name", "phone", "email", "wechat", "account", "id_number")


async def put_down(conn: Connection, tenant: UUID) -> None:
    """Have the worker look through the tenant's files; once an erasure, for a sweep under way may have missed it."""
    await jobs.enqueue(conn, JOB, {"tenant_id": str(tenant)})


async def sweep(database: Database, settings: Settings, vault: Vault, tenant: UUID) -> None:
    """Remove the files that wait and speak of somebody erased, and those that cannot be read any more."""
    async with database.transaction(tenant) as conn:
        waiting = await repository.waiting_files(conn, tenant)
    for row in waiting:
        try:
            found = await _speaks(database, settings, vault, row)
        except (OSError, ValueError) as error:
            log.warning("import_file_unreadable", import_id=str(row["id"]), error=repr(error))
            found = True
        if found:
            async with database.transaction(tenant) as conn:
                held = await repository.lock(conn, tenant, row["id"])
                if held is None or held["state"] in repository.UNDERWAY:
                    continue
                await repository.forget_file(conn, tenant, row["id"])
            files.remove(settings, row["id"])
            log.info("import_file_swept", import_id=str(row["id"]))


async def _speaks(database: Database, settings: Settings, vault: Vault, row: asyncpg.Record) -> bool:
    tenant: UUID = row["tenant_id"]
    mapping: dict[str, Any] = row["mapping"] or row["suggested"]
    telling = {column: field for column, field in mapping.items() if field in _TELLING}
    normaliser = Normaliser(row["columns"], telling, "none", Context())
    shape = reading.shape_of(row)
    records = reading.rows(files.path_of(settings, row["id"]), shape)
    while True:
        batch = await asyncio.to_thread(_batch, records, normaliser)
        if batch is None:
            return False
        async with database.transaction(tenant) as conn:
            if await erased.hits(conn, tenant, batch, lambda conn=conn: vault.keys(conn, tenant)):  # type: ignore[misc]
                return True


def _batch(records: Iterator[Record | Broken], normaliser: Normaliser) -> list[Incoming] | None:
    found = [normaliser.row(record) for record in itertools.islice(records, _ROWS)]
    return [row for row in found if isinstance(row, Incoming)] if found else None
