"""Calendars over HTTP. Times of day are local `HH:MM`, up to `24:00`; weekdays 0 (Monday) to 6."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, model_validator

from yuelai.calendars.hours import pairs_of, spans_of
from yuelai.calendars.model import DayKind, Kind
from yuelai.identity.schemas import Body, Code, EnglishName, Name


def _spans(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """In their order; refused as `spans_of` refuses."""
    return pairs_of(spans_of(pairs))


def _zone(name: str) -> str:
    # Not by `available_timezones`, which looks through hundreds of files.
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("there is no such time zone") from None


SpanPairs = Annotated[list[tuple[str, str]], Field(max_length=6), AfterValidator(_spans)]
Weekly = Annotated[list[SpanPairs], Field(min_length=7, max_length=7)]
Zone = Annotated[str, Field(max_length=60), AfterValidator(_zone)]
Country = Literal["", "CN"]
Weekday = Annotated[int, Field(ge=0, le=6)]
OFFICE: list[tuple[str, str]] = [("09:00", "18:00")]


class NewCalendar(Body):
    """`weekly` has the spans of each day from Monday; without it, office hours on working days. On public holidays of
    `country` the hours are `holiday_spans`; working days that make up for swapped ones follow those by themselves."""

    code: Code
    name: Name
    name_en: EnglishName = ""
    timezone: Zone = "Asia/Shanghai"
    weekly: Weekly = Field(default_factory=lambda: [*([list(OFFICE)] * 5), [], []])
    country: Country = "CN"
    holiday_spans: SpanPairs = Field(default_factory=list)


class CalendarChange(Body):
    name: Name | None = None
    name_en: EnglishName | None = None
    timezone: Zone | None = None
    weekly: Weekly | None = None
    country: Country | None = None
    holiday_spans: SpanPairs | None = None


class CalendarState(BaseModel):
    """`until` is when this state ends, `opens_at` when it opens next; null: not within a year."""

    state: Kind
    since: datetime | None
    until: datetime | None
    name: str
    name_en: str
    opens_at: datetime | None


class CalendarSettings(BaseModel):
    """`queues` are the codes of those that keep these hours."""

    id: UUID
    code: str
    name: str
    name_en: str
    timezone: str
    weekly: list[list[tuple[str, str]]]
    country: str
    holiday_spans: list[tuple[str, str]]
    queues: list[str]
    now: CalendarState


class CalendarList(BaseModel):
    items: list[CalendarSettings]
    next_cursor: None = None


class SpecialDay(Body):
    """A day of one's own: `closed`, open at `spans`, or like another `weekday`."""

    kind: Literal["closed", "hours", "weekday"]
    name: EnglishName = ""
    name_en: EnglishName = ""
    spans: SpanPairs = Field(default_factory=list)
    weekday: Weekday | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> SpecialDay:
        if self.kind == "hours" and not self.spans:
            raise ValueError("a day with hours of its own has at least one span; say closed if it has none")
        if self.kind != "hours" and self.spans:
            raise ValueError("only a day with hours of its own has spans")
        if (self.kind == "weekday") != (self.weekday is not None):
            raise ValueError("weekday goes with a day that follows one")
        return self


class DayOfYear(BaseModel):
    """What holds on a date. `special` is set where it is a day of one's own, and is what was put."""

    date: date
    kind: DayKind
    spans: list[tuple[str, str]]
    name: str
    name_en: str
    follows: int | None
    special: SpecialDay | None


class YearOfDays(BaseModel):
    """Every day of the year. `announced` says whether the public holidays of that year are published; before, only
    those of the law are known, and no working days that make up for them."""

    year: int
    announced: bool
    items: list[DayOfYear]
