"""Imports as the rest of the room sees them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Key = Literal["phone", "no", "account", "id_number", "none"]
OnMatch = Literal["update", "skip", "add"]
State = Literal[
    "uploaded", "mapped", "checking", "checked", "running", "done", "failed", "cancelled", "undoing", "undone"
]
MOST_COLUMNS = 200
SAMPLE_ROWS = 10


class Record(NamedTuple):
    """A record as the file has it. `position` is how many bytes of the file have been read so far, about."""

    line: int
    cells: list[str]
    position: int


class Broken(NamedTuple):
    """Something that is no record; it counts as one rejected row."""

    line: int
    code: str
    position: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row was refused; `value` is masked already, `column` the header of the cell at fault."""

    line: int
    column: str | None
    code: str
    value: str | None
    message: str
