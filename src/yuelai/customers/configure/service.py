"""What a tenant has configured. The caller opens the transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.configure import repository
from yuelai.customers.configure.model import BUILT_IN, CustomerClass, CustomField
from yuelai.customers.errors import AlreadyThere, BadCustomField, InUse, UnknownClass, UnknownField, UnknownTag
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_MOST_FIELDS = 100


async def classes(conn: Connection, tenant_id: UUID) -> list[CustomerClass]:
    """Return the tenant's classes, the highest rank first."""
    found = {each.code: each for each in BUILT_IN}
    found.update({row["code"]: CustomerClass(**row) for row in await repository.classes(conn, tenant_id)})
    return sorted(found.values(), key=lambda each: (-each.rank, each.code))


async def require_class(conn: Connection, tenant_id: UUID, code: str) -> None:
    """Raises `UnknownClass`."""
    if any(each.code == code for each in BUILT_IN):
        return
    if not any(each.code == code for each in await classes(conn, tenant_id)):
        raise UnknownClass(**{"class": code})


async def put_class(conn: Connection, principal: Principal, wanted: CustomerClass) -> None:
    await repository.put_class(conn, principal.tenant_id, wanted)
    await audit(conn, principal, "customer_class.changed", f"customer_class/{wanted.code}")


async def fields(conn: Connection, tenant_id: UUID) -> list[CustomField]:
    return [CustomField(**row) for row in await repository.fields(conn, tenant_id)]


async def add_field(conn: Connection, principal: Principal, wanted: CustomField) -> None:
    """Raises `AlreadyThere`: it is in use, or was once with another type and customers may still have values of it."""
    if wanted.type == "choice" and not wanted.choices:
        raise BadCustomField("A field to choose from needs choices.", field=wanted.code)
    present = await fields(conn, principal.tenant_id)
    removed = {row["code"]: row["type"] for row in await repository.fields(conn, principal.tenant_id, removed=True)}
    if any(each.code == wanted.code for each in present) or removed.get(wanted.code, wanted.type) != wanted.type:
        raise AlreadyThere("There is, or was, another field with this code.")
    if len(present) >= _MOST_FIELDS:
        raise BadCustomField(f"There are {_MOST_FIELDS} fields already.", field=wanted.code)
    await repository.put_field(conn, principal.tenant_id, wanted)
    await audit(conn, principal, "customer_field.added", f"customer_field/{wanted.code}")


async def change_field(conn: Connection, principal: Principal, code: str, values: dict[str, Any]) -> CustomField:
    """Change anything but code and type. Raises `UnknownField`."""
    present = {each.code: each for each in await fields(conn, principal.tenant_id)}
    if code not in present:
        raise UnknownField()
    changed = replace(present[code], **values)
    if changed.type == "choice" and not changed.choices:
        raise BadCustomField("A field to choose from needs choices.", field=code)
    await repository.put_field(conn, principal.tenant_id, changed)
    await audit(conn, principal, "customer_field.changed", f"customer_field/{code}", {"fields": sorted(values)})
    return changed


async def remove_field(conn: Connection, principal: Principal, code: str) -> None:
    """Show a field no more; the values stay for when it comes back. Raises `UnknownField`."""
    if not await repository.remove_field(conn, principal.tenant_id, code):
        raise UnknownField()
    await audit(conn, principal, "customer_field.removed", f"customer_field/{code}")


async def tags(conn: Connection, tenant_id: UUID) -> list[dict[str, str]]:
    return [dict(row) for row in await repository.tags(conn, tenant_id)]


async def put_tag(conn: Connection, principal: Principal, tag: str, color: str) -> None:
    await repository.put_tag(conn, principal.tenant_id, tag, color)
    await audit(conn, principal, "customer_tag.changed", "customer_tags")


async def remove_tag(conn: Connection, principal: Principal, tag: str) -> None:
    """Raises `UnknownTag`, and `InUse` while customers have it."""
    try:
        async with conn.transaction():
            removed = await repository.remove_tag(conn, principal.tenant_id, tag)
    except asyncpg.ForeignKeyViolationError:
        raise InUse() from None
    if not removed:
        raise UnknownTag()
    await audit(conn, principal, "customer_tag.removed", "customer_tags")
