"""What the centre wants to know of a customer's business, in its own shapes. Amounts are in minor units of a currency,
days are ISO 8601; ids and numbers are the business system's."""

from __future__ import annotations

from typing import TypedDict


class Account(TypedDict):
    id: str
    no: str
    kind: str
    balance_minor: int
    currency: str
    status: str


class BillLine(TypedDict):
    label: str
    amount_minor: int


class Bill(TypedDict):
    """`month` is the first day of the month billed; `paid_on` is None while it is owed."""

    id: str
    account_id: str
    month: str
    total_minor: int
    currency: str
    due_on: str
    paid_on: str | None
    lines: list[BillLine]


class Payment(TypedDict):
    """`method` is direct_debit, wallet, card, cash or whatever else the system names."""

    id: str
    account_id: str
    paid_on: str
    amount_minor: int
    currency: str
    method: str
    status: str


class Product(TypedDict):
    id: str
    code: str
    name: str
    number: str | None
    status: str
    price_minor: int
    currency: str
    since: str


class Order(TypedDict):
    id: str
    no: str
    subject: str
    status: str
    ordered_at: str


class Unbilled(TypedDict):
    """What has come up since the last bill."""

    total_minor: int
    currency: str
    lines: list[BillLine]


class Outage(TypedDict):
    """Instants are ISO 8601; `until` is when it should be repaired, None while nobody knows."""

    id: str
    area: str
    since: str
    until: str | None


class Detail(TypedDict):
    """A line of a bill. `category` is plan, broadband, extra, usage, discount, or other where the system names none."""

    label: str
    amount_minor: int
    category: str


class Offering(TypedDict):
    code: str
    name: str
    category: str
    price_minor: int
    currency: str


class Outlet(TypedDict):
    """`opens` and `closes` are times of every day, `09:00`, empty where the system does not say."""

    id: str
    name: str
    address: str
    phone: str
    opens: str
    closes: str


class Organisation(TypedDict):
    name: str
    number: str


class Ticket(TypedDict):
    """`until` is when it should be over (ISO 8601), None while nobody knows."""

    id: str
    status: str
    until: str | None


class Item(TypedDict):
    """Of the information line. What is not of its kind is None or empty."""

    code: str
    text: str
    at: str
    kind: str
    high: int | None
    low: int | None
    digits: str
