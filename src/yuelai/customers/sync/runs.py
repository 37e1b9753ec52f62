"""A run of a source in the worker: page by page, each in one transaction with where to go on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from yuelai.connectors.http import JsonConnector
from yuelai.customers import erased
from yuelai.customers.events import CustomersImported
from yuelai.customers.imports.context import context
from yuelai.customers.imports.normalise import Normaliser
from yuelai.customers.imports.runs import alone
from yuelai.customers.sealing import Vault
from yuelai.customers.sync import pages, repository, secret, sources
from yuelai.customers.sync.apply import apply
from yuelai.customers.sync.decide import Source
from yuelai.customers.sync.pages import Page
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal, Unavailable

log = structlog.get_logger()


async def run(
    database: Database, settings: Settings, vault: Vault, connector: JsonConnector, tenant: UUID, source_id: UUID
) -> None:
    """Bring the source's run to its end, if there is one. Raises `Unavailable` when the database is away: try again."""
    async with alone(database, source_id) as ours:
        if not ours:
            return
        async with database.transaction(tenant) as conn:
            row = await repository.running(conn, tenant, source_id)
            if row is None:
                return
            source = await sources.source(conn, tenant, source_id)
        try:
            await _Run(database, settings, vault, connector, source, row).do()
        except Exception as error:
            if type(error) is Unavailable:
                raise
            failure = {"code": "internal", "detail": "An internal error occurred; it has been logged."}
            if isinstance(error, Refusal):
                failure = {"code": error.code, "detail": error.detail}
            # PostgreSQL's words may quote the row, which is a customer's.
            ours = not isinstance(error, asyncpg.PostgresError)
            log.warning("source_failed", source_id=str(source_id), error=type(error).__name__, exc_info=ours)
            async with database.transaction(tenant) as conn:
                await repository.fail_run(conn, tenant, row["id"], failure)


class _Run:
    def __init__(
        self,
        database: Database,
        settings: Settings,
        vault: Vault,
        connector: JsonConnector,
        source: asyncpg.Record,
        row: asyncpg.Record,
    ) -> None:
        self._database, self._settings, self._vault, self._connector = database, settings, vault, connector
        self._source, self._row = source, row
        self._tenant: UUID = source["tenant_id"]
        self._about = Source(source["id"], source["precedence"])
        self._total: int | None = None
        self._since: str | None = None

    async def do(self) -> None:
        if self._source["kind"] == "http_json":
            since = None if self._row["full"] else self._source["since"]
            columns = list(self._source["mapping"])
            shown = await secret.headers(self._settings, self._source)
            await self._pages(
                pages.asked(self._connector, self._source["url"], columns, self._row["cursor"] or None, since, shown)
            )
        else:
            await self._files()
        await self._end()

    async def _files(self) -> None:
        folder = pages.folder_of(self._settings.source_folder, self._source["tenant_code"], self._source["folder"])
        name, _, rows = (self._row["cursor"] or "").partition("\n")
        mark = self._row["id"].hex[:12]
        for path in pages.waiting(folder, time.time()):
            try:
                await self._pages(pages.read(path, int(rows or 0) if path.name == name else 0))
            except Unavailable:
                raise
            except Exception:
                # It would fail again at each run, and keep the files behind it waiting.
                pages.put_away(path, "failed", mark)
                raise
            pages.put_away(path, "done", mark)

    async def _pages(self, coming: AsyncIterator[Page]) -> None:
        normaliser: Normaliser | None = None
        async with contextlib.aclosing(coming) as found:  # type: ignore[type-var]  # both are generators
            async for page in found:
                async with self._database.transaction(self._tenant) as conn:
                    await erased.heed(conn, self._tenant)
                    if normaliser is None:
                        what = await context(conn, self._tenant)
                        mapping = {
                            name: field for name, field in self._source["mapping"].items() if name in page.columns
                        }
                        normaliser = Normaliser(page.columns, mapping, self._source["key"], what)
                    rows = [normaliser.row(record) for record in page.records]
                    keys = await self._vault.keys(conn, self._tenant)
                    await apply(
                        conn, self._tenant, self._about, self._row["id"], self._source["key"], rows, keys, page.cursor
                    )
                self._total = page.total if page.total is not None else self._total
                self._since = page.since or self._since

    async def _end(self) -> None:
        """Add up both sides. Sums are compared where all that the source has was read."""
        async with self._database.transaction(self._tenant) as conn:
            row: Any = await repository.running(conn, self._tenant, self._source["id"])
            if row is None or row["id"] != self._row["id"]:
                return
            totals = await repository.totals(conn, self._tenant, self._source["id"], row["id"])
            full = row["full"]
            total = self._total if self._total is not None else row["read"] if full else None
            # Whoever was erased is with them, and not with us on purpose.
            held = totals["seen"] + row["erased"] if full else totals["ours"] + totals["erased"]
            missing = None if total is None else max(0, total - held)
            equal = None
            if full:
                equal = missing == 0 and (row["source_checksum"] or 0) == totals["checksum"] and totals["open"] == 0
            await repository.end_run(
                conn,
                self._tenant,
                row["id"],
                source_total=total,
                ours_total=totals["ours"],
                missing=missing,
                checksum_equal=equal,
            )
            await repository.set_since(conn, self._tenant, self._source["id"], self._since)
            if row["created"] or row["updated"]:
                at = SystemClock().now()
                await outbox.put(conn, CustomersImported(at=at, tenant_id=self._tenant, import_id=row["id"]))
