"""The sample centre's trunk: callers of this machine, and the route by which every number would be called."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

TRUNK, ROUTE = UUID("01900000-0000-7000-8000-000000000501"), UUID("01900000-0000-7000-8000-000000000511")


async def load(conn: Connection) -> None:
    """Add them; what is there already stays, and what was taken away does not come back beside other trunks."""
    if await conn.fetchval("SELECT EXISTS (SELECT FROM trunks) OR EXISTS (SELECT FROM call_routes)"):
        return
    await conn.execute(
        """
        INSERT INTO trunks (id, tenant_id, code, name, name_en, kind, direction, sources, options_seconds)
        VALUES ($1, $2, 'demo', '演示线路', 'Demo line', 'gateway', 'in', $3, 0)
        """,
        TRUNK,
        SAMPLE_TENANT,
        [ip_network("127.0.0.1/32")],
    )
    await conn.execute(
        "INSERT INTO call_routes (id, tenant_id, prefix, name) VALUES ($1, $2, '', '全部号码')", ROUTE, SAMPLE_TENANT
    )
