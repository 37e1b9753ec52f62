"""Random text for branches, tags and Call-IDs. The kernel is asked for a page at a time: each question costs as much as
parsing a header field."""

from __future__ import annotations

import secrets

from yuelai.wire.sip import MAGIC_COOKIE

PAGE = 4096


class _Source:
    """Hexadecimal digits that nobody has seen; each is given once."""

    __slots__ = ("_at", "_text")

    def __init__(self) -> None:
        self._text, self._at = "", 0

    def take(self, digits: int) -> str:
        at = self._at
        end = at + digits
        if end > len(self._text):
            self._text, at, end = secrets.token_hex(PAGE), 0, digits
        self._at = end
        return self._text[at:end]


_take = _Source().take


def new_branch() -> str:
    """80 random bits behind the magic cookie (RFC 3261 §8.1.1.7)."""
    return MAGIC_COOKIE + _take(20)


def new_tag() -> str:
    """48 random bits; at least 32 are asked for (§19.3)."""
    return _take(12)


def new_call_id() -> str:
    """128 random bits (§8.1.1.4)."""
    return _take(32)
