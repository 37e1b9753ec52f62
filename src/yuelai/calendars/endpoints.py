"""Calendars over HTTP: hours of the week, the days of a year, days of one's own. Whoever sees queues sees them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from yuelai.calendars import service
from yuelai.calendars.schemas import (
    CalendarChange,
    CalendarList,
    CalendarSettings,
    NewCalendar,
    SpecialDay,
    YearOfDays,
)
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/calendars", tags=["calendars"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("queues.read"))]
Writer = Annotated[Principal, Depends(require("queues.write"))]
Date = Annotated[date, Path(description="a local date")]


@router.get("")
async def calendars(principal: Reader, db: Db) -> CalendarList:
    """The tenant's calendars, each with how it stands now."""
    async with db.transaction(principal.tenant_id) as conn:
        return CalendarList.model_validate({"items": await service.calendars(conn, principal, SystemClock().now())})


@router.post("", status_code=201)
async def add_calendar(body: NewCalendar, principal: Writer, db: Db) -> CalendarSettings:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, await service.add(conn, principal, body.model_dump()))


@router.get("/{calendar_id}")
async def calendar(calendar_id: UUID, principal: Reader, db: Db) -> CalendarSettings:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, calendar_id)


@router.patch("/{calendar_id}")
async def change_calendar(calendar_id: UUID, body: CalendarChange, principal: Writer, db: Db) -> CalendarSettings:
    """Change what is sent. The queues that keep these hours follow within a second."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    async with db.transaction(principal.tenant_id) as conn:
        await service.change(conn, principal, calendar_id, changes)
        return await _shown(conn, principal, calendar_id)


@router.delete("/{calendar_id}", status_code=204)
async def delete_calendar(calendar_id: UUID, principal: Writer, db: Db) -> Response:
    """Delete one that no queue keeps."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, calendar_id)
    return Response(status_code=204)


@router.get("/{calendar_id}/days")
async def days(
    calendar_id: UUID, principal: Reader, db: Db, year: Annotated[int, Query(ge=1950, le=2100)]
) -> YearOfDays:
    """Every day of the year: its hours, and whether it is a holiday, makes up for one, or is a day of one's own."""
    async with db.transaction(principal.tenant_id) as conn:
        return YearOfDays.model_validate(await service.days(conn, principal, calendar_id, year))


@router.put("/{calendar_id}/days/{day}", status_code=204)
async def put_day(calendar_id: UUID, day: Date, body: SpecialDay, principal: Writer, db: Db) -> Response:
    """Set a day of one's own, before holidays and the week."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_day(conn, principal, calendar_id, day, body.model_dump())
    return Response(status_code=204)


@router.delete("/{calendar_id}/days/{day}", status_code=204)
async def delete_day(calendar_id: UUID, day: Date, principal: Writer, db: Db) -> Response:
    """The day is like any other again."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete_day(conn, principal, calendar_id, day)
    return Response(status_code=204)


async def _shown(conn: Connection, principal: Principal, calendar_id: UUID) -> CalendarSettings:
    return CalendarSettings.model_validate(await service.calendar(conn, principal, calendar_id, SystemClock().now()))
