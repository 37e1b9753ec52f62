"""Tables of figures in docs/reference/performance.md, each between two marks of its own."""

from __future__ import annotations

from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "docs" / "reference" / "performance.md"


def write_between(mark: str, text: str) -> None:
    """Put text between `<!-- mark -->` and `<!-- /mark -->`. Raises ValueError when they are not there."""
    page = REPORT.read_text()
    head, found, rest = page.partition(f"<!-- {mark} -->")
    _, closed, tail = rest.partition(f"<!-- /{mark} -->")
    if not found or not closed:
        raise ValueError(f"{REPORT.name} has no place for {mark}")
    REPORT.write_text(f"{head}{found}\n{text}\n{closed}{tail}")
