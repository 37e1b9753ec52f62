"""SIP messages: bytes in, bytes out (RFC 3261 §7, §25). Header fields are split from each other at once and looked into
only when asked for; what is unknown is kept and sent as it came."""

from __future__ import annotations

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import Address, CSeq, Via, parse_address, parse_cseq, parse_via
from yuelai.wire.sip.reasons import REASONS
from yuelai.wire.sip.text import is_token, parse_number, split_outside
from yuelai.wire.sip.uri import Uri, parse_uri

MAX_MESSAGE = 65_535
MAX_HEAD = 16_384
MAX_FIELDS = 200

# Compact forms: RFC 3261 §7.3.3 and the IANA registry of header fields.
COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "d": "request-disposition",
    "e": "content-encoding", "f": "from", "i": "call-id", "j": "reject-contact", "k": "supported",
    "l": "content-length", "m": "contact", "n": "identity-info", "o": "event", "r": "refer-to", "s": "subject",
    "t": "to", "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
}  # fmt: skip
_IRREGULAR = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "www-authenticate": "WWW-Authenticate",
    "mime-version": "MIME-Version",
}
_pretty: dict[str, str] = {}


def _pretty_name(name: str) -> str:
    found = _pretty.get(name)
    if found is None:
        found = _IRREGULAR.get(name) or "-".join(word.capitalize() for word in name.split("-"))
        if len(_pretty) < 500:
            _pretty[name] = found
    return found


