"""Contacts that somebody who took no part may read for a while, because they were asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def share(
    conn: Connection, tenant_id: UUID, interaction_id: UUID, people: Sequence[UUID], by: UUID, until: datetime
) -> None:
    """Let these people read the contact's page `until` then."""
    await conn.executemany(
        """
        INSERT INTO interaction_shares AS s (tenant_id, interaction_id, person_id, shared_by, until)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (interaction_id, person_id) DO UPDATE SET until = greatest(s.until, excluded.until)
        """,
        [(tenant_id, interaction_id, person, by, until) for person in people],
    )


async def shared_with(conn: Connection, tenant_id: UUID, interaction_id: UUID, person_id: UUID, now: datetime) -> bool:
    found: bool = await conn.fetchval(
        """
        SELECT EXISTS (SELECT FROM interaction_shares
            WHERE tenant_id = $1 AND interaction_id = $2 AND person_id = $3 AND until > $4)
        """,
        tenant_id,
        interaction_id,
        person_id,
        now,
    )
    return found


async def forget(conn: Connection, before: datetime) -> None:
    """Forget what nobody may read any more."""
    await conn.execute("DELETE FROM interaction_shares WHERE until <= $1", before)
