"""Who shall call whom, and which dialog is meant: Refer-To, Referred-By, Replaces, Join, Target-Dialog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import Address, parse_address
from yuelai.wire.sip.message import Message
from yuelai.wire.sip.text import parse_params, split_outside
from yuelai.wire.sip.uri import Uri

_HEADER_SAFE = "-_.!~*'()[]/?:+$"


@dataclass(frozen=True, slots=True)
class DialogRef:
    """A dialog as somebody else sees it: tags are from the side of whoever is asked."""

    call_id: str
    to_tag: str
    from_tag: str
    early_only: bool = False
    """Replaces: only while it has not been answered (RFC 3891 §3)."""

    def __str__(self) -> str:
        """A Replaces or Join value."""
        flag = ";early-only" if self.early_only else ""
        return f"{self.call_id};to-tag={self.to_tag};from-tag={self.from_tag}{flag}"


def parse_dialog_ref(text: str) -> DialogRef:
    """Read a Replaces (RFC 3891 §6.1) or Join (RFC 3911 §7.1) value. Raises PeerError when a part is missing."""
    call_id, *rest = split_outside(text, ";")
    params = parse_params(rest)
    to_tag, from_tag = params.get("to-tag"), params.get("from-tag")
    if not call_id or not to_tag or not from_tag:
        raise PeerError("a dialog without its tags")
    return DialogRef(call_id, to_tag, from_tag, "early-only" in params)


def _one(message: Message, name: str) -> str | None:
    values = message.raw(name)
    if len(values) > 1:
        raise PeerError("a field is given twice")
    return values[0] if values else None


def replaces_of(message: Message) -> DialogRef | None:
    """Return what an INVITE replaces. Raises PeerError, also beside a Join (RFC 3891 §3)."""
    value = _one(message, "replaces")
    if value is not None and message.get("join") is not None:
        raise PeerError("Replaces and Join at once")
    return None if value is None else parse_dialog_ref(value)


def join_of(message: Message) -> DialogRef | None:
    """Return what an INVITE joins (RFC 3911). Raises PeerError."""
    value = _one(message, "join")
    return None if value is None else parse_dialog_ref(value)


def target_dialog_of(message: Message) -> DialogRef | None:
    """Return the dialog that authorises a request outside it (RFC 4538 §7). Raises PeerError.

    `local-tag` is the sender's, hence what we call the remote tag.
    """
    value = _one(message, "target-dialog")
    if value is None:
        return None
    call_id, *rest = split_outside(value, ";")
    params = parse_params(rest)
    local, remote = params.get("local-tag"), params.get("remote-tag")
    if not call_id or not local or not remote:
        raise PeerError("a dialog without its tags")
    return DialogRef(call_id, remote, local)


@dataclass(frozen=True, slots=True)
class ReferTo:
    """`uri` is without headers; `headers` are the fields it wants the new request to have, lower-case names."""

    uri: Uri
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "INVITE"
    """What shall be sent (RFC 3515 §2.4.2)."""
    name: str = ""

    @property
    def replaces(self) -> DialogRef | None:
        """The dialog an attended transfer takes over (RFC 5589 §7). Raises PeerError."""
        value = next((value for name, value in self.headers if name == "replaces"), None)
        return None if value is None else parse_dialog_ref(value)

    def __str__(self) -> str:
        params = {key: value for key, value in self.uri.params.items() if key != "method"}
        if self.method != "INVITE":
            params["method"] = self.method
        uri = replace(self.uri, params=params, headers=write_headers(self.headers))
        return str(Address(uri, self.name))


def refer_to_of(message: Message) -> ReferTo | None:
    """Return where a REFER sends us; None without the field. Raises PeerError, also for two (RFC 3515 §2.4.1)."""
    value = _one(message, "refer-to")
    return None if value is None else parse_refer_to(value)


def parse_refer_to(text: str) -> ReferTo:
    """Raises PeerError."""
    address = parse_address(text)
    method = address.uri.params.get("method") or "INVITE"
    return ReferTo(address.uri.without_headers(), read_headers(address.uri), method.upper(), address.name)


def referred_by_of(message: Message) -> Address | None:
    """Return who sent us there (RFC 3892). Raises PeerError."""
    value = _one(message, "referred-by")
    return None if value is None else parse_address(value)


def read_headers(uri: Uri) -> tuple[tuple[str, str], ...]:
    """Return the header fields within a URI (RFC 3261 §19.1.1), escapes undone. Raises PeerError.

    Whoever puts them into a request decides which of them may be (§19.1.5).
    """
    found = []
    for part in uri.headers.split("&") if uri.headers else ():
        name, equals, value = part.partition("=")
        value = unquote(value, errors="surrogateescape")
        if not equals or not name or "\r" in value or "\n" in value:
            raise PeerError("malformed header within a URI")
        found.append((unquote(name).lower(), value))
    return tuple(found)


def write_headers(headers: tuple[tuple[str, str], ...]) -> str:
    """Return what stands behind `?` in a URI."""
    return "&".join(f"{name}={quote(value, safe=_HEADER_SAFE, errors='surrogateescape')}" for name, value in headers)
