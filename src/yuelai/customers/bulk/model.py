"""Rows on their way to customers; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class Incoming:
    """A row as customers keep it. None or empty: the row says nothing of it, what is there stays."""

    line: int
    no: str | None = None
    name: str | None = None
    kind: str | None = None
    gender: str | None = None
    birth_year: int | None = None
    class_: str | None = None
    manager_id: UUID | None = None
    since: date | None = None
    id_number: str | None = None
    identities: list[tuple[str, str, str]] = field(default_factory=list)
    """`(kind, value, raw)`; values normalised, each once."""
    addresses: list[tuple[str, str]] = field(default_factory=list)
    """`(kind, text)`, one of a kind."""
    tags: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)

    def keys(self, key: str) -> list[str]:
        """Return what the row is matched by; a row may have several phones or accounts."""
        if key == "no":
            return [self.no] if self.no else []
        if key == "id_number":
            return [self.id_number] if self.id_number else []
        return [value for kind, value, _ in self.identities if kind == key]


@dataclass(slots=True)
class Current:
    """A customer as they are. `id_index` is the blind index of the id number; `addresses` the first of each kind."""

    id: UUID
    no: str
    name: str
    kind: str
    gender: str | None
    birth_year: int | None
    class_: str
    manager_id: UUID | None
    since: date
    id_sealed: bytes | None
    id_index: bytes | None
    warnings: list[str]
    custom: dict[str, Any]
    identities: set[tuple[str, str]] = field(default_factory=set)
    addresses: dict[str, tuple[UUID, str]] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)

    def value(self, name: str) -> Any:
        """Return a field of one value as JSON has it; ids, dates and the index of the id number as texts."""
        if name.startswith("custom."):
            return self.custom.get(name.removeprefix("custom."))
        if name.startswith("address."):
            held = self.addresses.get(name.removeprefix("address."))
            return held[1] if held else None
        if name == "id_number":
            return self.id_index.hex() if self.id_index else None
        if name == "class":
            return self.class_
        if name == "manager":
            return str(self.manager_id) if self.manager_id else None
        if name == "since":
            return self.since.isoformat()
        return getattr(self, name)


@dataclass(slots=True)
class Change:
    """What a row changes of a customer; values as `Current.value` gives them. Empty: nothing."""

    customer_id: UUID
    line: int
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """`{field: (before, after)}` of fields of one value; `address.*` are among them."""
    identities: list[tuple[str, str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    id_number: str | None = None
    """In the clear, to be sealed for this customer when `id_number` is among the fields."""

    def __bool__(self) -> bool:
        return bool(self.fields or self.identities or self.tags or self.warnings)
