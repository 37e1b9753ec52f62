"""One section of the view: from the business system where there is one, else from our own tables.

A transaction is never open while another system is waited for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, TooLate
from yuelai.connectors.tmforum.client import TmForum
from yuelai.customers.errors import Erased, UnknownCustomer
from yuelai.customers.parts.relations import inverse
from yuelai.customers.phones import national
from yuelai.customers.ports import ContactHistory, OpenCallbacks
from yuelai.customers.view import tables
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

RECENT = timedelta(days=90)
MEAN_OF = 6
"""Bills that the monthly spending is the mean of."""


@dataclass(frozen=True)
class Sources:
    """Where sections come from. `tenant` is the code of the one whose customers `system` knows; empty for the
    operator's own. Numbers of customers are each tenant's, so no system is asked for two of them."""

    system: TmForum | None = None
    tenant: str = ""
    contacts: ContactHistory | None = None
    callbacks: OpenCallbacks | None = None

    def system_of(self, tenant_code: str, *, operator: bool) -> TmForum | None:
        asked = self.tenant == tenant_code if self.tenant else operator
        return self.system if asked else None


async def section(db: Database, principal: Principal, customer_id: UUID, name: str, sources: Sources) -> dict[str, Any]:
    """Return the document of a section (`schemas`). Raises `UnknownCustomer`, `Erased`."""
    async with db.transaction(principal.tenant_id) as conn:
        customer = await tables.who(conn, principal.tenant_id, customer_id)
        if customer is None:
            raise UnknownCustomer()
        if customer["erased"]:
            raise Erased()
        system = sources.system_of(customer["tenant_code"], operator=customer["operator"])
        own = _OWN.get(name)
        if own is not None:
            return {"section": name, "items": await own(conn, principal, customer, sources)}
        recent = await _recent(conn, principal, customer, sources) if name == "value" else 0
        read = "bills" if name == "value" else name
        if system is None:
            rows = [dict(row) for row in await tables.BUSINESS[read](conn, customer["ids"])]
            part: dict[str, Any] = {"items": rows}
    if system is not None:
        part = await _asked(system, read, customer["numbers"])
    if name == "value":
        part["items"] = [_worth(customer, part["items"], recent, known=part.get("state", "ready") == "ready")]
    return {"section": name, **part}


@dataclass(frozen=True)
class Business:
    """Where to ask about one customer: a system that knows them by their numbers, or our own tables."""

    system: TmForum | None
    numbers: Sequence[str]
    ids: Sequence[UUID]


async def business(db: Database, tenant_id: UUID, customer_id: UUID, sources: Sources) -> Business:
    """Raises `UnknownCustomer`, `Erased`."""
    async with db.transaction(tenant_id) as conn:
        customer = await tables.who(conn, tenant_id, customer_id)
    if customer is None:
        raise UnknownCustomer()
    if customer["erased"]:
        raise Erased()
    system = sources.system_of(customer["tenant_code"], operator=customer["operator"])
    return Business(system, customer["numbers"], customer["ids"])


async def system(db: Database, tenant_id: UUID, sources: Sources) -> TmForum | None:
    """Return the system that knows a tenant's customers, None where there is none."""
    if sources.system is None:
        return None
    async with db.transaction(tenant_id) as conn:
        tenant = await tables.tenant(conn, tenant_id)
    return sources.system_of(tenant["code"], operator=tenant["operator"]) if tenant else None


async def items(db: Database, tenant_id: UUID, asked: Business, name: str) -> list[dict[str, Any]]:
    """Return accounts, bills, payments, products or orders. Raises `ConnectorFailed` when the system does not say."""
    if asked.system is not None:
        return await _questions(asked.system)[name](asked.numbers)
    async with db.transaction(tenant_id) as conn:
        return [dict(row) for row in await tables.BUSINESS[name](conn, asked.ids)]


def _questions(system: TmForum) -> Mapping[str, Callable[[Sequence[str]], Awaitable[list[Any]]]]:
    return {
        "accounts": system.accounts,
        "bills": system.bills,
        "payments": system.payments,
        "products": system.products,
        "orders": system.orders,
    }


async def _asked(system: TmForum, name: str, numbers: Sequence[str]) -> dict[str, Any]:
    """Return `{state, system, retry_after, items}`."""
    part: dict[str, Any] = {"system": system.host, "items": []}
    try:
        part["items"] = await _questions(system)[name](numbers)
    except TooLate:
        part["state"] = "late"
    except CircuitOpen as refusal:
        part |= {"state": "away", "retry_after": refusal.extra.get("retry_after")}
    except ConnectorFailed:
        part["state"] = "away"
    return part


async def _contacts(
    conn: Connection, principal: Principal, customer: asyncpg.Record, sources: Sources
) -> list[dict[str, Any]]:
    return await sources.contacts(conn, principal, customer["ids"]) if sources.contacts is not None else []


async def _callbacks(
    conn: Connection, principal: Principal, customer: asyncpg.Record, sources: Sources
) -> list[dict[str, Any]]:
    return await sources.callbacks(conn, principal, customer["ids"]) if sources.callbacks is not None else []


async def _relations(conn: Connection, _: Principal, customer: asyncpg.Record, __: Sources) -> list[dict[str, Any]]:
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    for row in await tables.relations(conn, customer["ids"]):
        kind = inverse(row["kind"]) if row["reversed"] else row["kind"]
        shown = {name: row[name] for name in ("id", "customer_id", "no", "name", "class")}
        found.setdefault((kind, row["customer_id"]), {**shown, "kind": kind, "phone": _phone(row["phone"])})
    return list(found.values())


async def _consents(conn: Connection, _: Principal, customer: asyncpg.Record, __: Sources) -> list[dict[str, Any]]:
    return [dict(row) for row in await tables.consents(conn, customer["ids"])]


_OWN: Mapping[str, Callable[[Connection, Principal, asyncpg.Record, Sources], Awaitable[list[dict[str, Any]]]]] = {
    "contacts": _contacts,
    "callbacks": _callbacks,
    "relations": _relations,
    "consents": _consents,
}


async def _recent(conn: Connection, principal: Principal, customer: asyncpg.Record, sources: Sources) -> int:
    since = SystemClock().now() - RECENT
    contacts = await _contacts(conn, principal, customer, sources)
    # The one that is being served is no past contact.
    return sum(1 for one in contacts if one["ended_at"] is not None and one["started_at"] >= since)


def _worth(customer: asyncpg.Record, bills: Sequence[Mapping[str, Any]], recent: int, *, known: bool) -> dict[str, Any]:
    last = [bill for bill in bills if bill["currency"] == bills[0]["currency"]][:MEAN_OF]
    return {
        "class": customer["class"],
        "since": customer["since"].isoformat(),
        "manager": customer["manager"],
        "warnings": customer["warnings"],
        "monthly_minor": round(sum(bill["total_minor"] for bill in last) / len(last)) if last else None,
        "currency": last[0]["currency"] if last else None,
        "owed_minor": sum(bill["total_minor"] for bill in last if bill["paid_on"] is None) if known else None,
        "contacts_90_days": recent,
    }


def _phone(e164: str | None) -> str | None:
    return national(e164) if e164 is not None else None