class Message:
    """Fields are kept as (lower-case long name, value) in their order. Typed views raise PeerError when malformed."""

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "fields")

    def __init__(self, fields: list[tuple[str, str]] | None = None, body: bytes = b"") -> None:
        self.fields = fields if fields is not None else []
        self.body = body
        self._via: Via | None = None
        self._cseq: CSeq | None = None
        self._from: Address | None = None
        self._to: Address | None = None

    def get(self, name: str) -> str | None:
        """Return the first field of this lower-case name."""
        for key, value in self.fields:
            if key == name:
                return value
        return None

    def all(self, name: str) -> list[str]:
        """Return every value of a list field (Via, Route, Contact, Supported …), split at commas."""
        return [part for key, value in self.fields if key == name for part in split_outside(value, ",") if part]

    def raw(self, name: str) -> list[str]:
        """Return every field of this name unsplit (challenges and credentials hold commas of their own)."""
        return [value for key, value in self.fields if key == name]

    def add(self, name: str, value: object) -> None:
        """Append a field. Raises ValueError for a line break, which would smuggle in another field."""
        text = str(value)
        if "\r" in text or "\n" in text:
            raise ValueError("a header value cannot hold a line break")
        self.fields.append((name.lower(), text))
        self._forget(name.lower())

    def set(self, name: str, value: object) -> None:
        """Replace every field of this name by one."""
        name = name.lower()
        self.fields = [pair for pair in self.fields if pair[0] != name]
        self.add(name, value)

    def remove(self, name: str) -> None:
        self.fields = [pair for pair in self.fields if pair[0] != name]
        self._forget(name)

    def push_via(self, via: Via) -> None:
        self.fields.insert(0, ("via", str(via)))
        self._via = None

    def replace_top_via(self, via: Via) -> None:
        """Write back a top Via whose parameters were changed."""
        for i, (key, value) in enumerate(self.fields):
            if key == "via":
                rest = split_outside(value, ",")[1:]
                self.fields[i] = ("via", ", ".join([str(via), *rest]))
                break
        self._via = via

    def _forget(self, name: str) -> None:
        if name == "via":
            self._via = None
        elif name == "cseq":
            self._cseq = None
        elif name == "from":
            self._from = None
        elif name == "to":
            self._to = None

    def _need(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise PeerError(f"{_pretty_name(name)} is missing")
        return value

    @property
    def via(self) -> Via:
        """The top Via."""
        if self._via is None:
            self._via = parse_via(split_outside(self._need("via"), ",")[0])
        return self._via

    @property
    def cseq(self) -> CSeq:
        if self._cseq is None:
            self._cseq = parse_cseq(self._need("cseq"))
        return self._cseq

    @property
    def from_(self) -> Address:
        if self._from is None:
            self._from = parse_address(self._need("from"))
        return self._from

    @property
    def to(self) -> Address:
        if self._to is None:
            self._to = parse_address(self._need("to"))
        return self._to

    @property
    def call_id(self) -> str:
        return self._need("call-id")

    def addresses(self, name: str) -> list[Address]:
        """Return a list field of addresses (Contact, Route, Record-Route). `Contact: *` is malformed here."""
        return [parse_address(value) for value in self.all(name)]

    def options(self, name: str) -> list[str]:
        """Return lower-case option tags (Supported, Require, Proxy-Require)."""
        return [value.lower() for value in self.all(name)]

    @property
    def content_type(self) -> str:
        """`type/subtype` in lower case, without parameters; empty when there is none."""
        return (self.get("content-type") or "").partition(";")[0].strip().lower()

    @property
    def sdp(self) -> str | None:
        """The body as text when it is SDP."""
        if self.body and self.content_type in ("application/sdp", ""):
            return self.body.decode("utf-8", "replace")
        return None

    def set_body(self, content_type: str, body: str | bytes) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.set("content-type", content_type)

    def check(self) -> None:
        """Look into the fields every message needs (§8.1.1). Raises PeerError."""
        _ = self.via, self.from_, self.to, self.cseq
        for name in ("call-id", "cseq", "from", "to"):
            if len(self.raw(name)) != 1:
                raise PeerError(f"{_pretty_name(name)} is missing or given twice")
        if not self.call_id.strip():
            raise PeerError("Call-ID is empty")

    def start_line(self) -> str:
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """Serialise with long names and a Content-Length that is true."""
        lines = [self.start_line()]
        lines += [f"{_pretty_name(key)}: {value}" for key, value in self.fields if key != "content-length"]
        lines.append(f"Content-Length: {len(self.body)}\r\n\r\n")
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body


class Request(Message):
    __slots__ = ("_uri", "method", "target")

    def __init__(
        self, method: str, target: str, fields: list[tuple[str, str]] | None = None, body: bytes = b""
    ) -> None:
        super().__init__(fields, body)
        self.method, self.target = method, target
        self._uri: Uri | None = None

    @property
    def uri(self) -> Uri:
        """The request URI."""
        if self._uri is None:
            self._uri = parse_uri(self.target)
        return self._uri

    def check(self) -> None:
        super().check()
        if self.cseq.method != self.method:
            raise PeerError("CSeq names another method")
        if (hops := self.get("max-forwards")) is not None:
            parse_number(hops, 255, "Max-Forwards")
        _ = self.uri

    def start_line(self) -> str:
        return f"{self.method} {self.target} SIP/2.0"

    def response(self, status: int, reason: str | None = None, *, tag: str | None = None) -> Response:
        """Return a response with the fields every response copies (§8.2.6.2); `tag` goes on To unless it has one."""
        copied = [(key, value) for key, value in self.fields if key in ("via", "from", "call-id", "cseq")]
        to = self._need("to")
        if tag and self.to.tag is None:
            to = f"{to};tag={tag}"
        copied.append(("to", to))
        if status == 100 and (timestamp := self.get("timestamp")):
            copied.append(("timestamp", timestamp))
        return Response(status, reason if reason is not None else REASONS.get(status, "Unknown"), copied)


class Response(Message):
    __slots__ = ("reason", "status")

    def __init__(
        self, status: int, reason: str, fields: list[tuple[str, str]] | None = None, body: bytes = b""
    ) -> None:
        super().__init__(fields, body)
        self.status, self.reason = status, reason

    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"


def parse_head(head: bytes) -> Request | Response:
    """Parse start line and fields, without the empty line. Raises PeerError."""
    if len(head) > MAX_HEAD:
        raise PeerError("the head is too long")
    text = head.decode("utf-8", "surrogateescape")
    if "\r\n " in text or "\r\n\t" in text:
        text = _unfold(text)
    first, *lines = text.split("\r\n")
    if text.count("\r") != len(lines) or text.count("\n") != len(lines):
        raise PeerError("a line break that is not CRLF")
    if len(lines) > MAX_FIELDS:
        raise PeerError("too many header fields")
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t").lower()
        if not colon or not name or not is_token(name):
            raise PeerError("malformed header field")
        fields.append((COMPACT.get(name, name), value.strip(" \t")))
    return _start(first, fields)


def _unfold(text: str) -> str:
    """Join continuation lines with one space (§7.3.1)."""
    lines: list[str] = []
    for line in text.split("\r\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
    return "\r\n".join(lines)


def _start(line: str, fields: list[tuple[str, str]]) -> Request | Response:
    if line[:8].upper() == "SIP/2.0 ":
        status, _, reason = line[8:].partition(" ")
        if len(status) != 3 or not parse_number(status, 699, "status") >= 100:
            raise PeerError("malformed status line")
        return Response(int(status), reason, fields)
    parts = line.split(" ")
    if len(parts) != 3 or parts[2].upper() != "SIP/2.0" or not parts[1] or not is_token(parts[0]):
        raise PeerError("malformed request line")
    return Request(parts[0], parts[1], fields)


def content_length(message: Message) -> int | None:
    """Return the Content-Length, None when there is none. Raises PeerError also for two that differ."""
    values = set(message.raw("content-length"))
    if len(values) > 1:
        raise PeerError("two lengths that differ")
    return parse_number(values.pop(), MAX_MESSAGE, "Content-Length") if values else None


def parse_datagram(data: bytes) -> Request | Response:
    """Parse one message that fills a datagram or a WebSocket frame (§18.3). Raises PeerError.

    Bytes behind Content-Length are dropped; too few of them are an error.
    """
    if len(data) > MAX_MESSAGE:
        raise PeerError("the message is too long")
    head, blank, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not blank:
        raise PeerError("the head does not end")
    message = parse_head(head)
    length = content_length(message)
    if length is not None:
        if length > len(body):
            raise PeerError("the body is shorter than Content-Length")
        body = body[:length]
    message.body = body
    return message
