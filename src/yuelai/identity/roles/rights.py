"""Who may give which rights, and to whom: nobody gives what they lack, and no tenant loses its last administrator."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from yuelai.identity import grants
from yuelai.identity.model import Principal
from yuelai.identity.organisation.repository import lock
from yuelai.identity.roles import repository
from yuelai.identity.roles.errors import CannotGrant, LastAdministrator, Outranked
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


def may_everything(principal: Principal) -> bool:
    """Return whether somebody administers the whole tenant, and so may also give what they do not do themselves."""
    return principal.may("admin") and principal.reach("admin").everything


async def exceeds(conn: Connection, principal: Principal, person: PersonId) -> bool:
    """Return whether somebody has a permission at the principal's tenant that the principal lacks, or a wider one."""
    if may_everything(principal):
        return False
    held = grants.reaches(await repository.grants_held(conn, person, principal.tenant_id), operator=principal.operator)
    return any(
        not principal.may(permission) or not principal.reach(permission) >= reach for permission, reach in held.items()
    )


async def speaks_for_operator(conn: Connection, principal: Principal) -> bool:
    """Return whether somebody acts at the operator's tenant, or may decide about tenants there."""
    if principal.operator or principal.token_id is not None:
        return principal.operator
    async with repository.everywhere(conn):
        held = await repository.grants_held_at_operator(conn, principal.person_id)
    return "tenants.write" in grants.reaches(held, operator=True)


@contextlib.asynccontextmanager
async def guarded(conn: Connection, principal: Principal, person: PersonId) -> AsyncIterator[None]:
    """Let somebody be changed within the block.

    Raises `Outranked` before when they have rights that the principal lacks: whoever could reset their password would
    have those rights the next minute. Raises `CannotGrant` or `LastAdministrator` after.
    """
    await lock(conn, principal.tenant_id)
    if person != principal.person_id and await exceeds(conn, principal, person):
        raise Outranked()
    async with repository.everywhere(conn):
        administered = await repository.administered(conn, person)
    yield
    if await exceeds(conn, principal, person):
        raise CannotGrant()
    async with repository.everywhere(conn):
        for tenant in administered:
            await need_administrator(conn, TenantId(tenant))


async def need_administrator(conn: Connection, tenant: TenantId) -> None:
    """Raises `LastAdministrator`."""
    if not await repository.has_administrator(conn, tenant):
        raise LastAdministrator()
