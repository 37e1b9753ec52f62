"""Bytes into messages (RFC 3261 §7, §18.3). Start line and fields are split from each other at once, no more.

What can hardly be read but can be answered comes out as a request with a `fault`, which `check` raises; what cannot
even be answered is a PeerError here.
"""

from __future__ import annotations

from yuelai.wire.errors import PeerError, TooLong, VersionUnknown
from yuelai.wire.sip.message import Message, Request, Response
from yuelai.wire.sip.names import KNOWN, canonical
from yuelai.wire.sip.text import is_token, parse_number

MAX_MESSAGE = 65_535
MAX_HEAD = 16_384
MAX_FIELDS = 200


def parse_head(head: bytes) -> Request | Response:
    """Parse start line and fields, without the empty line. Raises PeerError."""
    if len(head) > MAX_HEAD:
        raise TooLong("the head is too long")
    text = head.decode("utf-8", "surrogateescape")
    if "\r\n " in text or "\r\n\t" in text:
        text = _unfold(text)
    first, *lines = text.split("\r\n")
    if text.count("\r") != len(lines) or text.count("\n") != len(lines):
        raise PeerError("a line break that is not CRLF")
    if len(lines) > MAX_FIELDS:
        raise PeerError("too many header fields")
    fields: list[tuple[str, str]] = []
    fault: PeerError | None = None
    known = KNOWN.get
    for line in lines:
        name, colon, value = line.partition(":")
        try:
            key = known(name) or canonical(name)
        except PeerError as error:
            fault = error
            continue
        if not colon:
            fault = PeerError("a header field without a colon")
            continue
        fields.append((key, value.strip(" \t")))
    message = _start(first, fields)
    if fault is not None and message.fault is None:
        _blame(message, fault)
    return message


def _blame(message: Request | Response, fault: PeerError) -> None:
    """Keep a fault of a request, which is to be answered. Raises it for a response, which is dropped (§18.3)."""
    if isinstance(message, Response):
        raise fault
    message.fault = fault


def _unfold(text: str) -> str:
    """Join continuation lines with one space (§7.3.1)."""
    lines: list[list[str]] = []
    for line in text.split("\r\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1].append(line.strip(" \t"))
        else:
            lines.append([line])
    return "\r\n".join(" ".join(parts) for parts in lines)


def _start(line: str, fields: list[tuple[str, str]]) -> Request | Response:
    if line[:8].upper() == "SIP/2.0 ":
        status, _, reason = line[8:].partition(" ")
        if len(status) != 3 or not parse_number(status, 699, "status") >= 100:
            raise PeerError("malformed status line")
        return Response(int(status), reason, fields)
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    if not is_token(method):
        raise PeerError("malformed request line")
    if version == "SIP/2.0" and target and " " not in target:
        return Request(method, target, fields)
    return _crooked(method, rest, fields)


def _crooked(method: str, rest: str, fields: list[tuple[str, str]]) -> Request:
    """A request line with too many spaces, or of another version: enough to say so to its sender."""
    *target, version = rest.split() or [""]
    if version[:4].upper() != "SIP/" or not target:
        raise PeerError("malformed request line")
    request = Request(method, " ".join(target), fields)
    if version.upper() != "SIP/2.0":
        request.fault = VersionUnknown("only SIP/2.0 is spoken")
    elif rest != f"{request.target} {version}" or len(target) > 1:
        request.fault = PeerError("malformed request line")
    return request


def content_length(message: Message) -> int | None:
    """Return the Content-Length, None when there is none. Raises PeerError also for two that differ."""
    values = message.raw("content-length")
    if not values:
        return None
    if len(values) > 1 and len(set(values)) > 1:
        raise PeerError("two lengths that differ")
    return parse_number(values[0], MAX_MESSAGE, "Content-Length")


def parse_datagram(data: bytes) -> Request | Response:
    """Parse one message that fills a datagram or a WebSocket frame (§18.3). Raises PeerError.

    Bytes behind Content-Length are dropped; too few of them are a fault.
    """
    if len(data) > MAX_MESSAGE:
        raise TooLong("the message is too long")
    head, blank, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not blank:
        raise PeerError("the head does not end")
    message = parse_head(head)
    try:
        length = content_length(message)
        if length is not None:
            if length > len(body):
                raise PeerError("the body is shorter than Content-Length")
            body = body[:length]
    except PeerError as error:
        _blame(message, error)
        body = b""
    message.body = body
    return message
