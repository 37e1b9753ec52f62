"""What a caller is told of the hours of a queue comes from its calendar, in the calendar's own zone."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from yuelai.bootstrap.hours import QueueHours
from yuelai.bootstrap.lookups import BusinessLookUp
from yuelai.calendars.live import Calendars
from yuelai.calendars.model import Calendar
from yuelai.channels.ports import Closing
from yuelai.flows.ports import LookUpFailed
from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.errors import NoSuchQueue

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_TO_SIX = (((9 * 60, 18 * 60),),) * 5 + ((),) * 2
CALENDAR = Calendar(uuid4(), SAMPLE_TENANT, SHANGHAI, weekly=NINE_TO_SIX, country="CN")


def hours(now: datetime) -> QueueHours:
    queue = SimpleNamespace(calendar_id=CALENDAR.id)
    routing: Any = SimpleNamespace(queue=lambda code, tenant_id: queue)
    return QueueHours(Calendars([CALENDAR]), routing, VirtualClock(now))


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def test_in_the_hours_nothing_is_closed() -> None:
    now = at(20, 10)
    assert hours(now).closing(CALENDAR.id, now) is None
    assert hours(now).closing_of(SAMPLE_TENANT, "general") is None


def test_on_a_friday_evening_it_opens_on_monday_at_nine_where_the_queue_is() -> None:
    now = at(20, 19)
    found = hours(now).closing_of(SAMPLE_TENANT, "general")
    assert found == Closing(False, datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    assert found is not None
    assert found.opens_at is not None
    assert found.opens_at.hour == 9


def test_the_national_holidays_are_told_apart() -> None:
    now = at(1, 10, month=10)
    found = hours(now).closing_of(SAMPLE_TENANT, "general")
    assert found is not None
    assert found.holiday


def test_a_queue_without_a_calendar_is_always_open() -> None:
    assert hours(at(22, 3)).closing(None, at(22, 3)) is None


async def test_a_flow_asks_for_the_hours_of_a_queue() -> None:
    nobody: Any = None
    closed = BusinessLookUp(nobody, SAMPLE_TENANT, hours(at(20, 19)).closing_of)
    assert await closed("hours", {"queue": "general"}) == {"open": False, "holiday": False}
    feast = BusinessLookUp(nobody, SAMPLE_TENANT, hours(at(1, 10, month=10)).closing_of)
    assert await feast("hours", {"queue": "general"}) == {"open": False, "holiday": True}
    here = BusinessLookUp(nobody, SAMPLE_TENANT, hours(at(20, 10)).closing_of)
    assert await here("hours", {"queue": "general"}) == {"open": True, "holiday": False}


async def test_a_flow_that_asks_where_nobody_knows_goes_on_as_if_open() -> None:
    def unknown(tenant_id: UUID, code: str) -> Closing | None:
        raise NoSuchQueue(queue=code)

    nobody: Any = None
    for closing_of in (None, unknown):
        with pytest.raises(LookUpFailed):
            await BusinessLookUp(nobody, SAMPLE_TENANT, closing_of)("hours", {"queue": "nowhere"})
