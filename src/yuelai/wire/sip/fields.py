"""Header fields with a structure of their own: Via, addresses, CSeq (RFC 3261 §20)."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.text import (
    Params,
    end_of_quoted,
    format_params,
    is_token,
    parse_number,
    parse_params,
    quote,
    split_outside,
    unquote,
)
from yuelai.wire.sip.uri import Uri, parse_host, parse_uri

MAGIC_COOKIE = "z9hG4bK"
"""How branches of RFC 3261 begin (§8.1.1.7)."""


@dataclass(slots=True)
class Via:
    """One Via value (§20.42); `params` may be changed to add `received` and `rport` (RFC 3581 §4)."""

    transport: str
    host: str
    port: int | None
    params: Params = field(default_factory=dict)

    @property
    def branch(self) -> str:
        """The branch, or an empty string from an RFC 2543 peer."""
        return self.params.get("branch") or ""

    @property
    def sent_by(self) -> tuple[str, int | None]:
        return self.host.lower(), self.port

    def __str__(self) -> str:
        port = f":{self.port}" if self.port is not None else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{format_params(self.params)}"


def parse_via(text: str) -> Via:
    """Parse one value. Raises PeerError."""
    head, *params = split_outside(text, ";")
    protocol, _, sent_by = head.partition(" ")
    if protocol[:8] == "SIP/2.0/" and "/" not in (transport := protocol[8:]) and transport and "\t" not in transport:
        name, version = "SIP", "2.0"
    else:  # White space is allowed around the slashes (§25.1 SLASH).
        pieces = [piece.strip() for piece in head.replace("\t", " ").split("/", 2)]
        if len(pieces) != 3:
            raise PeerError("malformed Via")
        name, version, rest = pieces
        transport, _, sent_by = rest.partition(" ")
    if name.upper() != "SIP" or version != "2.0" or not is_token(transport):
        raise PeerError("malformed Via")
    host, port = parse_host(sent_by.strip())
    return Via(transport.upper(), host, port, parse_params(params))


@dataclass(slots=True)
class Address:
    """A name-addr or addr-spec with its header parameters: From, To, Contact, Route, P-Asserted-Identity."""

    uri: Uri
    name: str = ""
    params: Params = field(default_factory=dict)

    @property
    def tag(self) -> str | None:
        return self.params.get("tag")

    def __str__(self) -> str:
        name = f"{quote(self.name)} " if self.name else ""
        return f"{name}<{self.uri}>{format_params(self.params)}"


def parse_address(text: str) -> Address:
    """Parse one value. Raises PeerError."""
    text = text.strip()
    if text.startswith('"'):
        end = end_of_quoted(text)
        name, rest = unquote(text[:end]), text[end:].lstrip()
        if not rest.startswith("<"):
            raise PeerError("a display name without an address in brackets")
    elif "<" in text:
        name, _, rest = text.partition("<")
        rest = "<" + rest
        if name:
            words = name.split()
            if not all(is_token(word) or not word.isascii() for word in words):
                raise PeerError("a display name that should have been quoted")
            name = " ".join(words)
    else:
        # Without brackets, parameters belong to the header, not to the URI, which then can have no headers (§20.10).
        place, *params = split_outside(text, ";")
        if "?" in place.rpartition("@")[2]:
            raise PeerError("an address that should have stood in brackets")
        return Address(parse_uri(place), "", parse_params(params) if params else {})
    place, closed, tail = rest[1:].partition(">")
    tail = tail.strip()
    if not closed or (tail and not tail.startswith(";")):
        raise PeerError("malformed address")
    return Address(parse_uri(place.strip()), name, parse_params(split_outside(tail[1:], ";")) if tail else {})


@dataclass(frozen=True, slots=True)
class CSeq:
    number: int
    method: str

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def parse_cseq(text: str) -> CSeq:
    """Raises PeerError, also for 2**31 and above (§8.1.1.5)."""
    number, _, method = text.strip().replace("\t", " ").partition(" ")
    method = method.strip()
    if not is_token(method):
        raise PeerError("malformed CSeq")
    return CSeq(parse_number(number, 2**31 - 1, "CSeq"), method)
