"""Trail numbers: what people read to each other over the telephone, `T1120-00042`.

Month and day of the centre's local date, then a sequence that counts from 1 for each tenant and day. The process
that owns the interactions counts in memory; at start it resumes from the highest number PostgreSQL holds
(`repository.last_trail_numbers`, read after the projector has caught up), so no number is given twice and no call waits
for the database. After 99,999 the sequence grows to six digits. Numbers repeat after a year: the id is the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from uuid import UUID


class TrailNumbers:
    """`zone` is the centre's time zone, the machine's own when None; `last` is each tenant's last number of `day`."""

    def __init__(
        self, zone: tzinfo | None = None, *, day: date | None = None, last: Mapping[UUID, int] | None = None
    ) -> None:
        self._zone, self._day = zone, day
        self._last: dict[UUID, int] = dict(last or {})

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def resume(self, day: date, last: Mapping[UUID, int]) -> None:
        """Go on counting after these numbers of that local date."""
        self._day, self._last = day, dict(last)

    def next(self, tenant_id: UUID, at: datetime) -> str:
        day = self.local_date(at)
        # A clock set back over midnight must not reset the sequence of the day that is already being counted.
        if self._day is None or day > self._day:
            self._day, self._last = day, {}
        number = self._last[tenant_id] = self._last.get(tenant_id, 0) + 1
        return f"T{self._day:%m%d}-{number:05d}"
