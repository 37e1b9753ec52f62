"""A file as a stream of rows, whichever form it has."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuelai.customers.imports import csvfile, dialect, encoding, fields, workbook
from yuelai.customers.imports.errors import EmptyFile, NoRows, NotATable, TooManyColumns
from yuelai.customers.imports.model import MOST_COLUMNS, SAMPLE_ROWS, Broken, Record

_SNIFFED = 65536
_LONGEST_SAMPLE = 200


@dataclass(frozen=True)
class Shape:
    """How a file is written; `encoding` and `delimiter` are None for a workbook."""

    format: str
    encoding: str | None
    delimiter: str | None
    columns: list[str]
    sample: list[list[str]]
    estimated_rows: int
    header_width: int


def inspect(path: Path) -> Shape:
    """Find out all of it, reading the whole file once. Takes seconds for a gigabyte: not for an event loop.

    Raises `EmptyFile`, `NotATable`, `UnsafeWorkbook`, `UnreadableEncoding`, `TooManyColumns` or `NoRows`.
    """
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile()
    if encoding.is_workbook(path):
        return _shape("xlsx", None, None, workbook.records(path), size)
    name = encoding.detect(path)
    with path.open(encoding=name, newline="") as file:
        text = file.read(_SNIFFED)
        found = dialect.delimiter(text, complete=not file.read(1))
    return _shape("csv", name, found, csvfile.records(path, name, found), size)


def shape_of(row: Any) -> Shape:
    """Return the shape of an import's file as it was found at the upload."""
    return Shape(row["format"], row["encoding"], row["delimiter"], row["columns"], [], 0, row["header_width"])


def rows(path: Path, shape: Shape) -> Iterator[Record | Broken]:
    """Yield what comes after the header."""
    if shape.format == "xlsx":
        found = workbook.records(path, shape.header_width + 1)
    else:
        assert shape.encoding is not None
        assert shape.delimiter is not None
        found = csvfile.records(path, shape.encoding, shape.delimiter)
    return itertools.islice(found, 1, None)


def size(path: Path) -> int:
    return os.stat(path).st_size


def _shape(
    format_: str, encoding_: str | None, delimiter: str | None, records: Iterator[Record | Broken], size_: int
) -> Shape:
    header = next(records, None)
    if header is None:
        raise EmptyFile()
    if isinstance(header, Broken):
        raise NotATable(f"The header in line {header.line} cannot be read.", reason=header.code)
    cells = list(header.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise TooManyColumns(f"The file has more than {MOST_COLUMNS} columns.", most=MOST_COLUMNS)
    first = list(itertools.islice(records, 100))
    if not first:
        raise NoRows()
    whole = [record for record in first if isinstance(record, Record)]
    sample = [[cell[:_LONGEST_SAMPLE] for cell in record.cells[: len(cells)]] for record in whole[:SAMPLE_ROWS]]
    return Shape(
        format_,
        encoding_,
        delimiter,
        fields.headers(cells),
        sample,
        _estimate(header, first, encoding_, size_),
        len(cells),
    )


def _estimate(header: Record, first: list[Record | Broken], encoding_: str | None, size_: int) -> int:
    """Return how many rows there will be, about: exactly for a short file."""
    if len(first) < 100:
        return len(first)
    if encoding_ is None:
        return max(100, round(size_ * first[-1].line / max(first[-1].position, 1)) - header.line)
    length = sum(len(",".join(record.cells).encode(encoding_)) + 2 for record in first if isinstance(record, Record))
    return max(100, round(size_ / max(1, length / len(first))))
