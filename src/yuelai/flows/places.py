"""Whom a tenant serves on the spot: those who live where it has a site."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_ENDINGS = ("省", "市", "区", "县", "中心")


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
