"""SIP and tel URIs (RFC 3261 §19.1, RFC 3966). Anything else is kept as it came."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.text import Params, format_params, parse_number, parse_params

_USER_SAFE = "-_.!~*'()&=+$,;?/"
_BAD = set(' \t\r\n"<>')


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
            return f"tel:{self.user}{format_params(self.params)}"
        if not self.is_sip:
            return f"{self.scheme}:{self.host}"
        user = quote(self.user, safe=_USER_SAFE, errors="surrogateescape") + "@" if self.user else ""
        port = f":{self.port}" if self.port is not None else ""
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{port}{format_params(self.params)}{headers}"


def parse_host(text: str) -> tuple[str, int | None]:
    """Split `host[:port]`, with IPv6 in brackets (kept). Raises PeerError."""
    if text.startswith("["):
        host, bracket, rest = text.partition("]")
        host += bracket
        if not bracket or (rest and rest[0] != ":"):
            raise PeerError("malformed IPv6 reference")
        colon, port = rest[:1], rest[1:]
    else:
        host, colon, port = text.partition(":")
        host, port = host.rstrip(), port.lstrip()
    if not host or _BAD.intersection(host):
        raise PeerError("malformed host")
    return host, parse_number(port, 65535, "port") if colon else None


def parse_uri(text: str) -> Uri:
    """Raises PeerError."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not rest or not scheme or not scheme[0].isalpha() or _BAD.intersection(text):
        raise PeerError("malformed URI")
    if scheme == "tel":
        number, *params = rest.split(";")
        if not number:
            raise PeerError("tel URI without a number")
        return Uri(scheme, unquote(number), "", None, parse_params(params))
    if scheme not in ("sip", "sips"):
        return Uri(scheme, "", rest)
    # A user part may hold `;` and `?` (RFC 3261 §25.1 user-unreserved), so the @ comes first.
    user, at, place = rest.rpartition("@")
    if at and not user:
        raise PeerError("empty user part")
    place, _, headers = place.partition("?")
    host_port, *raw = place.split(";")
    host, port = parse_host(host_port)
    user = user.partition(":")[0]  # A password in a URI is a bad idea of old (§19.1.1); it is dropped.
    return Uri(scheme, unquote(user, errors="surrogateescape"), host, port, parse_params(raw) if raw else {}, headers)
