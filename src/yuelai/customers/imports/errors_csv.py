"""The rejected rows as a CSV file that a spreadsheet may open without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from yuelai.customers.imports import repository
from yuelai.platform.db import Database

_PAGE = 2_000
_NAMES = ("column", "code", "value_masked", "message")
_HEADER = ("line", "column", "code", "value", "message")
# A cell that begins with one of these is a formula to a spreadsheet (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: str) -> str:
    """Return the cell as text that stays text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


async def lines(database: Database, tenant: UUID, import_id: UUID) -> AsyncIterator[bytes]:
    """Yield the file a page at a time. The mark at its beginning tells Excel that it is UTF-8."""
    yield "\ufeff".encode() + _csv([_HEADER])
    after = 0
    while True:
        async with database.transaction(tenant) as conn:
            rows = await repository.errors(conn, tenant, import_id, after, _PAGE)
        if not rows:
            return
        yield _csv([[str(row["line"]), *(safe(row[name] or "") for name in _NAMES)] for row in rows])
        after = rows[-1]["line"]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
