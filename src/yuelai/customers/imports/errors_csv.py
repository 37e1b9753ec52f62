"""The rejected rows as a CSV file that a spreadsheet may open without running anything in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from yuelai.customers.imports import repository
from yuelai.platform import spreadsheets
from yuelai.platform.db import Database
from yuelai.platform.spreadsheets import safe

_PAGE = 2_000
_NAMES = ("column", "code", "value_masked", "message")
_HEADER = ("line", "column", "code", "value", "message")


async def lines(database: Database, tenant: UUID, import_id: UUID) -> AsyncIterator[bytes]:
    """Yield the file a page at a time. The mark at its beginning tells Excel that it is UTF-8."""
    yield spreadsheets.BYTE_ORDER_MARK.encode() + spreadsheets.rows([_HEADER])
    after = 0
    while True:
        async with database.transaction(tenant) as conn:
            rows = await repository.errors(conn, tenant, import_id, after, _PAGE)
        if not rows:
            return
        yield spreadsheets.rows([[str(row["line"]), *(safe(row[name] or "") for name in _NAMES)] for row in rows])
        after = rows[-1]["line"]
