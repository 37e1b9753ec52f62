"""What a customer may refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.errors import UnknownManager, UnknownSite
from yuelai.customers.record import repository

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def require_manager(conn: Connection, tenant_id: UUID, person_id: UUID) -> None:
    """Raises `UnknownManager` unless it is somebody who works for the tenant."""
    if not await repository.works_here(conn, tenant_id, person_id):
        raise UnknownManager()


async def require_site(conn: Connection, tenant_id: UUID, site_id: UUID) -> None:
    """Raises `UnknownSite`."""
    if not await repository.site_exists(conn, tenant_id, site_id):
        raise UnknownSite()
