"""Whom a tenant serves on the spot: those who live where it has a site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.flows.places import is_local

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class Areas:
    """The places that tenants' sites are named after, as PostgreSQL had them last."""

    def __init__(self) -> None:
        self._places: dict[UUID, set[str]] = {}

    async def load(self, conn: Connection) -> None:
        found: dict[UUID, set[str]] = {}
        for row in await conn.fetch("SELECT tenant_id, name FROM sites"):
            found.setdefault(row["tenant_id"], set()).add(row["name"])
        self._places = found

    def with_local(self, tenant_id: UUID, card: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return a customer's card with `local`."""
        return None if card is None else {**card, "local": is_local(card, self._places.get(tenant_id, ()))}
