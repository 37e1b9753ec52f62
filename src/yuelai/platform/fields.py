"""Types of request fields that the database takes whatever is sent: what it cannot hold is refused as invalid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _one_line(text: str) -> str:
    """PostgreSQL holds no NUL, UTF-8 no surrogates, and a name no line ends."""
    text = text.strip()
    if any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or 0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError("holds characters that cannot be shown")
    return text


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not text") from None
    return text


def _utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too far away") from None


Word = Annotated[str, AfterValidator(_one_line)]
"""One line of text, without blanks around it. Give its lengths beside it: `Annotated[Word, Field(max_length=…)]`."""

Password = Annotated[str, AfterValidator(_utf8)]
"""Any text, blanks kept."""

Instant = Annotated[datetime, AfterValidator(_utc)]
"""In UTC, which is also meant where no zone is given."""
