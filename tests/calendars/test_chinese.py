"""The days that the State Council published: what is free, and which days of weekends are worked for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from yuelai.calendars import chinese

# From 国务院办公厅关于2025年部分节假日安排的通知 (国办发明电〔2024〕12号) and the one for 2026 (国办发明电〔2025〕7号).
PUBLISHED = {
    2025: [
        ("元旦", "01-01", "01-01"),
        ("春节", "01-28", "02-04"),
        ("清明节", "04-04", "04-06"),
        ("劳动节", "05-01", "05-05"),
        ("端午节", "05-31", "06-02"),
        ("国庆节、中秋节", "10-01", "10-08"),
    ],
    2026: [
        ("元旦", "01-01", "01-03"),
        ("春节", "02-15", "02-23"),
        ("清明节", "04-04", "04-06"),
        ("劳动节", "05-01", "05-05"),
        ("端午节", "06-19", "06-21"),
        ("中秋节", "09-25", "09-27"),
        ("国庆节", "10-01", "10-07"),
    ],
}
WORKED = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


def days(year: int, first: str, last: str) -> Iterator[date]:
    day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")
    while day <= end:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", PUBLISHED)
def test_exactly_the_published_days_are_free(year: int) -> None:
    free = {day for _, first, last in PUBLISHED[year] for day in days(year, first, last)}
    assert set(chinese.year(year).free) == free


@pytest.mark.parametrize("year", WORKED)
def test_exactly_the_published_days_of_weekends_are_worked(year: int) -> None:
    worked = chinese.year(year).worked
    assert [day.strftime("%m-%d") for day in worked] == WORKED[year]
    assert all(day.weekday() >= 5 for day in worked), "they are days of weekends"
    assert all(like < 5 for like in worked.values()), "and stand for days that are not"


def test_a_worked_day_stands_for_the_day_that_it_is_swapped_with() -> None:
    worked = chinese.year(2026).worked
    assert worked[date(2026, 2, 28)] == date(2026, 2, 23).weekday()
    assert worked[date(2026, 10, 10)] == date(2026, 10, 7).weekday()


def test_days_are_called_by_their_festival_and_the_days_around_by_all_of_them() -> None:
    free = chinese.year(2025).free
    assert (free[date(2025, 1, 28)].name, free[date(2025, 1, 29)].name) == ("农历除夕", "春节")
    assert free[date(2025, 2, 1)].name == "春节", "a Saturday inside belongs to it"
    assert free[date(2025, 2, 4)].name == "春节", "a swapped day is called by its festival, not by the swapping"
    assert free[date(2025, 10, 6)].name_en == "Mid-Autumn Festival"
    assert free[date(2025, 10, 8)].name == "国庆节、中秋节"


def test_a_year_that_was_not_published_yet_has_the_days_of_the_law_and_says_so() -> None:
    year = chinese.year(2040)
    assert not year.announced
    assert not year.worked
    assert date(2040, 10, 1) in year.free
    assert chinese.year(2026).announced


@pytest.mark.parametrize("year", [1, 1949, 2101, 9999])
def test_years_beyond_all_knowledge_have_no_holidays(year: int) -> None:
    assert chinese.year(year) == chinese.Year({}, {}, False)
