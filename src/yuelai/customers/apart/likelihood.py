"""Who of those who share a number it probably is; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ROLES = {"owner": 3, "agent": 2}
_LEVELS = ((6, 4), (4, 3), (2, 2))
LONGEST_WORDS = 20
"""Topics of a path that are looked at."""


@dataclass(frozen=True)
class Likelihood:
    """`level` is 1 (weak) to 4 (very likely); `reasons` are codes, the weightiest first."""

    level: int
    reasons: list[str]


def likelihood(
    role: str | None, *, last_days: float | None, open_callback: bool, products: Sequence[str], topics: Sequence[str]
) -> Likelihood:
    """Weigh what the number is to them, how long ago they were last in touch, what we owe them, and whether what they
    chose on the way here is about something they have."""
    points, reasons = _ROLES.get(role or "", 0), [role] if role else []
    if open_callback:
        points, reasons = points + 2, [*reasons, "open_callback"]
    if last_days is not None and last_days <= 7:
        points, reasons = points + 2, [*reasons, "recent_week"]
    elif last_days is not None and last_days <= 90:
        points, reasons = points + 1, [*reasons, "recent_quarter"]
    if any(_about(topic, product) for topic in topics[:LONGEST_WORDS] for product in products):
        points, reasons = points + 1, [*reasons, "path"]
    level = next((level for least, level in _LEVELS if points >= least), 1)
    return Likelihood(level, reasons)


def _about(topic: str, product: str) -> bool:
    """Chinese has no word ends to go by: two characters in common are one word in common."""
    return any(topic[at : at + 2] in product for at in range(len(topic) - 1) if not topic[at : at + 2].isspace())
