"""Customers over HTTP: found, and seen from all sides."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from yuelai.customers import service
from yuelai.customers.finding import service as finding
from yuelai.customers.finding.candidates import Filters
from yuelai.customers.finding.service import FoundCard
from yuelai.customers.model import Card
from yuelai.customers.ports import ContactHistory
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("customers.read"))]


class CardList(BaseModel):
    items: list[FoundCard]
    next_cursor: str | None


class Account(BaseModel):
    id: UUID
    no: str
    kind: str
    balance_minor: int
    currency: str
    status: str


class Product(BaseModel):
    id: UUID
    code: str
    name: str
    number: str | None
    status: str
    price_minor: int
    currency: str
    since: str


class BillLine(BaseModel):
    label: str
    amount_minor: int


class Bill(BaseModel):
    """`month` is the first day of the month billed; `paid_on` is null while it is owed."""

    id: UUID
    account_id: UUID
    month: str
    total_minor: int
    currency: str
    due_on: str
    paid_on: str | None
    lines: list[BillLine]


class Order(BaseModel):
    id: UUID
    no: str
    subject: str
    status: str
    ordered_at: str


class Overview(BaseModel):
    """The 360° view. `tickets` are their cases, once there are any."""

    card: Card
    accounts: list[Account]
    products: list[Product]
    bills: list[Bill]
    contacts: list[dict[str, Any]]
    orders: list[Order]
    tickets: list[dict[str, Any]]


@router.get("")
async def find(
    principal: Reader,
    db: Db,
    phone: Annotated[str | None, Query(max_length=50)] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    class_: Annotated[str | None, Query(alias="class", max_length=50)] = None,
    tag: Annotated[str | None, Query(max_length=50)] = None,
    kind: Literal["person", "company"] | None = None,
    manager: UUID | None = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CardList:
    """Find by a whole `phone` number, or by `q`: any part of a name, its pinyin or initials, the beginning or end of a
    phone number, part of an address, numbers of customers and accounts, a mail address. Without them: everybody,
    newest first.

    A page with filters may be short, even empty, while there is a cursor: follow it.
    """
    async with db.transaction(principal.tenant_id) as conn:
        if phone is not None:
            return CardList(items=await finding.by_phone(conn, principal.tenant_id, phone), next_cursor=None)
        filters = Filters(class_, tag, kind, manager)
        items, next_cursor = await finding.page(
            conn, principal.tenant_id, q, filters=filters, cursor=cursor, limit=limit
        )
        return CardList(items=items, next_cursor=next_cursor)


@router.get("/{customer_id:uuid}/overview")
async def overview(customer_id: UUID, principal: Reader, db: Db, request: Request) -> Overview:
    """The 360° view; a merged customer answers as the one they were merged into."""
    contacts = cast("ContactHistory | None", getattr(request.app.state, "contact_history", None))
    async with db.transaction(principal.tenant_id) as conn:
        document = await service.overview(conn, principal.tenant_id, customer_id)
        ids = document.pop("ids")
        document["contacts"] = await contacts(conn, principal, ids) if contacts is not None else []
        document["tickets"] = []
    return Overview.model_validate(document)
