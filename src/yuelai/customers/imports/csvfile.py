"""Records of a CSV file (RFC 4180) with the physical line each begins on, in bounded memory whatever the file holds.

A quote that is never closed would swallow the rest of the file: a record longer than `LONGEST_RECORD` is given up, its
first line reported, and reading goes on with the line after it.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from yuelai.customers.imports.model import Broken, Record

LONGEST_RECORD = 1024 * 1024
"""In characters."""


def records(path: Path, encoding: str, delimiter: str) -> Iterator[Record | Broken]:
    """Yield the header and every record that is not blank. The decoder has been tried before (`encoding.detect`)."""
    # Cells are bounded by their record; the module's own bound, global as it is, must not come first.
    csv.field_size_limit(2 * LONGEST_RECORD)
    with path.open("rb") as file:
        source = _Lines(TextIOWrapper(file, encoding, newline=""))
        while True:
            reader = csv.reader(source, delimiter=delimiter)
            try:
                for cells in reader:
                    line = source.record()
                    if cells and any(cell.strip() for cell in cells):
                        yield Record(line, cells, file.tell())
                return
            except _GaveUp as given_up:
                yield Broken(given_up.line, given_up.code, file.tell())
            except csv.Error:
                line = source.record()
                yield Broken(line, "unreadable_record", file.tell())


class _GaveUp(Exception):
    def __init__(self, line: int, code: str) -> None:
        self.line, self.code = line, code


class _Lines:
    """Feeds the CSV reader physical lines and knows which of them belong to the record being read."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._size = 0
        self._next = 1

    def __iter__(self) -> _Lines:
        return self

    def record(self) -> int:
        """The record is complete: return its first line and forget its text."""
        first = self._next - len(self._held)
        self._held.clear()
        self._size = 0
        return first

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(LONGEST_RECORD + 1)
        if not line:
            if self._held:
                # The reader wants more for a quote that nothing closes: that line is at fault, the others are not.
                self._give_up("unclosed_quote")
            raise StopIteration
        if len(line) > LONGEST_RECORD:
            self._skip_rest(line)
            if self._held:
                self._give_up("unclosed_quote", then_skip=True)
            self._next += 1
            raise _GaveUp(self._next - 1, "line_too_long")
        self._held.append(line)
        self._size += len(line)
        self._next += 1
        if self._size > LONGEST_RECORD:
            self._give_up("record_too_long")
        return line

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(LONGEST_RECORD)

    def _give_up(self, code: str, *, then_skip: bool = False) -> None:
        first = self._next - len(self._held)
        again = self._held[1:]
        self._next = first + 1
        if then_skip:
            again.append(_TOO_LONG)
        self._again.extendleft(reversed(again))
        self._held.clear()
        self._size = 0
        raise _GaveUp(first, code)


# Stands for a line that was too long, met again after the record around it was given up.
_TOO_LONG = "x" * (LONGEST_RECORD + 1) + "\n"
