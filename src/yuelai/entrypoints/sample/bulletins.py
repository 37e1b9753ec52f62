"""The sample's bulletin and hand-over note: a broadband outage, and a customer who waits for a call."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.entrypoints.sample import organisation, people
from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_BULLETIN = UUID("01900000-0000-7000-8000-000003700000")
_HANDOVER = UUID("01900000-0000-7000-8000-000003700001")


async def load(conn: Connection, today: date) -> None:
    """Add what is missing; the bulletin stands for a week from `today`."""
    at = datetime(today.year, today.month, today.day, tzinfo=UTC)
    await conn.execute(
        """
        INSERT INTO bulletins (id, tenant_id, title, text, importance, audience, valid_from, valid_until, author_id,
            created_at)
        VALUES ($1, $2, '滨江区宽带大面积故障', '长河街道宽带大面积故障，预计 12:30 恢复，勿派单。', 'important', 'all',
            $3, $4, $5, $3)
        ON CONFLICT DO NOTHING
        """,
        _BULLETIN,
        SAMPLE_TENANT,
        at,
        at + timedelta(days=7),
        people.person_id("leader01"),
    )
    await conn.execute(
        """
        INSERT INTO handovers (id, tenant_id, group_id, author_id, at, text)
        VALUES ($1, $2, $3, $4, $5, '滨江区报障客户较多，恢复后逐一回电确认。') ON CONFLICT DO NOTHING
        """,
        _HANDOVER,
        SAMPLE_TENANT,
        organisation.GROUPS[0][0],
        people.person_id("agent02"),
        at,
    )
