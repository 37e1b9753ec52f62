"""How the lines of a text table are divided."""

from __future__ import annotations

import csv
from collections import Counter

DELIMITERS = (",", ";", "\t", "|")


def delimiter(text: str, *, complete: bool) -> str:
    """Return what divides most lines into the same number of columns, the more the better; a comma when nothing does.

    `text` is the beginning of the file; its last line is left out unless it is `complete`.
    """
    best, best_score = ",", (0.0, 0)
    lines = text.splitlines(keepends=True)
    if not complete and len(lines) > 1:
        lines = lines[:-1]
    for candidate in DELIMITERS:
        widths = _widths(lines, candidate)
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (count / len(widths), width) if width > 1 else (0.0, 0)
        # A delimiter seen in the header is worth more than one that only divides free text.
        if widths[0] == width and score > best_score:
            best, best_score = candidate, score
    return best


def _widths(lines: list[str], candidate: str) -> list[int]:
    widths = []
    try:
        for record in csv.reader(lines, delimiter=candidate):
            if record:
                widths.append(len(record))
            if len(widths) == 50:
                break
    except csv.Error:
        return widths
    return widths
