"""What other rooms may ask about customers and their contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def customers_with_contacts(conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the customers who have been in contact; has the shape of `customers.ports.CustomerUse`."""
    rows = await conn.fetch(
        "SELECT DISTINCT customer_id FROM interactions WHERE tenant_id = $1 AND customer_id = ANY($2::uuid[])",
        tenant_id,
        customer_ids,
    )
    return {row["customer_id"] for row in rows}
