"""Texts as they come in over HTTP: PostgreSQL cannot hold NUL."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("has a character that cannot be stored")
    return text


_NO_NUL = AfterValidator(_storable)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _NO_NUL]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _NO_NUL]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), _NO_NUL]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""What programs call a thing: a class, a field, a channel, a purpose."""
