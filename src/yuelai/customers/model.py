"""Customers as the rest of the program sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from typing_extensions import TypedDict

Card = TypedDict(
    "Card",
    {
        "id": str,
        "no": str,
        "kind": str,
        "name": str,
        "gender": str | None,
        "birth_year": int | None,
        "class": str,
        "phones": list[str],
        "address_masked": str | None,
        "manager_number": str | None,
        "warnings": list[str],
        "tags": list[str],
    },
)
"""What a screen pops: enough to greet somebody and to tell namesakes apart. Phones as people write them here."""

MatchKind = Literal["new", "one", "several"]


@dataclass(frozen=True)
class Match:
    """Who a caller's number belongs to. `customers` are best first and empty for `new`."""

    kind: MatchKind
    customers: list[Card]


@dataclass(frozen=True)
class Balance:
    """What a customer has and owes, in minor units. `bill_month` is the first day of the latest bill's month."""

    minor: int
    currency: str
    bill_minor: int | None
    bill_month: date | None


@dataclass(frozen=True)
class Overview:
    """The 360° view. Every part is a list of plain documents; `contacts` comes from whoever keeps contacts."""

    card: Card
    accounts: list[dict[str, Any]]
    products: list[dict[str, Any]]
    bills: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    orders: list[dict[str, Any]]
