"""Facts about calendars."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("calendar.changed")
@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Fact):
    """The calendar is new or gone, or its hours or days have changed."""

    calendar_id: UUID
