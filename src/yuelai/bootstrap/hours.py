"""`channels.ports.Hours` over the calendars of queues."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yuelai.calendars.live import Calendars
from yuelai.calendars.model import Kind
from yuelai.channels.ports import Closing
from yuelai.platform.clock import Clock
from yuelai.routing.driver import RoutingDriver


class QueueHours:
    def __init__(self, calendars: Calendars, routing: RoutingDriver, clock: Clock) -> None:
        self._calendars, self._routing, self._clock = calendars, routing, clock

    def closing(self, calendar_id: UUID | None, now: datetime) -> Closing | None:
        state = self._calendars.state(calendar_id, now)
        if state.kind is Kind.OPEN:
            return None
        zone = self._calendars.zone(calendar_id)
        opens = state.opens_at.astimezone(zone) if state.opens_at is not None else None
        return Closing(state.kind is Kind.HOLIDAY, opens)

    def closing_of(self, tenant_id: UUID, code: str) -> Closing | None:
        """Return why the tenant's queue of that code is closed now. Raises routing's `NoSuchQueue`."""
        return self.closing(self._routing.queue(code, tenant_id).calendar_id, self._clock.now())
