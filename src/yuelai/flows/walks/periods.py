"""Hours, days, weeks and months of the clock on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

Period = Literal["hour", "day", "week", "month"]
PERIODS: Sequence[Period] = get_args(Period)


def starts(period: Period, since: datetime, until: datetime, zone: tzinfo | None = None) -> list[datetime]:
    """Return when each period begins that has a part in `since` to `until`, in UTC and in order; `zone` None is the
    machine's own. Weeks begin on Monday; a day on which clocks change has 23 or 25 hours."""
    local = since.astimezone(zone)
    if period == "hour":
        return _until(local.replace(minute=0, second=0, microsecond=0).astimezone(UTC), until)
    day = _first(period, local.date())
    found = [_midnight(day, zone)]
    while (begin := _midnight(day := _next(period, day), zone)) < until:
        found.append(begin)
    return found


def _until(first: datetime, until: datetime) -> list[datetime]:
    count = max(1, -((first - until) // timedelta(hours=1)))
    return [first + timedelta(hours=number) for number in range(count)]


def _first(period: Period, day: date) -> date:
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "week" else day


def _next(period: Period, day: date) -> date:
    if period == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if period == "week" else 1)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    local = datetime.combine(day, time(), zone)
    return (local.astimezone() if zone is None else local).astimezone(UTC)
