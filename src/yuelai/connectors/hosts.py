"""Which systems may be asked: a URL that somebody typed must not lead us to our own insides (SSRF).

The administrator names hosts, with a port where it is not the scheme's own. Names are compared as written: an allowed
name may well be of a private address, as business systems are. No other way leads there: no redirect is followed, and
a URL with user information is refused.
"""

from __future__ import annotations

import httpx

from yuelai.connectors.errors import HostNotAllowed

_PORTS = {"http": 80, "https": 443}


class AllowedHosts:
    """`setting` is a list by commas: `crm.example.com`, `10.0.0.5:8443`, `[2001:db8::1]:8080`.

    `east@crm.example.com` may be asked for the tenant of that code only: it answers with that one's customers.
    """

    def __init__(self, setting: str, tenant: str | None = None) -> None:
        entries = (entry.strip().rpartition("@") for entry in setting.split(",") if entry.strip())
        self._hosts = {host.lower() for owner, _, host in entries if owner in ("", tenant)}

    def check(self, url: str) -> httpx.URL:
        """Return the URL when it may be asked. Raises `HostNotAllowed`."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError, ValueError):
            raise HostNotAllowed("This is no URL.") from None
        host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host.lower()
        if parsed.scheme not in _PORTS or not host or parsed.userinfo:
            raise HostNotAllowed("Only plain http and https URLs are asked.")
        port = parsed.port or _PORTS[parsed.scheme]
        ours = port == _PORTS[parsed.scheme] and host in self._hosts
        if not ours and f"{host}:{port}" not in self._hosts:
            raise HostNotAllowed(host=f"{host}:{port}")
        return parsed
