"""Revealing what is masked, handing out all that is known of somebody, and erasing it. The caller opens the
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers import erased
from yuelai.customers.errors import CannotReveal, LegalHold, UnknownCustomer, UnknownPart
from yuelai.customers.events import CustomerErased
from yuelai.customers.imports import sweeping
from yuelai.customers.merging.service import lock_trees
from yuelai.customers.ports import Afterwards, PersonalData, Subject
from yuelai.customers.privacy import repository
from yuelai.customers.record import history
from yuelai.customers.record.claim import claim, look
from yuelai.customers.sealing import Vault
from yuelai.identity.audit import audit
from yuelai.identity.audit.about import about
from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_ADDRESS = "address:"


async def reveal(
    conn: Connection, principal: Principal, customer_id: UUID, fields: Sequence[str], reason: str, vault: Vault
) -> dict[str, str | None]:
    """Return the whole values of `id_number` and `address:{id}`, and write down who saw them and why.

    Raises `UnknownCustomer`, `Erased`, `CannotReveal`, `UnknownPart`, `KeysMissing`.
    """
    family = await look(conn, principal.tenant_id, customer_id)
    addresses = await repository.addresses(conn, family)
    values: dict[str, str | None] = {}
    for field in fields:
        if field == "id_number":
            values[field] = await _number(conn, principal.tenant_id, family[0], vault)
        elif field.startswith(_ADDRESS):
            values[field] = addresses.get(_id(field))
            if values[field] is None:
                raise UnknownPart()
        else:
            raise CannotReveal(field=field)
    data = {"fields": sorted(values), "reason": reason}
    await audit(conn, principal, "customer.revealed", f"customer/{family[0]}", data)
    return values


def _id(field: str) -> UUID:
    try:
        return UUID(field.removeprefix(_ADDRESS))
    except ValueError:
        raise UnknownPart() from None


async def _number(conn: Connection, tenant_id: UUID, customer_id: UUID, vault: Vault) -> str | None:
    sealed = await repository.sealed_number(conn, customer_id)
    return None if sealed is None else (await vault.keys(conn, tenant_id)).open(customer_id, sealed)


async def export(
    conn: Connection, principal: Principal, customer_id: UUID, vault: Vault, others: Sequence[PersonalData]
) -> dict[str, Any]:
    """Return everything that is held about a customer, here and in the other rooms, and write down that it was.

    It tells of everybody who ever served the customer: whoever's grant is about some groups or sites only is refused.
    Raises `Forbidden`, `UnknownCustomer`, `Erased`, `KeysMissing`.
    """
    if not principal.reach("customers.export").everything:
        raise Forbidden(permission="customers.export")
    tenant_id = principal.tenant_id
    family = await look(conn, tenant_id, customer_id)
    subject = Subject(tenant_id, family, await repository.only_theirs(conn, tenant_id, family))
    await audit(conn, principal, "customer.exported", f"customer/{family[0]}")
    document: dict[str, Any] = {
        "customer_id": family[0],
        "exported_at": SystemClock().now(),
        "id_number": await _number(conn, tenant_id, family[0], vault),
        **await repository.export(conn, family),
    }
    for other in others:
        document[other.name] = await other.export(conn, subject)
    document["audit"] = await about(conn, tenant_id, [f"customer/{id_}" for id_ in family])
    return document


async def hold(conn: Connection, principal: Principal, customer_id: UUID, reason: str | None) -> None:
    """Say why a customer must not be erased, or with none that they may be again."""
    held = await claim(conn, principal.tenant_id, customer_id)
    await repository.set_hold(conn, held.family, principal.person_id, reason)
    action = "customer.held" if reason else "customer.released"
    await audit(conn, principal, action, f"customer/{held.id}", {"reason": reason} if reason else {})


async def erase(
    conn: Connection,
    principal: Principal,
    customer_id: UUID,
    reason: str,
    vault: Vault,
    others: Sequence[PersonalData],
) -> list[Afterwards]:
    """Take all personal data of a customer, and of those merged into them, out of all rooms; a tombstone remains.

    Of what they were known by only keyed hashes are kept, so that no file and no source brings them back (`erased`).
    Returns what is to be done once the transaction has been committed. Raises `UnknownCustomer`, `Erased`, `LegalHold`,
    `KeysMissing` and what other rooms refuse.
    """
    tenant_id = principal.tenant_id
    await erased.settle(conn, tenant_id)
    rows = await lock_trees(conn, tenant_id, [customer_id])
    if not rows:
        raise UnknownCustomer()
    family = await look(conn, tenant_id, customer_id)
    why_not = await repository.held(conn, family)
    if why_not is not None:
        raise LegalHold(reason=why_not)
    subject = Subject(tenant_id, family, await repository.only_theirs(conn, tenant_id, family))
    afterwards = [done for other in others if (done := await other.erase(conn, subject)) is not None]
    await erased.remember(conn, tenant_id, family, await vault.keys(conn, tenant_id))
    await sweeping.put_down(conn, tenant_id)
    await repository.erase(conn, family)
    at = SystemClock().now()
    for id_ in family:
        await history.write(conn, tenant_id, id_, principal.person_id, "erased", [])
        await outbox.put(conn, CustomerErased(at=at, tenant_id=tenant_id, customer_id=id_))
    data = {"reason": reason, "ids": [str(id_) for id_ in family]}
    await audit(conn, principal, "customer.erased", f"customer/{family[0]}", data)
    return afterwards
