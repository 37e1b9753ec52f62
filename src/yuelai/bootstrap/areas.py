"""Whom a tenant serves on the spot: those who live where it has a site."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_ENDINGS = ("省", "市", "区", "县", "中心")


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


def is_local(card: Mapping[str, Any], sites: Collection[str]) -> bool:
    """Return whether a card's address, as far as it is shown, is where one of these sites is: 杭州中心 is in 杭州市.
    Everybody is local to a tenant without sites; nobody without an address is to others."""
    if not sites:
        return True
    address = str(card.get("address_masked") or "")
    return any(place in address for place in map(_place, sites) if place)


def _place(site: str) -> str:
    """杭州 for 杭州中心, 余杭 for 余杭县."""
    changed = True
    while changed:
        changed = False
        for ending in _ENDINGS:
            if site.endswith(ending) and len(site) > len(ending) + 1:
                site, changed = site.removesuffix(ending), True
    return site
