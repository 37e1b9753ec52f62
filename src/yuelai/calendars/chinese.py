"""China's public holidays by date: which days are free and what they are called, which days of weekends are worked.

From the package `holidays`, which follows the yearly notice of the State Council (关于部分节假日安排的通知).
It lists the days by law and those swapped, but not the weekend days between them, which belong to the holiday all the
same (the notice for 2025: "1 月 28 日至 2 月 4 日放假", with a Saturday and a Sunday inside).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

YEARS = range(1950, 2101)
"""Of which the package knows something."""
LONGEST = 16
"""Days; no run of free days is longer."""

_DAY = timedelta(days=1)
_EVE = "农历除夕"
_SWAPPED = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
_NOTE = re.compile(r"\s*[（(].*[）)]$")
_ENGLISH_NOTE = re.compile(r"\s*\((?:observed|in lieu).*\)$", re.IGNORECASE)


@dataclass(frozen=True)
class Holiday:
    name: str
    name_en: str


@dataclass(frozen=True)
class Year:
    """`worked` are days of weekends with the weekday (0 Monday) that they stand in for. `announced` says whether the
    State Council has said how the days of this year lie; before, only those of the law are known."""

    free: Mapping[date, Holiday]
    worked: Mapping[date, int]
    announced: bool


def year(number: int) -> Year:
    """Return nothing at all for a year outside `YEARS`."""
    return _year(number) if number in YEARS else Year({}, {}, False)


@lru_cache(maxsize=16)
def _year(number: int) -> Year:
    # The neighbours too: a holiday at the turn of the year is swapped with days of the other one.
    years = [near for near in (number - 1, number, number + 1) if near in YEARS]
    chinese = holidays.country_holidays("CN", years=years, language="zh_CN")
    english = holidays.country_holidays("CN", years=years, language="en_US")
    worked = {
        date.fromisoformat(swapped.group(1)): day.weekday()
        for day, name in chinese.items()
        if (swapped := _SWAPPED.search(name))
    }
    listed = {day: (name, english.get(day, "")) for day, name in chinese.items()}
    free: dict[date, Holiday] = {}
    for run in _runs(listed, worked):
        free.update(_named(run, listed))
    return Year(
        MappingProxyType({day: name for day, name in sorted(free.items()) if day.year == number}),
        MappingProxyType({day: like for day, like in sorted(worked.items()) if day.year == number}),
        any(day.year == number for day in worked),
    )


def _runs(listed: Mapping[date, tuple[str, str]], worked: Mapping[date, int]) -> Iterator[list[date]]:
    """Give the stretches of free days, weekends at their ends and inside included."""

    def free(day: date) -> bool:
        return day in listed or (day.weekday() >= 5 and day not in worked)

    seen: set[date] = set()
    for day in sorted(listed):
        if day in seen:
            continue
        first = day
        while free(first - _DAY):
            first -= _DAY
        run = [first]
        while free(run[-1] + _DAY) and len(run) < LONGEST:
            run.append(run[-1] + _DAY)
        seen.update(run)
        yield run


def _named(run: list[date], listed: Mapping[date, tuple[str, str]]) -> Iterator[tuple[date, Holiday]]:
    """A day of the law has its own name, the others that of the whole stretch: "国庆节、中秋节"."""
    own = {day: Holiday(_plain(listed[day][0]), _plain_english(listed[day][1])) for day in run if _by_law(listed, day)}
    festivals = {one.name: one for one in own.values() if one.name != _EVE}
    whole = Holiday("、".join(festivals), ", ".join(one.name_en for one in festivals.values()))
    for day in run:
        yield day, own.get(day, whole)


def _by_law(listed: Mapping[date, tuple[str, str]], day: date) -> bool:
    return day in listed and not _SWAPPED.search(listed[day][0])


def _plain(name: str) -> str:
    return _NOTE.sub("", name)


def _plain_english(name: str) -> str:
    return _ENGLISH_NOTE.sub("", name)
