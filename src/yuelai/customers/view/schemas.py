"""Sections of the 360° view as they travel over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from yuelai.customers.record.schemas import Consent, PersonRef

SectionName = Literal[
    "accounts", "bills", "payments", "products", "orders", "contacts", "callbacks", "relations", "consents", "value"
]
SectionState = Literal["ready", "late", "away"]


class Part(BaseModel):
    """`state`: late is a business system that did not answer in time, away one that fails or cannot be reached; the
    section is empty then. `system` names it, null where the centre's own tables were read; `retry_after` is in seconds.
    """

    state: SectionState = "ready"
    system: str | None = None
    retry_after: int | None = None


class AccountView(BaseModel):
    id: str
    no: str
    kind: str
    balance_minor: int
    currency: str
    status: str


class BillViewLine(BaseModel):
    label: str
    amount_minor: int


class BillView(BaseModel):
    """`month` is the first day of the month billed; `paid_on` is null while it is owed."""

    id: str
    account_id: str
    month: str
    total_minor: int
    currency: str
    due_on: str
    paid_on: str | None
    lines: list[BillViewLine]


class PaymentView(BaseModel):
    """`method` is direct_debit, wallet, card, cash or what the business system calls it; empty when nobody knows."""

    id: str
    account_id: str
    paid_on: str
    amount_minor: int
    currency: str
    method: str
    status: str


class ProductView(BaseModel):
    id: str
    code: str
    name: str
    number: str | None
    status: str
    price_minor: int
    currency: str
    since: str


class OrderView(BaseModel):
    id: str
    no: str
    subject: str
    status: str
    ordered_at: datetime


class Relative(BaseModel):
    """`kind` is what the other one is to the customer."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    kind: str
    customer_id: UUID
    no: str
    name: str
    class_: Annotated[str, Field(alias="class")]
    phone: str | None


class Worth(BaseModel):
    """`monthly_minor` is the mean of the last six bills; null without any, or when they are not to be had now."""

    model_config = ConfigDict(populate_by_name=True)

    class_: Annotated[str, Field(alias="class")]
    since: str
    manager: PersonRef | None
    warnings: list[str]
    monthly_minor: int | None
    currency: str | None
    owed_minor: int | None
    contacts_90_days: int


class AccountsSection(Part):
    section: Literal["accounts"] = "accounts"
    items: list[AccountView] = []


class BillsSection(Part):
    section: Literal["bills"] = "bills"
    items: list[BillView] = []


class PaymentsSection(Part):
    section: Literal["payments"] = "payments"
    items: list[PaymentView] = []


class ProductsSection(Part):
    section: Literal["products"] = "products"
    items: list[ProductView] = []


class OrdersSection(Part):
    section: Literal["orders"] = "orders"
    items: list[OrderView] = []


class ContactsSection(Part):
    """Items are summaries of interactions."""

    section: Literal["contacts"] = "contacts"
    items: list[dict[str, Any]] = []


class CallbacksSection(Part):
    """Items are callbacks that are not over."""

    section: Literal["callbacks"] = "callbacks"
    items: list[dict[str, Any]] = []


class RelationsSection(Part):
    section: Literal["relations"] = "relations"
    items: list[Relative] = []


class ConsentsSection(Part):
    section: Literal["consents"] = "consents"
    items: list[Consent] = []


class ValueSection(Part):
    """When the bills are not to be had the rest is told all the same, with their `state`."""

    section: Literal["value"] = "value"
    items: list[Worth] = []


Section = Annotated[
    AccountsSection
    | BillsSection
    | PaymentsSection
    | ProductsSection
    | OrdersSection
    | ContactsSection
    | CallbacksSection
    | RelationsSection
    | ConsentsSection
    | ValueSection,
    Field(discriminator="section"),
]
