"""Open, closed or holiday at an instant, since when and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.calendars.hours import day_of, next_opening, pairs_of, spans_of, state_at
from yuelai.calendars.model import ALL_DAY, CLOSED, Calendar, DayKind, Kind, Spans, Special, SpecialKind, State

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE: Spans = ((8 * 60 + 30, 12 * 60), (13 * 60, 18 * 60))
WEEKDAYS = (OFFICE,) * 5 + (CLOSED, CLOSED)


def calendar(
    weekly: tuple[Spans, ...] = WEEKDAYS,
    *,
    country: str = "",
    holiday_spans: Spans = CLOSED,
    special: Mapping[date, Special] | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Calendar:
    return Calendar(UUID(int=1), UUID(int=2), zone, weekly, country, holiday_spans, special or {})


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def stands(found: State) -> tuple[Kind, datetime | None, datetime | None]:
    return found.kind, found.since, found.until


def test_within_a_span_it_is_open_from_its_beginning_to_before_its_end() -> None:
    office = calendar()
    open_ = (Kind.OPEN, at("2026-03-04 08:30"), at("2026-03-04 12:00"))
    assert stands(state_at(office, at("2026-03-04 08:30"))) == open_
    assert stands(state_at(office, at("2026-03-04 11:59:59"))) == open_
    noon = state_at(office, at("2026-03-04 12:00"))
    assert stands(noon) == (Kind.CLOSED, at("2026-03-04 12:00"), at("2026-03-04 13:00"))


def test_over_the_weekend_it_is_closed_from_friday_evening_to_monday_morning() -> None:
    state = state_at(calendar(), at("2026-03-07 15:00"))
    assert stands(state) == (Kind.CLOSED, at("2026-03-06 18:00"), at("2026-03-09 08:30"))
    assert state.opens_at == at("2026-03-09 08:30")


def test_round_the_clock_never_ends() -> None:
    always = calendar((ALL_DAY,) * 7)
    assert state_at(always, at("2026-03-07 03:00")) == State(Kind.OPEN, None, None)
    assert next_opening(always, at("2026-03-07 03:00")) == at("2026-03-07 03:00")


def test_spans_that_meet_at_midnight_are_one() -> None:
    night = calendar((((0, 6 * 60), (22 * 60, 24 * 60)),) * 7)
    assert stands(state_at(night, at("2026-03-05 01:00"))) == (
        Kind.OPEN, at("2026-03-04 22:00"), at("2026-03-05 06:00")
    )  # fmt: skip
    assert state_at(night, at("2026-03-04 23:00")).until == at("2026-03-05 06:00")


def test_what_never_opens_has_no_end() -> None:
    shut = calendar((CLOSED,) * 7)
    assert state_at(shut, at("2026-03-04 12:00")) == State(Kind.CLOSED, None, None)
    assert next_opening(shut, at("2026-03-04 12:00")) is None


def test_a_holiday_is_said_by_name_and_begins_and_ends_at_midnight() -> None:
    office = calendar(country="CN")
    eve = state_at(office, at("2025-09-30 20:00"))
    assert stands(eve) == (Kind.CLOSED, at("2025-09-30 18:00"), at("2025-10-01 00:00"))
    assert eve.opens_at == at("2025-10-09 08:30"), "and it opens when all the holidays are over"
    holiday = state_at(office, at("2025-10-02 10:00"))
    assert (holiday.kind, holiday.name, holiday.name_en) == (Kind.HOLIDAY, "国庆节", "National Day")
    assert holiday.since == at("2025-10-01 00:00")
    assert holiday.opens_at == at("2025-10-09 08:30")
    morning = state_at(office, at("2025-10-09 07:00"))
    assert stands(morning) == (Kind.CLOSED, at("2025-10-09 00:00"), at("2025-10-09 08:30"))


def test_a_working_day_that_makes_up_has_the_hours_of_the_day_it_stands_for() -> None:
    short_wednesday = (*WEEKDAYS[:2], ((9 * 60, 12 * 60),), *WEEKDAYS[3:])
    office = calendar(short_wednesday, country="CN")
    saturday = day_of(office, date(2026, 10, 10))
    assert (saturday.kind, saturday.spans, saturday.follows) == (DayKind.MAKEUP, ((9 * 60, 12 * 60),), 2)
    assert state_at(office, at("2026-10-10 10:00")).kind == Kind.OPEN
    assert state_at(calendar(), at("2026-10-10 10:00")).kind == Kind.CLOSED, "who keeps no holidays works none up"


def test_on_holidays_a_centre_may_have_hours_of_their_own() -> None:
    hotline = calendar((ALL_DAY,) * 7, country="CN", holiday_spans=((10 * 60, 16 * 60),))
    assert stands(state_at(hotline, at("2026-01-02 12:00"))) == (
        Kind.OPEN, at("2026-01-02 10:00"), at("2026-01-02 16:00")
    )  # fmt: skip
    night = state_at(hotline, at("2026-01-02 20:00"))
    assert (night.kind, night.name, night.until) == (Kind.HOLIDAY, "元旦", at("2026-01-03 10:00"))
    assert state_at(replace(hotline, holiday_spans=ALL_DAY), at("2026-01-02 20:00")) == State(Kind.OPEN, None, None)


def test_days_of_ones_own_count_before_holidays_and_the_week() -> None:
    office = calendar(
        country="CN",
        special={
            date(2026, 10, 2): Special(SpecialKind.HOURS, "值班", "On duty", ((9 * 60, 12 * 60),)),
            date(2026, 3, 4): Special(SpecialKind.CLOSED, "搬家", "Moving"),
            date(2026, 3, 7): Special(SpecialKind.WEEKDAY, "补班", "", weekday=0),
        },
    )
    assert state_at(office, at("2026-10-02 10:00")).kind == Kind.OPEN
    moving = state_at(office, at("2026-03-04 10:00"))
    assert (moving.kind, moving.name, moving.name_en) == (Kind.HOLIDAY, "搬家", "Moving")
    assert (moving.since, moving.until) == (at("2026-03-04 00:00"), at("2026-03-05 00:00"))
    assert day_of(office, date(2026, 3, 7)).spans == OFFICE


def test_it_is_the_calendars_own_time_that_counts() -> None:
    new_york = ZoneInfo("America/New_York")
    office = calendar((((9 * 60, 17 * 60),),) * 7, zone=new_york)
    assert state_at(office, datetime(2026, 3, 6, 14, 0, tzinfo=UTC)).kind == Kind.OPEN
    # Clocks go forward in the night to Sunday: nine o'clock comes an hour earlier.
    assert state_at(office, datetime(2026, 3, 8, 13, 0, tzinfo=UTC)).kind == Kind.OPEN
    leaped = calendar((((2 * 60 + 10, 2 * 60 + 50),),) * 7, zone=new_york)
    assert next_opening(leaped, at("2026-03-08 00:00", new_york)) is not None


def test_spans_are_read_and_written_and_nonsense_is_refused() -> None:
    assert spans_of([("13:00", "24:00"), ("08:30", "12:00")]) == ((510, 720), (780, 1440))
    assert pairs_of(((510, 720), (780, 1440))) == [("08:30", "12:00"), ("13:00", "24:00")]
    for wrong in (("8:30", "12:00"), ("12:00", "12:00"), ("18:00", "08:00"), ("00:00", "24:01"), ("00:60", "02:00"),
                  ("２0:00", "21:00")):  # fmt: skip
        with pytest.raises(ValueError, match=r"time|span"):
            spans_of([wrong])
    with pytest.raises(ValueError, match="apart"):
        spans_of([("08:00", "12:00"), ("12:00", "13:00")])


SPANS = st.lists(st.integers(0, 48), max_size=6, unique=True).map(
    lambda ends: tuple((a * 30, b * 30) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)
DAYS = st.dates(date(2025, 9, 20), date(2025, 10, 20))
SPECIALS = st.dictionaries(
    DAYS,
    st.builds(
        Special,
        kind=st.sampled_from(SpecialKind),
        name=st.sampled_from(["A", "B"]),
        spans=SPANS,
        weekday=st.integers(0, 6),
    ),
    max_size=6,
)


@given(
    weekly=st.tuples(*[SPANS] * 7),
    country=st.sampled_from(["", "CN"]),
    holiday_spans=SPANS,
    special=SPECIALS,
    zone=st.sampled_from([SHANGHAI, ZoneInfo("Europe/Berlin")]),
    start=DAYS,
    minutes=st.integers(0, 1439),
)
@settings(max_examples=60, deadline=None)
def test_a_state_holds_from_its_beginning_to_its_end_and_not_beyond(
    weekly: tuple[Spans, ...],
    country: str,
    holiday_spans: Spans,
    special: dict[date, Special],
    zone: ZoneInfo,
    start: date,
    minutes: int,
) -> None:
    one = calendar(weekly, country=country, holiday_spans=holiday_spans, special=special, zone=zone)
    now = datetime(start.year, start.month, start.day, minutes // 60, minutes % 60, tzinfo=zone).astimezone(UTC)
    state = state_at(one, now)
    assert state.since is None or state.since <= now
    assert state.until is None or now < state.until
    assert (state.kind == Kind.OPEN) == (next_opening(one, now) == now)
    if state.until is None:
        return
    # Half-hours are all that spans are made of: each within looks alike, and the one behind is different.
    step = now
    while (step := step + timedelta(minutes=30)) < state.until and step < now + timedelta(days=12):
        inside = state_at(one, step)
        assert (inside.kind, inside.until) == (state.kind, state.until)
        assert (inside.since, inside.name) == (state.since, state.name) or state.kind is Kind.OPEN
    after = state_at(one, state.until)
    assert (after.kind, after.name) != (state.kind, state.name)
    assert after.since == state.until
    assert (after.kind == Kind.OPEN) == (state.opens_at == state.until)
