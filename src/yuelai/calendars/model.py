"""A calendar and its days as plain values. No I/O, no clock.

Times of day are minutes since local midnight, 0 to 1440; weekdays are 0 (Monday) to 6, as `date.weekday` counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

MIDNIGHT = 24 * 60
"""The end of a day."""

Span = tuple[int, int]
"""From minute to minute, the last one not included."""
Spans = tuple[Span, ...]
"""In their order, apart from each other."""

ALL_DAY: Spans = ((0, MIDNIGHT),)
CLOSED: Spans = ()


class SpecialKind(StrEnum):
    CLOSED = "closed"
    HOURS = "hours"
    """Open at hours of its own."""
    WEEKDAY = "weekday"
    """Open like another day of the week."""


@dataclass(frozen=True)
class Special:
    """A day of the tenant's own; it counts before public holidays and the week."""

    kind: SpecialKind
    name: str = ""
    name_en: str = ""
    spans: Spans = CLOSED
    weekday: int | None = None


@dataclass(frozen=True)
class Calendar:
    """`country` is whose public holidays are kept (ISO 3166-1), "" nobody's; on those `holiday_spans` are the hours."""

    id: UUID
    tenant_id: UUID
    zone: ZoneInfo
    weekly: tuple[Spans, ...] = (ALL_DAY,) * 7
    country: str = ""
    holiday_spans: Spans = CLOSED
    special: Mapping[date, Special] = field(default_factory=dict)


class DayKind(StrEnum):
    WEEK = "week"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    """A day of the weekend that is worked, for another one that is free."""
    SPECIAL = "special"


@dataclass(frozen=True)
class Day:
    """What holds on one date: its hours, and why they are as they are. `closure` is a free day, not just an evening."""

    date: date
    kind: DayKind
    spans: Spans
    name: str = ""
    name_en: str = ""
    follows: int | None = None
    """The weekday whose hours it has, where that is another one."""

    @property
    def closure(self) -> bool:
        return self.kind == DayKind.HOLIDAY or (self.kind == DayKind.SPECIAL and not self.spans)


class Kind(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    """Closed on a public holiday or a closure of one's own."""


@dataclass(frozen=True)
class State:
    """How it stands from `since` until before `until`; None is longer than anybody looks. Instants are UTC."""

    kind: Kind
    since: datetime | None
    until: datetime | None
    name: str = ""
    name_en: str = ""
    opens_at: datetime | None = None
    """When it opens next; only while it is not open."""
