"""Identities of a customer: added, changed, taken away. After merges several rows may say the same; they go as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.errors import AlreadyThere, UnknownPart
from yuelai.customers.identities import normalised
from yuelai.customers.masking import mask_identity
from yuelai.customers.parts import repository
from yuelai.customers.record.claim import Claimed, claim
from yuelai.customers.record.history import Change, tell
from yuelai.customers.record.repository import touch
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(
    conn: Connection,
    principal: Principal,
    customer_id: UUID,
    *,
    kind: str,
    value: str,
    role: str = "owner",
    label: str | None = None,
    verified: bool = False,
) -> dict[str, Any]:
    """Return the identity. Raises `AlreadyThere`, `NotAPhoneNumber`, `NotAnIdentity`, `UnknownCustomer`, `Erased`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    stored = normalised(kind, value)
    if await repository.identities_like(conn, held.family, kind, stored):
        raise AlreadyThere()
    verified_at = SystemClock().now() if verified else None
    id_ = await repository.insert_identity(
        conn, principal.tenant_id, held.id, kind, stored, value, role, label, verified_at
    )
    assert id_ is not None
    shown = _masked(kind, stored, role)
    await _told(conn, principal, held, "identity_added", [Change(kind, None, shown)])
    return await _one(conn, held, id_)


async def change(
    conn: Connection, principal: Principal, customer_id: UUID, identity_id: UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Change `value`, `role`, `label` or `verified`. Raises as `add` does, and `UnknownPart`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    before = await repository.identity(conn, held.family, identity_id)
    if before is None:
        raise UnknownPart()
    kind = before["kind"]
    columns: dict[str, Any] = {name: values[name] for name in ("role", "label") if name in values}
    if "verified" in values:
        columns["verified_at"] = (before["verified_at"] or SystemClock().now()) if values["verified"] else None
    if "value" in values:
        columns |= {"value": normalised(kind, values["value"]), "raw": values["value"]}
        if columns["value"] != before["value"]:
            if await repository.identities_like(conn, held.family, kind, columns["value"]):
                raise AlreadyThere()
            # Another number has not been proved by proving the old one.
            columns.setdefault("verified_at", None)
    if columns:
        same = await repository.identities_like(conn, held.family, kind, before["value"])
        await repository.update_identities(conn, same, columns)
        after = {**before, **columns}
        lines = [
            Change(kind, _masked(kind, before["value"], before["role"]), _masked(kind, after["value"], after["role"]))
        ]
        await _told(conn, principal, held, "identity_changed", lines)
    return await _one(conn, held, identity_id)


async def remove(conn: Connection, principal: Principal, customer_id: UUID, identity_id: UUID) -> None:
    """Raises `UnknownPart`, `UnknownCustomer`, `Erased`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    before = await repository.identity(conn, held.family, identity_id)
    if before is None:
        raise UnknownPart()
    same = await repository.identities_like(conn, held.family, before["kind"], before["value"])
    await repository.delete_identities(conn, same)
    shown = _masked(before["kind"], before["value"], before["role"])
    await _told(conn, principal, held, "identity_removed", [Change(before["kind"], shown, None)])


async def _told(conn: Connection, principal: Principal, held: Claimed, action: str, lines: list[Change]) -> None:
    await touch(conn, held.id)
    await tell(conn, principal, held.id, action, lines)


async def _one(conn: Connection, held: Claimed, id_: UUID) -> dict[str, Any]:
    row = await repository.identity(conn, held.family, id_)
    assert row is not None
    return {name: value for name, value in row.items() if name != "customer_id"}


def _masked(kind: str, value: str, role: str) -> str:
    masked = mask_identity(kind, value)
    return masked if role == "owner" else f"{masked} ({role})"
