"""Addresses as guards count them, and which networks may speak to us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

NEIGHBOURHOOD = 64
"""Bits of an IPv6 address that count: whoever has one address has all that begin so (RFC 4291 §2.5.4)."""
_REMEMBERED = 20_000


@lru_cache(_REMEMBERED)
def counted(host: str) -> str:
    """Return as whom an address counts: an IPv4 address as itself, also when it is mapped into IPv6; an IPv6 one as the
    first of its /64. What is no address counts as it is."""
    address = _parse(host)
    if address is None or isinstance(address, ipaddress.IPv4Address):
        return host if address is None else str(address)
    return str(ipaddress.ip_network((int(address), NEIGHBOURHOOD), strict=False).network_address)


def is_public(host: str) -> bool:
    """True for an address of the Internet, false for private ones and for what is no address."""
    address = _parse(host)
    return address is not None and address.is_global


def _parse(host: str) -> _Ip | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@dataclass(frozen=True, slots=True)
class AccessRule:
    network: Network
    allow: bool


class Access:
    """The narrowest rule that holds an address counts; without any it may speak, and may be banned."""

    def __init__(self, rules: Iterable[AccessRule] = ()) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.network.prefixlen, reverse=True)
        self._known: dict[str, bool | None] = {}

    def verdict(self, host: str) -> bool | None:
        """Return what is said of an address: True for allowed (never banned), False for denied, None for nothing."""
        if not self._rules:
            return None
        if host not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[host] = self._look_up(host)
        return self._known[host]

    def _look_up(self, host: str) -> bool | None:
        address = _parse(host)
        if address is None:
            return None
        return next((rule.allow for rule in self._rules if address in rule.network), None)
