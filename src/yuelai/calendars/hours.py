"""Whether a calendar is open at an instant, since when and until when: pure, from the calendar and the instant alone.

A day is decided in this order: a day of the tenant's own, then a public holiday or a working day that makes up for one,
then the week. Spans that meet at midnight are one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from yuelai.calendars import chinese
from yuelai.calendars.model import (
    CLOSED,
    MIDNIGHT,
    Calendar,
    Day,
    DayKind,
    Kind,
    Span,
    Special,
    SpecialKind,
    State,
)

AHEAD = 400
"""Days that are looked at before and after; longer is as good as always."""

_DAY = timedelta(days=1)


def day_of(calendar: Calendar, day: date) -> Day:
    """Return what holds on a local date."""
    weekday = day.weekday()
    special = calendar.special.get(day)
    if special is not None:
        return _special(calendar, day, special)
    if calendar.country == "CN":
        year = chinese.year(day.year)
        if (holiday := year.free.get(day)) is not None:
            return Day(day, DayKind.HOLIDAY, calendar.holiday_spans, holiday.name, holiday.name_en)
        if (like := year.worked.get(day)) is not None:
            return Day(day, DayKind.MAKEUP, calendar.weekly[like], "调休上班", "Make-up working day", like)
    return Day(day, DayKind.WEEK, calendar.weekly[weekday])


def state_at(calendar: Calendar, instant: datetime) -> State:
    """Return how it stands at the instant (aware), and for how long: until it opens, closes, or is closed for another
    reason, such as the holiday that begins at midnight."""
    if _never_closes(calendar):
        return State(Kind.OPEN, None, None)
    today = instant.astimezone(calendar.zone).date()
    day = day_of(calendar, today)
    span = next((one for one in _instants(calendar, day) if one[0] <= instant < one[1]), None)
    if span is not None:
        return State(Kind.OPEN, _back(calendar, span[0]), _on(calendar, span[1]), day.name, day.name_en)
    return _shut(calendar, day, instant)


def next_opening(calendar: Calendar, instant: datetime) -> datetime | None:
    """Return the first instant, not before this one, at which it is open; None if it stays closed."""
    today = instant.astimezone(calendar.zone).date()
    for ahead in range(AHEAD):
        for start, end in _instants(calendar, day_of(calendar, today + ahead * _DAY)):
            if end > instant:
                return max(start, instant)
    return None


def _special(calendar: Calendar, day: date, special: Special) -> Day:
    spans = special.spans
    if special.kind is SpecialKind.CLOSED:
        spans = CLOSED
    elif special.kind is SpecialKind.WEEKDAY and special.weekday is not None:
        spans = calendar.weekly[special.weekday]
    return Day(day, DayKind.SPECIAL, spans, special.name, special.name_en, special.weekday)


def _never_closes(calendar: Calendar) -> bool:
    if calendar.special or any(spans != ((0, MIDNIGHT),) for spans in calendar.weekly):
        return False
    return not calendar.country or calendar.holiday_spans == ((0, MIDNIGHT),)


def _instants(calendar: Calendar, day: Day) -> Iterator[tuple[datetime, datetime]]:
    """Give the day's spans in UTC. A time that clocks leap over is taken as they would have shown it before."""
    for first, last in day.spans:
        start, end = _instant(calendar, day.date, first), _instant(calendar, day.date, last)
        if start < end:
            yield start, end


def _instant(calendar: Calendar, day: date, minute: int) -> datetime:
    if minute == MIDNIGHT:
        day, minute = day + _DAY, 0
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=calendar.zone)
    return local.astimezone(UTC)


def _midnight(calendar: Calendar, day: date) -> datetime:
    return _instant(calendar, day, 0)


def _on(calendar: Calendar, end: datetime) -> datetime | None:
    """Return when it really closes: what ends at midnight may go on the day after."""
    for _ in range(AHEAD):
        day = end.astimezone(calendar.zone).date()
        following = next(iter(_instants(calendar, day_of(calendar, day))), None)
        if end != _midnight(calendar, day) or following is None or following[0] != end:
            return end
        end = following[1]
    return None


def _back(calendar: Calendar, start: datetime) -> datetime | None:
    """Return when it really opened."""
    for _ in range(AHEAD):
        day = start.astimezone(calendar.zone).date()
        before = list(_instants(calendar, day_of(calendar, day - _DAY)))
        if start != _midnight(calendar, day) or not before or before[-1][1] != start:
            return start
        start = before[-1][0]
    return None


def _shut(calendar: Calendar, day: Day, instant: datetime) -> State:
    kind = _kind(day)
    return State(
        kind,
        _shut_since(calendar, day, instant),
        _shut_until(calendar, day, instant),
        day.name if kind is Kind.HOLIDAY else "",
        day.name_en if kind is Kind.HOLIDAY else "",
        next_opening(calendar, instant),
    )


def _kind(day: Day) -> Kind:
    return Kind.HOLIDAY if day.closure else Kind.CLOSED


def _why(day: Day) -> tuple[Kind, str]:
    return _kind(day), day.name if day.closure else ""


def _shut_until(calendar: Calendar, day: Day, instant: datetime) -> datetime | None:
    why = _why(day)
    for _ in range(AHEAD):
        opening = next((start for start, _ in _instants(calendar, day) if start >= instant), None)
        if opening is not None:
            return opening
        day = day_of(calendar, day.date + _DAY)
        instant = _midnight(calendar, day.date)
        opens_at_once = any(start == instant for start, _ in _instants(calendar, day))
        if opens_at_once or _why(day) != why:
            return instant
    return None


def _shut_since(calendar: Calendar, day: Day, instant: datetime) -> datetime | None:
    why = _why(day)
    for _ in range(AHEAD):
        closing = max((end for _, end in _instants(calendar, day) if end <= instant), default=None)
        if closing is not None:
            return closing
        instant = _midnight(calendar, day.date)
        day = day_of(calendar, day.date - _DAY)
        closes_then = any(end == instant for _, end in _instants(calendar, day))
        if closes_then or _why(day) != why:
            return instant
    return None


def spans_of(pairs: list[tuple[str, str]]) -> tuple[Span, ...]:
    """Read `[["08:30", "12:00"], …]`. Raises ValueError for what is no time, out of order, or touches another span."""
    spans = sorted((_minute(start), _minute(end)) for start, end in pairs)
    for start, end in spans:
        if start >= end:
            raise ValueError("a span ends after it begins")
    for (_, before), (start, _) in itertools.pairwise(spans):
        if start <= before:
            raise ValueError("spans stand apart from each other")
    return tuple(spans)


def pairs_of(spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    """Write what `spans_of` reads."""
    return [(_time(start), _time(end)) for start, end in spans]


def _minute(text: str) -> int:
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()):
        raise ValueError("a time of day is HH:MM")
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > MIDNIGHT:
        raise ValueError("a time of day is from 00:00 to 24:00")
    return minute


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
