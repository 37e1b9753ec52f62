"""Records of the first sheet of an XLSX workbook (ECMA-376), read as a stream. Formulas give the value that was saved
with them; nothing is ever calculated, and nothing outside the file is looked at."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml  # noqa: F401 - openpyxl reads XML through it when it is there: no entities, no bombs
import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from yuelai.customers.imports.errors import NotATable, UnsafeWorkbook
from yuelai.customers.imports.model import MOST_COLUMNS, Broken, Record

MOST_PARTS = 5_000
MOST_UNPACKED = 4 * 1024**3
MOST_SHARED_TEXT = 256 * 1024**2
MOST_OTHER_PART = 32 * 1024**2
MOST_RATIO = 400
"""Plain sheets shrink by 10 to 60; a bomb by a thousand."""
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
"""Excel's own bounds."""
_LARGEST_EXACT = 10**15


def check(path: Path) -> None:
    """Raises `UnsafeWorkbook` or `NotATable` by the archive's directory alone; zipfile holds it to what it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise NotATable() from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise NotATable("The file is a zip archive, but not a workbook.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnsafeWorkbook()
    for part in parts:
        sheet = part.filename.startswith("xl/worksheets/")
        bound = MOST_UNPACKED if sheet else MOST_SHARED_TEXT if "sharedStrings" in part.filename else MOST_OTHER_PART
        media = part.filename.startswith(("xl/media/", "xl/embeddings/"))
        ratio = part.file_size / max(part.compress_size, 1)
        if (part.file_size > bound and not media) or (part.file_size > 1024**2 and ratio > MOST_RATIO):
            raise UnsafeWorkbook(part=part.filename)


def records(path: Path, columns: int = MOST_COLUMNS + 1) -> Iterator[Record | Broken]:
    """Yield the rows that are not blank with their numbers, of at most `columns` cells. Raises `NotATable`."""
    check(path)
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            with contextlib.closing(book):
                yield from _rows(book, columns, path.stat().st_size)
        except (
            InvalidFileException,
            DefusedXmlException,
            ParseError,
            zipfile.BadZipFile,
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            EOFError,
        ) as error:
            raise NotATable(f"The workbook is damaged ({type(error).__name__}).") from error


def _rows(book: Any, columns: int, size: int) -> Iterator[Record | Broken]:
    sheet = book.worksheets[0]
    # What a file states of its size is often wrong: good for a progress bar, not for reading.
    stated = sheet.max_row or 1
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=columns, values_only=True), 1):
        if number > MOST_ROWS:
            raise ValueError("more rows than a sheet can have")
        cells = [_text(value) for value in row]
        position = int(size * number / max(stated, number))
        if any(cell.strip() for cell in cells):
            if any(len(cell) > LONGEST_CELL for cell in cells):
                yield Broken(number, "record_too_long", position)
            else:
                yield Record(number, cells, position)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Excel keeps 15 digits: a longer number has lost its end, and stays in a form that is refused as such.
        return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_EXACT else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
