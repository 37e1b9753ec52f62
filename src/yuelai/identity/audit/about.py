"""What the audit trail says of some things, for those who may ask what is kept about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def about(conn: Connection, tenant: UUID, objects: Sequence[str]) -> list[dict[str, Any]]:
    """Return `{at, action, object, data, person}` of the lines about these objects, the oldest first."""
    rows = await conn.fetch(
        """
        SELECT a.at, a.action, a.object, a.data, p.name AS person
        FROM audit a LEFT JOIN people p ON p.id = a.person_id
        WHERE a.tenant_id = $1 AND a.object = ANY($2) ORDER BY a.at, a.id
        """,
        tenant,
        objects,
    )
    return [dict(row) for row in rows]
