"""Words beside the call: Reason, Warning, User-to-User, Path and Service-Route."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import Address
from yuelai.wire.sip.message import Message
from yuelai.wire.sip.text import is_token, parse_number, parse_params, quote, split_outside, unquote

MOST_USER_DATA = 1_024
"""Characters of User-to-User; ISDN carries 128 octets, contact centres a few hundred."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request was sent (RFC 3326): a status of SIP, a cause of Q.850."""

    protocol: str
    cause: int | None = None
    text: str = ""

    def __str__(self) -> str:
        cause = f";cause={self.cause}" if self.cause is not None else ""
        return self.protocol + cause + (f";text={quote(self.text)}" if self.text else "")


def reasons(message: Message) -> list[Reason]:
    """Return every Reason that can be read: they are told on, never acted upon, so others are left out."""
    found = []
    for value in message.raw("reason"):
        try:
            found += [_reason(part) for part in split_outside(value, ",") if part]
        except PeerError:
            continue
    return found


def _reason(text: str) -> Reason:
    protocol, *rest = split_outside(text, ";")
    if not is_token(protocol):
        raise PeerError("malformed Reason")
    params = parse_params(rest)
    cause = params.get("cause")
    return Reason(
        protocol, None if cause is None else parse_number(cause, 9999, "cause"), unquote(params.get("text") or "")
    )


@dataclass(frozen=True, slots=True)
class Warning:
    """Why something was refused (RFC 3261 §20.43)."""

    code: int
    agent: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.agent} {quote(self.text)}"


def warnings(message: Message) -> list[Warning]:
    """Return every Warning that can be read."""
    found = []
    for value in message.raw("warning"):
        try:
            parts = [part for part in split_outside(value, ",") if part]
        except PeerError:
            continue
        for part in parts:
            code, _, rest = part.partition(" ")
            agent, _, text = rest.strip().partition(" ")
            if len(code) == 3 and code.isascii() and code.isdigit() and agent:
                found.append(Warning(int(code), agent, unquote(text.strip())))
    return found


@dataclass(frozen=True, slots=True)
class UserToUser:
    """What one user's machine tells the other's (RFC 7433 §4.1); `data` as it stands, in hexadecimal by default."""

    data: str
    encoding: str = "hex"
    purpose: str | None = None
    content: str | None = None

    @property
    def octets(self) -> bytes:
        """The data itself. Raises PeerError when it is not what `encoding` says."""
        if self.encoding != "hex":
            return self.data.encode("utf-8", "surrogateescape")
        try:
            return bytes.fromhex(self.data)
        except ValueError:
            raise PeerError("User-to-User is not hexadecimal") from None

    def __str__(self) -> str:
        data = self.data if is_token(self.data) else quote(self.data)
        params = (("purpose", self.purpose), ("content", self.content), ("encoding", self.encoding))
        return data + "".join(f";{name}={value}" for name, value in params if value)


def user_to_user(message: Message) -> list[UserToUser]:
    """Return the user-to-user data (several are allowed, RFC 7433 §4). Raises PeerError."""
    found = []
    for text in message.all("user-to-user"):
        data, *rest = split_outside(text, ";")
        params = parse_params(rest)
        data = unquote(data)
        if len(data) > MOST_USER_DATA:
            raise PeerError("User-to-User is too long")
        encoding = (params.get("encoding") or "hex").lower()
        found.append(UserToUser(data, encoding, params.get("purpose"), params.get("content")))
    return found


def path_of(message: Message) -> list[Address]:
    """Return the way back to a phone behind proxies (RFC 3327). Raises PeerError."""
    return message.addresses("path")


def service_route_of(message: Message) -> list[Address]:
    """Return the way a registrar wants requests to take (RFC 3608). Raises PeerError."""
    return message.addresses("service-route")
