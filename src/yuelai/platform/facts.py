"""Facts: what happened, frozen and versioned. Ids and times only, never personal data.

Personal data that must reach the database beside a fact (a caller's number, a name) travels in `Record.private`,
which only the local journal and the projector see; it is never published and is gone once PostgreSQL has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts. `at` is the instant it happened (UTC)."""

    type: ClassVar[str] = ""
    at: datetime
    tenant_id: UUID


F = TypeVar("F", bound=Fact)

_registry: dict[str, type[Fact]] = {}


def fact(name: str, *, version: int = 1) -> Callable[[type[F]], type[F]]:
    """Register a fact class as `name.vN`; the name never changes its meaning, a new meaning is a new version."""

    def register(cls: type[F]) -> type[F]:
        key = f"{name}.v{version}"
        if key in _registry:
            raise ValueError(f"fact {key} is declared twice")
        cls.type = key
        _registry[key] = cls
        return cls

    return register


def registered() -> Mapping[str, type[Fact]]:
    return _registry


def encode(fact_: Fact) -> dict[str, Any]:
    """Return plain JSON types."""
    data = msgspec.to_builtins(fact_)
    assert isinstance(data, dict)
    return data


def decode(type_: str, data: Mapping[str, Any]) -> Fact:
    """Raises KeyError for an unknown type and msgspec.ValidationError for a malformed body."""
    return msgspec.convert(data, _registry[type_], strict=False)


@dataclass(frozen=True)
class Record:
    """A fact on its way into the journal, with the private part the projector needs."""

    fact: Fact
    private: Mapping[str, Any] = field(default_factory=dict)
