"""Values of a flow as they leave it: for an agent's screen, for whoever tries a flow out.

In a flow a value may be whatever business systems answer and expressions make of it. Outside it must be text that can
be written, numbers that every decoder reads, and no more than somebody looks at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

MOST_CHARACTERS = 10_000
DEEPEST = 8
CUT = "…"
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_GREATEST = 2**63


def readable(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return the text, cut at its longest, with a mark where something stood that is no text."""
    shown = text[:most]
    if not shown.isprintable():  # most of what is said is, and telling so takes a tenth of the time
        shown = _NO_TEXT.sub("\ufffd", shown)
    return shown + (CUT if len(text) > most else "")


def plain(value: Any, most: int = MOST_CHARACTERS) -> Any:
    """Return the value as JSON and msgpack can say it, with about so many characters in all; what is left out shows as
    "…". It takes no longer for a huge value than for one that just fits."""
    if type(value) is dict and _is_plain(value, most):
        return value.copy()
    return _Plain(most).of(value, DEEPEST)


def _is_plain(value: dict[Any, Any], most: int) -> bool:
    """Tell of a few names with short values, as nearly each step on the trail has them, that nothing has to be done."""
    for name, part in value.items():
        if type(name) is not str or not name.isprintable():
            return False
        most -= len(name) + 2
        kind = type(part)
        if kind is str:
            if not part.isprintable():
                return False
            most -= len(part)
        elif kind is int:
            if not -_GREATEST <= part < _GREATEST:
                return False
        elif part is not None and kind is not bool:
            return False
    return most > 0


class _Plain:
    def __init__(self, left: int) -> None:
        self._left = left

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if -_GREATEST <= value < _GREATEST else self._text(_digits(value))
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping | list | tuple):
            if depth <= 0 or self._left <= 0:
                return CUT
            return self._object(value, depth - 1) if isinstance(value, Mapping) else self._list(value, depth - 1)
        return self._text(value.isoformat() if isinstance(value, date) else str(value))

    def _text(self, value: str) -> str:
        shown = readable(value, max(0, self._left))
        self._left -= len(shown)
        return shown

    def _object(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, part in value.items():
            if self._left <= 0:
                found[CUT] = CUT
                break
            found[self._text(str(name))] = self.of(part, depth)
        return found

    def _list(self, value: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
        found: list[Any] = []
        for part in value:
            if self._left <= 0:
                found.append(CUT)
                break
            found.append(self.of(part, depth))
        return found


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:
        return CUT
