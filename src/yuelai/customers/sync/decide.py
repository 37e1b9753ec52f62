"""Whose value a field gets when a source and the record differ. Pure.

Each field remembers which source gave it its value. A value that no source gave is a person's, and stands as if it came
from a source of precedence `PEOPLE`: a higher one may overrule it, any other has to ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

PEOPLE = 100


@dataclass(frozen=True)
class Origin:
    """The source that gave a field its value, and a hash of that value."""

    source: UUID
    precedence: int
    value_hash: int


@dataclass(frozen=True)
class Source:
    id: UUID
    precedence: int


def may_take(source: Source, before: Any, origin: Origin | None) -> bool:
    """Return whether a source's value replaces the one that is there, without asking anybody."""
    if before is None or before == "":
        return True
    if origin is None or origin.value_hash != hash_of(before):
        return source.precedence > PEOPLE
    return origin.source == source.id or source.precedence > origin.precedence


def split(
    source: Source, fields: Mapping[str, tuple[Any, Any]], origins: Mapping[str, Origin]
) -> tuple[dict[str, tuple[Any, Any]], dict[str, Any]]:
    """Return what is taken, `{field: (before, after)}`, and what is asked about, `{field: theirs}`."""
    taken, asked = {}, {}
    for name, (before, after) in fields.items():
        if may_take(source, before, origins.get(name)):
            taken[name] = (before, after)
        else:
            asked[name] = after
    return taken, asked


def hash_of(value: Any) -> int:
    """Return 64 bits, signed as PostgreSQL's bigint, of a value as JSON."""
    digest = hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
