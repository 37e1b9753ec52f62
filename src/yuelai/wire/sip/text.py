"""Splitting SIP text: commas and semicolons count only outside quotes and angle brackets (RFC 3261 §25.1)."""

from __future__ import annotations

import re

from yuelai.wire.errors import PeerError

Params = dict[str, str | None]
"""Parameters by lower-case name, in the order sent; None when there is no `=`."""

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+\Z")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_STOPS = {separator: re.compile(f'["<{separator}]') for separator in ",;&"}


def is_token(text: str) -> bool:
    return _TOKEN.match(text) is not None


def end_of_quoted(text: str, start: int = 0) -> int:
    """Return the index behind the quoted string that begins at `start`. Raises PeerError when it does not end."""
    found = _QUOTED.match(text, start)
    if found is None:
        raise PeerError("a quote is not closed")
    return found.end()


def split_outside(text: str, separator: str) -> list[str]:
    """Return the stripped parts of `text`, split at `separator` (one of `,;&`) outside quotes and brackets.

    Raises PeerError for a quote or bracket that is not closed. Takes time in proportion to the text, whatever it holds.
    """
    if '"' not in text and "<" not in text:
        if separator not in text:
            return [text.strip()]
        return [part.strip() for part in text.split(separator)]
    parts, start, position, search = [], 0, 0, _STOPS[separator].search
    while (found := search(text, position)) is not None:
        at = found.start()
        if found[0] == separator:
            parts.append(text[start:at].strip())
            start = position = at + 1
        elif found[0] == '"':
            position = end_of_quoted(text, at)
        else:
            position = text.find(">", at) + 1
            if not position:
                raise PeerError("a bracket is not closed")
    parts.append(text[start:].strip())
    return parts


def parse_params(parts: list[str]) -> Params:
    """Return `name[=value]` parts as a dictionary; the first of two equal names wins. Raises PeerError.

    One empty part is the semicolon too many of some phones; several are malformed (RFC 4475 §3.1.2.1).
    """
    params: Params = {}
    empty = False
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.rstrip().lower()
        if not name or " " in name:
            if part or empty:
                raise PeerError("malformed parameter")
            empty = True
        elif name not in params:
            params[name] = value.lstrip() if equals else None
    return params


def format_params(params: Params) -> str:
    if not params:
        return ""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params.items())


def unquote(text: str) -> str:
    """Return the content of a quoted string, or the text itself when it is not quoted."""
    if len(text) >= 2 and text[0] == '"' and text[-1] == '"':
        text = text[1:-1]
        return _PAIR.sub(r"\1", text) if "\\" in text else text
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
