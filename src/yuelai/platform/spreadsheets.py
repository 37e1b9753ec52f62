"""CSV that a spreadsheet may open without running anything in it (OWASP: CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""At the beginning it tells Excel that the file is UTF-8."""

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: str) -> str:
    """Return the cell as text that stays text: an apostrophe before what would be a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def rows(cells: Iterable[Sequence[str]]) -> bytes:
    """Return rows as RFC 4180 has them, in UTF-8. Cells that came from people have passed `safe`."""
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue().encode()
