"""Splitting SIP text: commas and semicolons count only outside quotes and angle brackets (RFC 3261 §25.1)."""

from __future__ import annotations

import re

from yuelai.wire.errors import PeerError

Params = dict[str, str | None]
"""Parameters by lower-case name, in the order sent; None when there is no `=`."""

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+\Z")


def is_token(text: str) -> bool:
    return _TOKEN.match(text) is not None


def split_outside(text: str, separator: str) -> list[str]:
    """Return the stripped parts of `text`, split at `separator` outside quotes and brackets.

    Raises PeerError for a quote or bracket that is not closed.
    """
    if '"' not in text and "<" not in text:
        return [part.strip() for part in text.split(separator)]
    parts, start, quoted, bracket, i, end = [], 0, False, False, 0, len(text)
    while i < end:
        c = text[i]
        if quoted:
            if c == "\\":
                i += 1
            elif c == '"':
                quoted = False
        elif c == '"' and not bracket:
            quoted = True
        elif c == "<":
            bracket = True
        elif c == ">":
            bracket = False
        elif c == separator and not bracket:
            parts.append(text[start:i].strip())
            start = i + 1
        i += 1
    if quoted or bracket:
        raise PeerError("a quote or a bracket is not closed")
    parts.append(text[start:].strip())
    return parts


def parse_params(parts: list[str]) -> Params:
    """Return `name[=value]` parts as a dictionary; the first of two equal names wins. Raises PeerError."""
    params: Params = {}
    for part in parts:
        if not part:
            continue
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not name or " " in name:
            raise PeerError("malformed parameter")
        params.setdefault(name, value.strip() if equals else None)
    return params


def format_params(params: Params) -> str:
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params.items())


def unquote(text: str) -> str:
    """Return the content of a quoted string, or the text itself when it is not quoted."""
    if len(text) >= 2 and text[0] == '"' and text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def clean(text: str) -> str:
    """Return text that can be stored anywhere: NUL and bytes that were not UTF-8 (kept as surrogates) become U+FFFD."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def parse_number(text: str, limit: int, what: str) -> int:
    """Return a decimal number of ASCII digits not above `limit`. Raises PeerError."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or (number := int(text)) > limit:
        raise PeerError(f"{what} is not a number in its range")
    return number
