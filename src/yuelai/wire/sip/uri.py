"""SIP and tel URIs (RFC 3261 §19.1, RFC 3966). Anything else is kept as it came."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import quote, unquote

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.text import Params, format_params, parse_number, parse_params

_USER_SAFE = "-_.!~*'()&=+$,;?/"
_NUMBER_SAFE = "+-.()*#"
_PARAM_SAFE = "-_.!~*'()[]/:&+$"
_SCHEMES = ("sip", "sips", "tel")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*\Z")
_BAD = re.compile(r"""[\s"<>]""")


@dataclass(frozen=True, slots=True)
class Uri:
    """`user` is unescaped; for tel it is the number and `host` is empty; for other schemes `host` is all the rest."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    params: Params = field(default_factory=dict)
    headers: str = ""
    """What stands behind `?`, without it."""

    @property
    def is_sip(self) -> bool:
        return self.scheme in ("sip", "sips")

    @property
    def loose(self) -> bool:
        """True for a loose router (RFC 3261 §16.12)."""
        return "lr" in self.params

    @property
    def transport(self) -> str | None:
        value = self.params.get("transport")
        return value.lower() if value else None

    def key(self) -> tuple[str, str, str, int | None, str | None]:
        """What has to be equal for two URIs to name one place (RFC 3261 §19.1.4, without the rare parameters)."""
        return self.scheme, self.user, self.host.lower(), self.port, self.transport

    def without_headers(self) -> Uri:
        return replace(self, headers="") if self.headers else self

    def __str__(self) -> str:
        if self.scheme == "tel":
            number = quote(self.user, safe=_NUMBER_SAFE, errors="surrogateescape")
            return f"tel:{number}{_written(self.params)}"
        if not self.is_sip:
            return f"{self.scheme}:{self.host}"
        user = self.user
        if user:
            plain = user.isascii() and user.isalnum()
            user = (user if plain else quote(user, safe=_USER_SAFE, errors="surrogateescape")) + "@"
        port = f":{self.port}" if self.port is not None else ""
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{port}{_written(self.params)}{headers}"


def _read(parts: list[str]) -> Params:
    """Return the parameters of a URI, escapes undone in names and values (§19.1.2)."""
    return {
        unquote(name, errors="surrogateescape").lower(): value and unquote(value, errors="surrogateescape")
        for name, value in parse_params(parts).items()
    }


def _written(params: Params) -> str:
    if not params:
        return ""
    return format_params({_escaped(name): value and _escaped(value) for name, value in params.items()})


def _escaped(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote(text, safe=_PARAM_SAFE, errors="surrogateescape")


@lru_cache(maxsize=1024)
def _ipv6(text: str) -> str:
    """Return an address as it came, save the third colon of RFC 2373's grammar (RFC 5118 §4.10). Raises PeerError."""
    text = text.replace(":::", "::")
    try:
        IPv6Address(text)
    except ValueError:
        raise PeerError("malformed IPv6 reference") from None
    return text


def parse_host(text: str) -> tuple[str, int | None]:
    """Split `host[:port]`, with IPv6 in brackets (kept). Raises PeerError."""
    host, port = _host(text)
    if _BAD.search(host):
        raise PeerError("malformed host")
    return host, port


def _host(text: str) -> tuple[str, int | None]:
    port = None
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and rest[0] != ":"):
            raise PeerError("malformed IPv6 reference")
        host = f"[{_ipv6(host)}]"
        if rest:
            port = parse_number(rest[1:], 65535, "port")
    elif ":" in text:
        host, _, digits = text.partition(":")
        host, port = host.rstrip(), parse_number(digits.lstrip(), 65535, "port")
    else:
        host = text
    if not host:
        raise PeerError("no host")
    return host, port


def parse_uri(text: str) -> Uri:
    """Raises PeerError."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme not in _SCHEMES and not _SCHEME.match(scheme):
        raise PeerError("malformed scheme")
    if not colon or not rest or _BAD.search(text):
        raise PeerError("malformed URI")
    if scheme == "tel":
        number, *raw = rest.split(";")
        if not number:
            raise PeerError("tel URI without a number")
        return Uri(scheme, unquote(number, errors="surrogateescape"), "", None, _read(raw) if raw else {})
    if scheme not in ("sip", "sips"):
        return Uri(scheme, "", rest)
    # A user part may hold `;` and `?` (RFC 3261 §25.1 user-unreserved), so the @ comes first.
    user, at, place = rest.rpartition("@")
    if at and not user:
        raise PeerError("empty user part")
    headers = ""
    params: Params = {}
    if "?" in place:
        place, _, headers = place.partition("?")
    if ";" in place:
        place, *raw = place.split(";")
        params = _read(raw) if "%" in text else parse_params(raw)
    host, port = _host(place)
    if ":" in user:
        user = user.partition(":")[0]  # A password in a URI is a bad idea of old (§19.1.1); it is dropped.
    if "%" in user:
        user = unquote(user, errors="surrogateescape")
    return Uri(scheme, user, host, port, params, headers)
