"""Kinds of business, and what becomes of a form that is submitted. The caller opens the transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.businesses import forms, tables
from yuelai.businesses.drafts import tables as drafts
from yuelai.businesses.errors import NoSuchKind, NoSuchRecord, OtherContact
from yuelai.businesses.shipped import Kind
from yuelai.customers import service as customers
from yuelai.customers.errors import UnknownCustomer
from yuelai.customers.masking import mask_address, mask_phone
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions.taking_part import Part
from yuelai.platform import paging
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

REVEAL = "customers.reveal"


async def kinds(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    return [dict(row) for row in await tables.kinds_of(conn, principal.tenant_id)]


async def kind(conn: Connection, principal: Principal, code: str) -> dict[str, Any]:
    """Raises `NoSuchKind`."""
    rows = await tables.kinds_of(conn, principal.tenant_id, code)
    if not rows:
        raise NoSuchKind()
    return dict(rows[0])


async def install(conn: Connection, tenant_id: UUID, kinds: Sequence[Kind]) -> None:
    """Offer these kinds at a tenant, as far as it has none of their codes."""
    await tables.add_kinds(conn, tenant_id, kinds)


async def submit(
    conn: Connection, principal: Principal, part: Part, draft_id: UUID, code: str, values: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Return the record and whether it is new: the same draft sent again is the same business.

    Raises `NoSuchKind`, `WrongForm`, and `OtherContact` for a draft that was submitted for another one.
    """
    if before := await _submitted(conn, principal, part, draft_id):
        return before, False
    chosen = await kind(conn, principal, code)
    now = SystemClock().now()
    forms.check(chosen["form"], values, now.date())
    await tables.lock(conn, principal.tenant_id)
    if before := await _submitted(conn, principal, part, draft_id):
        return before, False
    draft = await drafts.draft(conn, principal.tenant_id, draft_id)
    if draft is not None and draft["interaction_id"] != part.interaction_id:
        raise OtherContact()
    fields = {
        "id": draft_id,
        "kind": code,
        "kind_version": chosen["version"],
        "interaction_id": part.interaction_id,
        "trail_no": part.trail_no,
        "customer_id": part.customer_id,
        "values": dict(values),
        "submitted_by": principal.person_id,
    }
    await tables.add_record(conn, principal.tenant_id, fields, now)
    await drafts.delete(conn, principal.tenant_id, draft_id)
    data = {"kind": code, "interaction_id": str(part.interaction_id)}
    await audit(conn, principal, "business.submitted", f"business/{draft_id}", data)
    return await record(conn, principal, draft_id), True


async def _submitted(conn: Connection, principal: Principal, part: Part, draft_id: UUID) -> dict[str, Any] | None:
    before = await tables.record(conn, principal.tenant_id, draft_id)
    if before is None:
        return None
    if before["interaction_id"] != part.interaction_id:
        raise OtherContact()
    return shown(before, principal)


async def record(conn: Connection, principal: Principal, id_: UUID) -> dict[str, Any]:
    """Raises `NoSuchRecord`."""
    row = await tables.record(conn, principal.tenant_id, id_)
    if row is None:
        raise NoSuchRecord()
    return shown(row, principal)


async def records(
    conn: Connection,
    principal: Principal,
    *,
    customer_id: UUID | None,
    interaction_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the newest first, without what is in the forms, and the cursor of the next page. Raises `BadCursor`."""
    before = paging.decode(cursor, int)[0] if cursor is not None else None
    # What was asked for under a number that was merged into this one is theirs, too.
    family = None if customer_id is None else [customer_id]
    if customer_id is not None:
        with contextlib.suppress(UnknownCustomer):
            family = await customers.family(conn, principal.tenant_id, customer_id)
    rows = await tables.records(conn, principal.tenant_id, family, interaction_id, before, limit + 1)
    page, next_cursor = paging.page(rows, limit, lambda row: (row["number"],))
    return [_summary(row) for row in page], next_cursor


def shown(row: asyncpg.Record, principal: Principal) -> dict[str, Any]:
    """Return a record as this person may see it."""
    values: dict[str, Any] = dict(row["values"])
    if not principal.may(REVEAL):
        for name, field in row["form"]["properties"].items():
            if values.get(name):
                values[name] = _masked(field["x-field"], values[name])
    return {**_summary(row), "values": values}


def _masked(kind: str, value: Any) -> Any:
    if kind == "phone":
        return mask_phone(str(value))
    return mask_address(str(value)) if kind == "address" else value


def _summary(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("id", "kind", "kind_version", "name", "name_en", "interaction_id", "trail_no", "customer_id",
              "submitted_at")  # fmt: skip
    person = {"id": row["submitted_by"], "number": row["person_number"], "name": row["person_name"] or ""}
    return {**{name: row[name] for name in copied}, "no": f"B{row['number']:09d}", "submitted_by": person}
