"""How many contacts got what they came for by themselves; docs/reference/self-service-rates.md tells the terms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Literal

from yuelai.flows.refusals import PeriodTooLong
from yuelai.flows.walks import rate_tables
from yuelai.flows.walks.bounds import TooMuchToCount, bounded
from yuelai.flows.walks.periods import PERIODS, Period, starts
from yuelai.identity.model import Principal
from yuelai.platform.errors import Refusal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

LONGEST = timedelta(days=400)
"""As long as walks are kept."""
MOST_ROWS = 5_000
MOST_LOOKED_AFTER = 50_000
"""Of more contacts that were served nobody looks up which came again: each is a question to the table of contacts."""

By = Literal["flow", "business", "hour", "day", "week", "month"]
_COUNTS = ("contacts", "served", "queue", "transfer", "left", "failed", "unserved", "contained")
COLUMNS = (
    "flow", "business", "start", "contacts", "served", "queue", "transfer", "left", "failed", "unserved",
    "share_served", "contained", "repeated_within_day",
)  # fmt: skip


class OnePeriodAtATime(Refusal):
    """Rates are told by hour, day, week or month, by one of them at a time."""

    status = 422
    code = "one_period_at_a_time"


async def rates(
    conn: Connection,
    principal: Principal,
    since: datetime,
    until: datetime,
    *,
    flow: str | None = None,
    business: str | None = None,
    by: Set[By] = frozenset(),
    zone: tzinfo | None = None,
    repeated: bool = True,
) -> list[dict[str, Any]]:
    """Return the rows of `COLUMNS` for walks that ended in the time, ordered by period, flow and business; fields by
    which was not asked are None, `contained` of businesses, too: what became of the contact after one is not kept with
    it. Days are those of `zone`, the machine's own without it; who came again is found out if `repeated`. Raises
    `PeriodTooLong`, `OnePeriodAtATime`, `TooMuchToCount`."""
    if not timedelta(0) <= until - since <= LONGEST:
        raise PeriodTooLong(f"the time is longer than {LONGEST.days} days, or ends before it begins")
    begins = starts(period, since, until, zone) if (period := _period(by)) is not None else []
    asked = rate_tables.Asked(
        principal.tenant_id,
        since,
        until,
        "business" in by or business is not None,
        flow,
        business,
        "flow" in by,
        "business" in by,
        begins,
    )
    async with bounded(conn):
        rows = await rate_tables.counts(conn, asked, MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise TooMuchToCount(f"these are more than {MOST_ROWS} rows; ask for a shorter time, or by less")
    few = sum(row["served"] for row in rows) <= MOST_LOOKED_AFTER
    again = await _came_again(conn, asked) if repeated and few else None
    found = [dict(row) for row in rows]
    if asked.businesses:
        found = [{**row, "contained": None} for row in found]
    return _items(found, again, begins)


async def _came_again(conn: Connection, asked: rate_tables.Asked) -> list[dict[str, Any]] | None:
    """Return None when it takes too long: the counts are there, and are not withheld for it."""
    try:
        async with bounded(conn), conn.transaction():
            return [dict(row) for row in await rate_tables.came_again(conn, asked)]
    except TooMuchToCount:
        return None


def _period(by: Set[By]) -> Period | None:
    wanted = [period for period in PERIODS if period in by]
    if len(wanted) > 1:
        raise OnePeriodAtATime()
    return wanted[0] if wanted else None


def _items(
    rows: Iterable[Mapping[str, Any]], again: Iterable[Mapping[str, Any]] | None, begins: Sequence[datetime]
) -> list[dict[str, Any]]:
    repeated = None if again is None else {_about(row): row["contacts"] for row in again}
    return [
        {
            "flow": row["flow"],
            "business": row["business"],
            "start": begins[row["period"] - 1] if row["period"] is not None else None,
            **{name: row[name] for name in _COUNTS},
            "share_served": row["served"] / row["contacts"],
            "repeated_within_day": None if repeated is None else repeated.get(_about(row), 0),
        }
        for row in rows
    ]


def _about(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["flow"], row["business"], row["period"]


def to_csv(items: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows with a line of names; instants are local, what was not asked for or is not known is empty."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for item in items:
        lines.writerow([_cell(item[name]) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone().isoformat()
    return round(value, 4) if isinstance(value, float) else value
