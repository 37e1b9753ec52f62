"""Somebody new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.configure import service as configure
from yuelai.customers.configure.model import checked, missing
from yuelai.customers.errors import BadCustomField
from yuelai.customers.events import CustomerCreated
from yuelai.customers.finding import index
from yuelai.customers.identities import normalised
from yuelai.customers.idnumbers import normalised as normalised_id_number
from yuelai.customers.masking import region
from yuelai.customers.parts import repository as parts
from yuelai.customers.record import history, repository
from yuelai.customers.record.checks import require_manager, require_site
from yuelai.customers.sealing import Vault
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import CustomerId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class NewCustomer:
    """What may be said of somebody at once. `custom` is none where nobody was asked for it: then nothing is missing."""

    name: str
    kind: str = "person"
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    gender: str | None = None
    birth_year: int | None = None
    class_: str = "normal"
    manager_id: UUID | None = None
    site_id: UUID | None = None
    since: date | None = None
    address: str | None = None
    id_number: str | None = field(default=None, repr=False)
    warnings: Sequence[str] = ()
    tags: Sequence[str] = ()
    custom: Mapping[str, Any] | None = None


async def add(
    conn: Connection, tenant_id: UUID, new: NewCustomer, *, vault: Vault | None = None, person_id: UUID | None = None
) -> CustomerId:
    """Add a customer and tell of it (`customer.created`, history); the audit is the caller's.

    `vault` is needed with an `id_number`. Identities that others have already are shared with them. Raises
    `NotAPhoneNumber`, `NotAnIdentity`, `NotAnIdNumber`, `UnknownClass`, `UnknownManager`, `UnknownSite`,
    `BadCustomField`.
    """
    identities = {(kind, normalised(kind, raw)): raw for kind, raws in (("phone", new.phones), ("email", new.emails))
                  for raw in raws}  # fmt: skip
    columns = await _columns(conn, tenant_id, new)
    customer_id = CustomerId(new_id())
    if new.id_number:
        assert vault is not None
        number = normalised_id_number(new.id_number, person=new.kind == "person")
        sealed = (await vault.keys(conn, tenant_id)).seal(customer_id, number)
        columns |= {"id_number_sealed": sealed.sealed, "id_number_index": sealed.index}
    await repository.add(conn, tenant_id, customer_id, columns)
    await index.learn(conn, tenant_id, [new.name])
    for (kind, value), raw in identities.items():
        await parts.insert_identity(conn, tenant_id, customer_id, kind, value, raw)
    if new.address:
        home = "home" if new.kind == "person" else "work"
        await parts.insert_address(conn, tenant_id, customer_id, home, region(new.address), new.address)
    if new.tags:
        await repository.add_tags(conn, tenant_id, customer_id, new.tags)
    await history.write(conn, tenant_id, customer_id, person_id, "created", [])
    await outbox.put(conn, CustomerCreated(at=SystemClock().now(), tenant_id=tenant_id, customer_id=customer_id))
    return customer_id


async def _columns(conn: Connection, tenant_id: UUID, new: NewCustomer) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "name": new.name,
        "kind": new.kind,
        "gender": new.gender,
        "birth_year": new.birth_year,
        "class": new.class_,
        "manager_person_id": new.manager_id,
        "site_id": new.site_id,
        "warnings": list(new.warnings),
    }
    await configure.require_class(conn, tenant_id, new.class_)
    if new.manager_id is not None:
        await require_manager(conn, tenant_id, new.manager_id)
    if new.site_id is not None:
        await require_site(conn, tenant_id, new.site_id)
    if new.since is not None:
        columns["since"] = new.since
    if new.custom is not None:
        fields = await configure.fields(conn, tenant_id)
        given = {code: value for code, value in checked(fields, new.custom).items() if value is not None}
        lacking = missing(fields, given)
        if lacking:
            raise BadCustomField("The field needs a value.", field=lacking[0])
        columns["custom"] = given
    return columns
