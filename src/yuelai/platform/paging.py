"""Pages of long lists: an opaque cursor holds the sort key of the last item, so that a page costs the same anywhere."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from yuelai.platform.errors import Refusal

T = TypeVar("T")


class BadCursor(Refusal):
    """The cursor is not one that this list gave out; start again without it."""

    status = 400
    code = "bad_cursor"


def encode(key: Sequence[Any]) -> str:
    """Return the cursor of a sort key made of strings, numbers, instants, dates and UUIDs."""
    packed = msgspec.msgpack.encode([_plain(part) for part in key])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _plain(part: Any) -> Any:
    return str(part) if isinstance(part, UUID) else part.isoformat() if isinstance(part, datetime | date) else part


def decode(cursor: str, *types: type[Any]) -> tuple[Any, ...]:
    """Return the sort key, one value of each given type. Raises `BadCursor`."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = msgspec.msgpack.decode(packed, type=list[Any])
        # NUL is the one character that PostgreSQL has no place for in a text.
        if len(parts) != len(types) or any(isinstance(part, str) and "\0" in part for part in parts):
            raise BadCursor()
        return tuple(msgspec.convert(part, kind, strict=True) for part, kind in zip(parts, types, strict=True))
    except (binascii.Error, UnicodeError, ValueError, msgspec.MsgspecError):
        raise BadCursor() from None


def page(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]) -> tuple[list[T], str | None]:
    """Split what a query with `LIMIT limit + 1` gave into the page and the cursor of the next one, if there is one."""
    items = list(rows[:limit])
    return items, encode(key(items[-1])) if len(rows) > limit and items else None
