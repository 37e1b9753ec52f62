"""SQL of calendars and their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from yuelai.calendars.hours import spans_of
from yuelai.calendars.model import Calendar, Special, SpecialKind

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = ("code", "name", "name_en", "timezone", "weekly", "country", "holiday_spans")


async def calendars_of(conn: Connection, tenant_id: UUID, calendar_id: UUID | None = None) -> list[asyncpg.Record]:
    """Return all of the tenant, or the one, by code, each with the codes of the queues that keep it."""
    return await conn.fetch(
        """
        SELECT c.*, ARRAY(SELECT q.code FROM queues q WHERE q.calendar_id = c.id ORDER BY q.code) AS queues
        FROM calendars c WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.id = $2) ORDER BY c.code
        """,
        tenant_id,
        calendar_id,
    )


async def add_calendar(conn: Connection, tenant_id: UUID, calendar_id: UUID, fields: Mapping[str, Any]) -> bool:
    """Return false when the tenant has one of that code already."""
    added = await conn.execute(
        """
        INSERT INTO calendars (id, tenant_id, code, name, name_en, timezone, weekly, country, holiday_spans)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        calendar_id,
        tenant_id,
        *(fields[name] for name in _COLUMNS),
    )
    return added == "INSERT 0 1"


async def change_calendar(conn: Connection, tenant_id: UUID, calendar_id: UUID, changes: Mapping[str, Any]) -> None:
    names = [name for name in _COLUMNS if name in changes]
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"UPDATE calendars SET {wanted} WHERE tenant_id = $1 AND id = $2",  # noqa: S608 - names of columns, from above
        tenant_id,
        calendar_id,
        *(changes[name] for name in names),
    )


async def delete_calendar(conn: Connection, tenant_id: UUID, calendar_id: UUID) -> bool:
    """Raises asyncpg's ForeignKeyViolationError while a queue keeps it."""
    gone = await conn.execute("DELETE FROM calendars WHERE tenant_id = $1 AND id = $2", tenant_id, calendar_id)
    return gone == "DELETE 1"


async def lock(conn: Connection, tenant_id: UUID, calendar_id: UUID) -> None:
    """Wait for whoever else changes the calendar's days."""
    await conn.execute(
        "SELECT FROM calendars WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tenant_id, calendar_id
    )


async def days_of(
    conn: Connection, tenant_id: UUID, calendar_id: UUID, first: date | None = None, last: date | None = None
) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT date, kind, spans, weekday, name, name_en FROM calendar_days
        WHERE tenant_id = $1 AND calendar_id = $2
            AND ($3::date IS NULL OR date >= $3) AND ($4::date IS NULL OR date <= $4)
        ORDER BY date
        """,
        tenant_id,
        calendar_id,
        first,
        last,
    )


async def put_day(conn: Connection, tenant_id: UUID, calendar_id: UUID, day: date, fields: Mapping[str, Any]) -> None:
    await conn.execute(
        """
        INSERT INTO calendar_days (tenant_id, calendar_id, date, kind, spans, weekday, name, name_en)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (calendar_id, date) DO UPDATE SET kind = excluded.kind, spans = excluded.spans,
            weekday = excluded.weekday, name = excluded.name, name_en = excluded.name_en
        """,
        tenant_id,
        calendar_id,
        day,
        *(fields[name] for name in ("kind", "spans", "weekday", "name", "name_en")),
    )


async def delete_day(conn: Connection, tenant_id: UUID, calendar_id: UUID, day: date) -> bool:
    gone = await conn.execute(
        "DELETE FROM calendar_days WHERE tenant_id = $1 AND calendar_id = $2 AND date = $3", tenant_id, calendar_id, day
    )
    return gone == "DELETE 1"


async def load_calendars(conn: Connection) -> list[Calendar]:
    """Return all calendars of all tenants with all their days (system work)."""
    special: dict[UUID, dict[date, Special]] = defaultdict(dict)
    for row in await conn.fetch("SELECT * FROM calendar_days"):
        special[row["calendar_id"]][row["date"]] = special_of(dict(row))
    return [calendar_of(dict(row), special[row["id"]]) for row in await conn.fetch("SELECT * FROM calendars")]


def calendar_of(row: Mapping[str, Any], special: Mapping[date, Special]) -> Calendar:
    return Calendar(
        row["id"],
        row["tenant_id"],
        ZoneInfo(row["timezone"]),
        tuple(spans_of(spans) for spans in row["weekly"]),
        row["country"],
        spans_of(row["holiday_spans"]),
        special,
    )


def special_of(row: Mapping[str, Any]) -> Special:
    return Special(SpecialKind(row["kind"]), row["name"], row["name_en"], spans_of(row["spans"]), row["weekday"])
