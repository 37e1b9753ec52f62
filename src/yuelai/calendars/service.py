"""Calendars as people set them up. The caller opens the transaction; core follows within a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.calendars import chinese, hours, repository
from yuelai.calendars.errors import CalendarCodeTaken, CalendarInUse, NoSuchCalendar, NoSuchDay, TooManyDays
from yuelai.calendars.events import CalendarChanged
from yuelai.calendars.model import Calendar, Special
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST_DAYS = 1000
"""Of a calendar's own."""


async def calendars(conn: Connection, principal: Principal, now: datetime) -> list[dict[str, Any]]:
    """Return them by code, each with how it stands `now`."""
    rows = await repository.calendars_of(conn, principal.tenant_id)
    return [await _shown(conn, dict(row), now) for row in rows]


async def calendar(conn: Connection, principal: Principal, calendar_id: UUID, now: datetime) -> dict[str, Any]:
    """Raises `NoSuchCalendar`."""
    return await _shown(conn, await _row(conn, principal, calendar_id), now)


async def add(conn: Connection, principal: Principal, fields: Mapping[str, Any]) -> UUID:
    """Raises `CalendarCodeTaken`."""
    calendar_id = new_id()
    if not await repository.add_calendar(conn, principal.tenant_id, calendar_id, fields):
        raise CalendarCodeTaken(calendar=fields["code"])
    await _tell(conn, principal, "calendar.created", calendar_id, {"code": fields["code"]})
    return calendar_id


async def change(conn: Connection, principal: Principal, calendar_id: UUID, changes: Mapping[str, Any]) -> None:
    """Raises `NoSuchCalendar`."""
    before = await _row(conn, principal, calendar_id)
    different = {name: value for name, value in changes.items() if _plain(before[name]) != _plain(value)}
    if different:
        await repository.change_calendar(conn, principal.tenant_id, calendar_id, different)
        await _tell(conn, principal, "calendar.changed", calendar_id, {"fields": sorted(different)})


async def delete(conn: Connection, principal: Principal, calendar_id: UUID) -> None:
    """Raises `NoSuchCalendar`, and `CalendarInUse` while queues keep it."""
    before = await _row(conn, principal, calendar_id)
    try:
        await repository.delete_calendar(conn, principal.tenant_id, calendar_id)
    except asyncpg.ForeignKeyViolationError:
        raise CalendarInUse(queues=before["queues"]) from None
    await _tell(conn, principal, "calendar.deleted", calendar_id, {"code": before["code"]})


async def days(conn: Connection, principal: Principal, calendar_id: UUID, year: int) -> dict[str, Any]:
    """Return all days of a year. Raises `NoSuchCalendar`."""
    row = await _row(conn, principal, calendar_id)
    first, last = date(year, 1, 1), date(year, 12, 31)
    own = {
        day["date"]: dict(day) for day in await repository.days_of(conn, principal.tenant_id, calendar_id, first, last)
    }
    shown = _calendar(row, own)
    return {
        "year": year,
        "announced": not shown.country or chinese.year(year).announced,
        "items": [_day(shown, first + timedelta(days=n), own) for n in range((last - first).days + 1)],
    }


async def put_day(
    conn: Connection, principal: Principal, calendar_id: UUID, day: date, fields: Mapping[str, Any]
) -> None:
    """Raises `NoSuchCalendar`, `TooManyDays`."""
    await _row(conn, principal, calendar_id)
    await repository.lock(conn, principal.tenant_id, calendar_id)
    await repository.put_day(conn, principal.tenant_id, calendar_id, day, fields)
    if len(await repository.days_of(conn, principal.tenant_id, calendar_id)) > MOST_DAYS:
        raise TooManyDays()
    await _tell(conn, principal, "calendar.day_put", calendar_id, {"date": day.isoformat(), "kind": fields["kind"]})


async def delete_day(conn: Connection, principal: Principal, calendar_id: UUID, day: date) -> None:
    """Raises `NoSuchCalendar`, `NoSuchDay`."""
    await _row(conn, principal, calendar_id)
    if not await repository.delete_day(conn, principal.tenant_id, calendar_id, day):
        raise NoSuchDay()
    await _tell(conn, principal, "calendar.day_removed", calendar_id, {"date": day.isoformat()})


async def _row(conn: Connection, principal: Principal, calendar_id: UUID) -> dict[str, Any]:
    rows = await repository.calendars_of(conn, principal.tenant_id, calendar_id)
    if not rows:
        raise NoSuchCalendar()
    return dict(rows[0])


async def _shown(conn: Connection, row: dict[str, Any], now: datetime) -> dict[str, Any]:
    near = timedelta(days=hours.AHEAD)
    own = await repository.days_of(conn, row["tenant_id"], row["id"], (now - near).date(), (now + near).date())
    state = hours.state_at(_calendar(row, {day["date"]: dict(day) for day in own}), now)
    known = asdict(state)
    return {**row, "now": {"state": known.pop("kind"), **known}}


def _calendar(row: Mapping[str, Any], own: Mapping[date, Mapping[str, Any]]) -> Calendar:
    special: dict[date, Special] = {day: repository.special_of(fields) for day, fields in own.items()}
    return repository.calendar_of(row, special)


def _day(shown: Calendar, day: date, own: Mapping[date, Mapping[str, Any]]) -> dict[str, Any]:
    known = hours.day_of(shown, day)
    put = own.get(day)
    return {
        "date": day,
        "kind": known.kind,
        "spans": hours.pairs_of(known.spans),
        "name": known.name,
        "name_en": known.name_en,
        "follows": known.follows,
        "special": {name: put[name] for name in ("kind", "name", "name_en", "spans", "weekday")} if put else None,
    }


def _plain(value: Any) -> Any:
    """Make pairs alike, whether from JSON or from a request."""
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


async def _tell(
    conn: Connection, principal: Principal, action: str, calendar_id: UUID, data: Mapping[str, Any]
) -> None:
    await audit(conn, principal, action, f"calendar/{calendar_id}", data)
    now = SystemClock().now()
    await outbox.put(conn, CalendarChanged(at=now, tenant_id=principal.tenant_id, calendar_id=calendar_id))
