"""All calendars in memory, asked for each contact that comes: open now, or closed until when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from yuelai.calendars import hours
from yuelai.calendars.model import Calendar, Kind, State

_ALWAYS = State(Kind.OPEN, None, None)


class Calendars:
    """A state is worked out once and believed until it ends: a question costs a look into a dictionary."""

    def __init__(self, calendars: Iterable[Calendar] = ()) -> None:
        self._calendars: Mapping[UUID, Calendar] = {}
        self._states: dict[UUID, State] = {}
        self.follow(calendars)

    def follow(self, calendars: Iterable[Calendar]) -> None:
        """Take over all calendars as they are from now on."""
        self._calendars = {calendar.id: calendar for calendar in calendars}
        self._states.clear()

    def state(self, calendar_id: UUID | None, now: datetime) -> State:
        """Return how the calendar stands. None and one that is not known are always open."""
        calendar = self._calendars.get(calendar_id) if calendar_id is not None else None
        if calendar is None:
            return _ALWAYS
        known = self._states.get(calendar.id)
        if known is None or not _holds(known, now):
            known = self._states[calendar.id] = hours.state_at(calendar, now)
        return known

    def zone(self, calendar_id: UUID | None) -> ZoneInfo | None:
        """Return where the calendar's hours are told; None of one that is not known."""
        calendar = self._calendars.get(calendar_id) if calendar_id is not None else None
        return calendar.zone if calendar is not None else None

    def is_open(self, calendar_id: UUID | None, now: datetime) -> bool:
        return self.state(calendar_id, now).kind is Kind.OPEN

    def next_opening(self, calendar_id: UUID | None, now: datetime) -> datetime | None:
        """Return `now` while it is open, None when nobody knows of an opening."""
        state = self.state(calendar_id, now)
        return now if state.kind is Kind.OPEN else state.opens_at


def _holds(state: State, now: datetime) -> bool:
    return (state.since is None or state.since <= now) and (state.until is None or now < state.until)
