"""SIP messages: what they hold, and how they are written (RFC 3261 §7, §25). Reading them is `reading`'s.

Header fields are looked into only when asked for; what is unknown is kept and sent as it came.
"""

from __future__ import annotations

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.body import Part, read_parts
from yuelai.wire.sip.fields import Address, CSeq, Via, parse_address, parse_cseq, parse_via
from yuelai.wire.sip.names import pretty
from yuelai.wire.sip.reasons import REASONS
from yuelai.wire.sip.text import parse_number, parse_params, split_outside
from yuelai.wire.sip.uri import Uri, parse_uri

_NEEDED = frozenset(("call-id", "cseq", "from", "to"))
_ONCE = _NEEDED | {
    "content-type", "event", "expires", "join", "max-forwards", "min-expires", "min-se", "rack", "refer-to",
    "replaces", "rseq", "session-expires", "subscription-state", "target-dialog",
}  # fmt: skip
"""Fields of which a message holds one at most; two of them leave nothing to believe (§7.3.1)."""


class Message:
    """Fields are kept as (lower-case long name, value) in their order. Typed views raise PeerError when malformed."""

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "fault", "fields")

    def __init__(self, fields: list[tuple[str, str]] | None = None, body: bytes = b"") -> None:
        self.fields = fields if fields is not None else []
        self.body = body
        self.fault: PeerError | None = None
        """What was wrong when it was read, though enough of it could be read to answer; `check` raises it."""
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
        self._via = via

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
            raise PeerError(f"{pretty(name)} is missing")
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
    def parts(self) -> list[Part]:
        """What the body is made of (RFC 5621): one part, or those of a multipart body. Raises PeerError."""
        if not self.body:
            return []
        whole = Part([pair for pair in self.fields if pair[0].startswith("content-")], self.body)
        return read_parts(whole)

    def part(self, content_type: str) -> bytes | None:
        """Return the first part of a type (`type/subtype` in lower case). Raises PeerError."""
        return next((part.body for part in self.parts if part.content_type == content_type), None)

    @property
    def sdp(self) -> str | None:
        """The session description, also from within a multipart body; None without one that can be read."""
        if not self.body:
            return None
        kind = self.content_type
        if kind in ("application/sdp", "") and self.get("content-encoding") is None:
            return self.body.decode("utf-8", "replace")
        if not kind.startswith("multipart/"):
            return None
        try:
            parts = self.parts
        except PeerError:
            return None
        found = (part for part in parts if part.content_type == "application/sdp" and part.disposition == "session")
        return next((part.body.decode("utf-8", "replace") for part in found), None)

    def accepts(self, content_type: str) -> bool:
        """Whether the sender takes bodies of a type (§20.1); without the field it takes descriptions. Raises PeerError.

        An empty field takes nothing, and neither does what has `q=0`.
        """
        if self.get("accept") is None:
            return content_type == "application/sdp"
        kind = content_type.partition("/")[0]
        for value in self.all("accept"):
            name, *params = split_outside(value, ";")
            if "".join(name.lower().split()) in (content_type, f"{kind}/*", "*/*"):
                return (parse_params(params).get("q") or "1").strip("0.") != ""
        return False

    def set_body(self, content_type: str, body: str | bytes) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.set("content-type", content_type)

    def check(self) -> None:
        """Look into the fields every message needs (§8.1.1). Raises PeerError, whose status says what to answer."""
        if self.fault is not None:
            raise self.fault
        single = [key for key, _ in self.fields if key in _ONCE]
        names = set(single)
        if not names >= _NEEDED:
            raise PeerError(f"{pretty(sorted(_NEEDED - names)[0])} is missing")
        if len(names) != len(single):
            raise PeerError("a field is given twice")
        _ = self.via, self.from_, self.to, self.cseq
        if not self.call_id:
            raise PeerError("Call-ID is empty")

    def start_line(self) -> str:
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """Serialise with long names and a Content-Length that is true.

        Raises ValueError for a line break anywhere in the head, which would smuggle in a field.
        """
        body = self.body
        lines = [f"{pretty(key)}: {value}" for key, value in self.fields if key != "content-length"]
        text = "\r\n".join((self.start_line(), *lines, f"Content-Length: {len(body)}\r\n\r\n"))
        ends = len(lines) + 3
        if text.count("\n") != ends or text.count("\r") != ends:
            raise ValueError("a head cannot hold a line break of its own")
        return text.encode("utf-8", "surrogateescape") + body


_COPIED = frozenset(("via", "from", "call-id", "cseq"))


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
        """Return a response with the fields every response copies (§8.2.6.2); `tag` goes on To unless it has one.

        What the request lacks or holds malformed is left out or copied as it is, so that every request can be answered.
        """
        copied = [pair for pair in self.fields if pair[0] in _COPIED]
        to = self.get("to")
        if to is not None:
            if tag and not self._to_tagged():
                to = f"{to};tag={tag}"
            copied.append(("to", to))
        if status == 100 and (timestamp := self.get("timestamp")):
            copied.append(("timestamp", timestamp))
        return Response(status, reason if reason is not None else REASONS.get(status, "Unknown"), copied)

    def _to_tagged(self) -> bool:
        try:
            return self.to.tag is not None
        except PeerError:
            return True


class Response(Message):
    __slots__ = ("reason", "status")

    def __init__(
        self, status: int, reason: str, fields: list[tuple[str, str]] | None = None, body: bytes = b""
    ) -> None:
        super().__init__(fields, body)
        self.status, self.reason = status, reason

    def check(self) -> None:
        super().check()
        if len(self.raw("via")) > 1:
            raise PeerError("a response on its way to somebody else (§8.1.3.3)")

    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"
