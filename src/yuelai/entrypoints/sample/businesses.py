"""What the sample centre's agents can do for customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.businesses import service
from yuelai.businesses.shipped import KINDS
from yuelai.platform.ids import TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_EAST = ("fault", "complaint", "inquiry", "invoice", "address")
"""Of them, what a supplier of electricity is asked for, too."""


async def load(conn: Connection, tenant: TenantId) -> None:
    """Add what is missing at the first tenant."""
    await service.install(conn, tenant, KINDS)


async def load_east(conn: Connection, tenant: TenantId) -> None:
    """Add what is missing at the second one."""
    await service.install(conn, tenant, [kind for kind in KINDS if kind.code in _EAST])
