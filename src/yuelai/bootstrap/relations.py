"""Who should speak with a customer: their account manager, and who served them last. One query over two rooms."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from yuelai.platform.db import Database

LAST_AGENT_DAYS = 7
"""Who served a customer longer ago than that knows no more of it than others."""

_PREFERRED = """
SELECT c.manager_person_id AS manager_id, (
    SELECT i.agent_id FROM interactions i
    WHERE i.tenant_id = $1 AND i.customer_id = $2 AND i.answered_at IS NOT NULL AND i.agent_id IS NOT NULL
        AND i.id > $3
    ORDER BY i.id DESC LIMIT 1
) AS last_agent_id
FROM customers c WHERE c.tenant_id = $1 AND c.id = $2
"""


def _first_id(days: int) -> UUID:
    """Return the smallest UUIDv7 of that many days ago (RFC 9562 §5.7): months that are over are not looked into."""
    return UUID(int=int((time.time() - days * 86_400) * 1000) << 80)


class CustomerRelations:
    """`channels.ports.Relations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferred(self, tenant_id: UUID, customer_id: UUID) -> Sequence[tuple[UUID, str]]:
        async with self._database.transaction(tenant_id) as conn:
            row = await conn.fetchrow(_PREFERRED, tenant_id, customer_id, _first_id(LAST_AGENT_DAYS))
        if row is None:
            return ()
        found = [(row["manager_id"], "manager"), (row["last_agent_id"], "last_agent")]
        return [
            (agent_id, why)
            for index, (agent_id, why) in enumerate(found)
            if agent_id is not None and agent_id not in [other for other, _ in found[:index]]
        ]
