"""What calendars refuse."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchCalendar(NotFound):
    """There is no such calendar."""

    code = "no_such_calendar"


class NoSuchDay(NotFound):
    """Nothing of its own is set for this day."""

    code = "no_such_day"


class CalendarCodeTaken(Conflict):
    """There is a calendar of this code already."""

    code = "code_taken"


class CalendarInUse(Conflict):
    """Queues keep the hours of this calendar; give them another one first."""

    code = "in_use"


class TooManyDays(Refusal):
    """A calendar has no more than 1,000 days of its own; delete old ones first."""

    status = 422
    code = "too_many_days"
