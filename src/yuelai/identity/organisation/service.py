"""Sites, groups and skills: small lists that hang together. The caller opens the transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.events import OrganisationChanged
from yuelai.identity.model import Principal
from yuelai.identity.organisation import repository
from yuelai.identity.organisation.errors import CodeTaken, InUse, SiteOrder, UnknownReference
from yuelai.identity.roles import rights
from yuelai.identity.roles.errors import CannotGrant
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import NotFound
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

KINDS = ("province", "city", "county")
"""Of sites, from the top down."""


async def tell(conn: Connection, principal: Principal) -> None:
    """Say in the same transaction that the tenant's organisation is different."""
    await outbox.put(conn, OrganisationChanged(at=SystemClock().now(), tenant_id=principal.tenant_id))


async def put_site(conn: Connection, principal: Principal, id_: UUID | None, fields: Mapping[str, Any]) -> UUID:
    """Add a site, or change the fields of one. Raises `NotFound`, `CodeTaken`, `UnknownReference`, `SiteOrder`,
    and `CannotGrant` when it would widen one's own reach.

    A site's kind is lower than its parent's; with that the tree can have no cycle.
    """
    tenant = principal.tenant_id
    await repository.lock(conn, tenant)
    site = await _merged(conn, principal, "sites", id_, fields)
    parent: UUID | None = site["parent_id"]
    if parent is not None:
        above = await repository.sites(conn, tenant, parent)
        if not above:
            raise UnknownReference(field="parent_id")
        if KINDS.index(above[0]["kind"]) >= KINDS.index(site["kind"]):
            raise SiteOrder()
    if id_ is not None:
        for below in await repository.kinds_below(conn, tenant, id_):
            if KINDS.index(below) <= KINDS.index(site["kind"]):
                raise SiteOrder()
    made = id_ or new_id()
    with unique_code():
        await repository.put_site(conn, tenant, made, site["code"], site["name"], site["kind"], parent)
    # A site that moves below one's own would come into one's reach.
    if id_ is not None and "parent_id" in fields and await rights.exceeds(conn, principal, principal.person_id):
        raise CannotGrant()
    return await _written(conn, principal, "site", made, id_, fields)


async def put_group(conn: Connection, principal: Principal, id_: UUID | None, fields: Mapping[str, Any]) -> UUID:
    """Add a group, or change the fields of one. Raises `NotFound`, `CodeTaken`, `UnknownReference`."""
    group = await _merged(conn, principal, "groups", id_, fields)
    if group["site_id"] is not None and not await repository.sites(conn, principal.tenant_id, group["site_id"]):
        raise UnknownReference(field="site_id")
    made = id_ or new_id()
    with unique_code():
        await repository.put_group(conn, principal.tenant_id, made, group["code"], group["name"], group["site_id"])
    return await _written(conn, principal, "group", made, id_, fields)


async def put_skill(conn: Connection, principal: Principal, id_: UUID | None, fields: Mapping[str, Any]) -> UUID:
    """Add a skill, or change the fields of one. Raises `NotFound`, `CodeTaken`."""
    skill = await _merged(conn, principal, "skills", id_, fields)
    made = id_ or new_id()
    with unique_code():
        await repository.put_skill(
            conn, principal.tenant_id, made, skill["code"], skill["name"], skill["name_en"] or ""
        )
    return await _written(conn, principal, "skill", made, id_, fields)


async def delete(conn: Connection, principal: Principal, kind: str, id_: UUID) -> None:
    """Delete a site, group or skill that nothing refers to. Raises `NotFound`, `InUse`."""
    await repository.lock(conn, principal.tenant_id)
    # A scope that lost its last name would read as "their own groups", which may be more than it was.
    if kind != "skill" and await repository.named_in_grants(conn, principal.tenant_id, id_):
        raise InUse()
    try:
        found = await repository.delete(conn, principal.tenant_id, f"{kind}s", id_)
    except asyncpg.ForeignKeyViolationError:
        raise InUse() from None
    if not found:
        raise NotFound()
    await audit(conn, principal, f"{kind}.deleted", f"{kind}/{id_}")
    await tell(conn, principal)


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "sites": {"parent_id": None},
    "groups": {"site_id": None},
    "skills": {"name_en": ""},
}


async def _merged(
    conn: Connection, principal: Principal, table: str, id_: UUID | None, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the thing as it will be."""
    if id_ is None:
        return {**_DEFAULTS[table], **fields}
    read = {"sites": repository.sites, "groups": repository.groups, "skills": repository.skills}[table]
    rows = await read(conn, principal.tenant_id, id_)
    if not rows:
        raise NotFound()
    return {**rows[0], **fields}


@contextlib.contextmanager
def unique_code() -> Iterator[None]:
    """Turn a code that another one has into a refusal."""
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise CodeTaken() from None


async def _written(
    conn: Connection, principal: Principal, kind: str, made: UUID, before: UUID | None, fields: Mapping[str, Any]
) -> UUID:
    deed = "created" if before is None else "changed"
    await audit(conn, principal, f"{kind}.{deed}", f"{kind}/{made}", {"fields": sorted(fields)})
    await tell(conn, principal)
    return made
