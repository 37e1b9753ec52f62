"""Whom a certificate of the other side speaks for (RFC 5922)."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from yuelai.platform.certificates import ClientTrust
from yuelai.telephony.hops import StreamHop
from yuelai.telephony.transport.failures import WrongName


class TrunkTls:
    """How we connect out: `trust` says which authorities count."""

    def __init__(self, trust: ClientTrust) -> None:
        self._trust = trust

    def context(self) -> ssl.SSLContext:
        return self._trust.context()

    def verify(self, hop: StreamHop) -> Callable[[ssl.SSLObject], None]:
        """Return what checks the certificate of whoever answers at `hop`; it raises WrongName."""
        wanted = hop.name or hop.host

        def check(connection: ssl.SSLObject) -> None:
            names = identities(connection.getpeercert() or {})
            if not speaks_for(names, wanted):
                shown = ", ".join(sorted(names)[:5]) or "nobody"
                raise WrongName(f"{shown}, not for {wanted}")

        return check


def identities(certificate: Mapping[str, Any]) -> frozenset[str]:
    """Return whom it names, in small letters: its SIP URIs, else its DNS names (RFC 5922 §7.1), and addresses."""
    uris, names, addresses = set[str](), set[str](), set[str]()
    for kind, value in certificate.get("subjectAltName", ()):
        if kind == "URI" and value.lower().startswith("sip:") and "@" not in value:
            uris.add(value[4:].partition(";")[0].partition(":")[0].lower())
        elif kind == "DNS":
            names.add(value.lower().rstrip("."))
        elif kind == "IP Address":
            addresses.add(value)
    return frozenset((uris or names) | {str(ipaddress.ip_address(address.strip())) for address in addresses})


def speaks_for(names: frozenset[str], wanted: str) -> bool:
    """True when one of the names is the wanted one.

    A first label `*` stands for one label, which RFC 5922 §7.2 forbids: large carriers show nothing else.
    """
    wanted = wanted.lower().rstrip(".").strip("[]")
    try:
        return str(ipaddress.ip_address(wanted)) in names
    except ValueError:
        pass
    if wanted in names:
        return True
    _, dot, rest = wanted.partition(".")
    return bool(dot) and "." in rest and f"*.{rest}" in names
