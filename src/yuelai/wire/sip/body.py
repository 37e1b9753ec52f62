"""Bodies with several parts (RFC 2046 §5.1, RFC 5621): a session description beside something else."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.names import canonical
from yuelai.wire.sip.text import parse_params, split_outside, unquote

MOST_PARTS = 20
DEEPEST = 3
"""Multipart within multipart within multipart: RFC 5621 §3.1 asks for the reading of nested ones."""


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that are about the content, by lower-case name, and the content."""

    fields: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)

    @property
    def content_type(self) -> str:
        """`type/subtype` in lower case; text/plain when nothing is said (RFC 2045 §5.2)."""
        return (self.get("content-type") or "text/plain").partition(";")[0].strip().lower()

    @property
    def disposition(self) -> str:
        """What it is for (RFC 3261 §20.11): `session` for descriptions and `render` for others, when not said."""
        said = (self.get("content-disposition") or "").partition(";")[0].strip().lower()
        return said or ("session" if self.content_type == "application/sdp" else "render")


def read_parts(whole: Part, depth: int = 0) -> list[Part]:
    """Return the part itself, or all parts within it when it is multipart. Raises PeerError."""
    if not whole.content_type.startswith("multipart/"):
        return [whole]
    if depth >= DEEPEST:
        raise PeerError("a body nested too deeply")
    boundary = unquote(parse_params(split_outside(whole.get("content-type") or "", ";")[1:]).get("boundary") or "")
    if not 0 < len(boundary) <= 70:
        raise PeerError("a multipart body without a boundary")
    line = b"\r\n--" + boundary.encode("utf-8", "surrogateescape")
    pieces = (b"\r\n" + whole.body).split(line, MOST_PARTS + 2)[1:]
    found: list[Part] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            return found
        if len(found) >= MOST_PARTS:
            raise PeerError("too many parts")
        found += read_parts(_read_part(piece), depth + 1)
    raise PeerError("a multipart body that does not end")


def _read_part(piece: bytes) -> Part:
    padding, newline, rest = piece.partition(b"\r\n")
    if not newline or padding.strip(b" \t"):
        raise PeerError("malformed boundary line")
    if rest.startswith(b"\r\n"):
        return Part([], rest[2:])
    head, blank, body = rest.partition(b"\r\n\r\n")
    if not blank:
        raise PeerError("a part without an end of its head")
    text = head.decode("utf-8", "surrogateescape").replace("\r\n ", " ").replace("\r\n\t", " ")
    fields = []
    for line in text.split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            raise PeerError("malformed field of a part")
        fields.append((canonical(name), value.strip()))
    return Part(fields, body)


def write_parts(parts: list[Part], boundary: str) -> bytes:
    """Return a multipart body; whoever asks chooses a boundary that occurs in no part."""
    out = []
    for part in parts:
        head = "".join(f"{name.title()}: {value}\r\n" for name, value in part.fields)
        out += [f"--{boundary}\r\n{head}\r\n".encode(), part.body, b"\r\n"]
    return b"".join([*out, f"--{boundary}--\r\n".encode()])
