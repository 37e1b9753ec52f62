"""Addresses of a customer. They leave this room masked; whole ones only by `privacy.reveal`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.errors import UnknownPart
from yuelai.customers.masking import mask_address
from yuelai.customers.masking import region as region_of
from yuelai.customers.parts import repository
from yuelai.customers.record.claim import claim
from yuelai.customers.record.history import Change, tell
from yuelai.customers.record.repository import touch
from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(
    conn: Connection, principal: Principal, customer_id: UUID, *, kind: str, text: str, region: str | None = None
) -> dict[str, Any]:
    """Return the address, masked. `region` is found in the text when it is not given."""
    held = await claim(conn, principal.tenant_id, customer_id)
    region = region_of(text) if region is None else region
    id_ = await repository.insert_address(conn, principal.tenant_id, held.id, kind, region, text)
    await touch(conn, held.id)
    await tell(conn, principal, held.id, "address_added", [Change("address", None, mask_address(text))])
    return document({"id": id_, "kind": kind, "region": region, "text": text})


async def change(
    conn: Connection,
    principal: Principal,
    customer_id: UUID,
    address_id: UUID,
    *,
    kind: str | None = None,
    text: str | None = None,
    region: str | None = None,
) -> dict[str, Any]:
    """Change what is given. Raises `UnknownPart`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    row = await repository.address(conn, held.family, address_id)
    if row is None:
        raise UnknownPart()
    after = dict(row)
    if kind is not None:
        after["kind"] = kind
    if text is not None:
        after |= {"text": text, "region": region_of(text)}
    if region is not None:
        after["region"] = region
    if after != dict(row):
        await repository.update_address(conn, address_id, after["kind"], after["region"], after["text"])
        await touch(conn, held.id)
        lines = [Change("address", mask_address(row["text"]), mask_address(after["text"]))]
        await tell(conn, principal, held.id, "address_changed", lines)
    return document(after)


async def remove(conn: Connection, principal: Principal, customer_id: UUID, address_id: UUID) -> None:
    """Raises `UnknownPart`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    row = await repository.address(conn, held.family, address_id)
    if row is None:
        raise UnknownPart()
    await repository.delete_address(conn, address_id)
    await touch(conn, held.id)
    await tell(conn, principal, held.id, "address_removed", [Change("address", mask_address(row["text"]), None)])


def document(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "region": row["region"] or None,
        "text_masked": mask_address(row["text"]),
    }
