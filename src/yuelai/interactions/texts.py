"""Words from outside, fit for PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(value: object) -> str:
    """PostgreSQL's text cannot hold NUL, which a hostile caller may put into a display name."""
    return str(value or "").replace("\0", "\ufffd")


def with_number(data: Mapping[str, Any], number: str | None) -> dict[str, Any]:
    """Return what a line of the trail says, with the number that is kept beside its fact."""
    return {**data, "number": number} if number else dict(data)
