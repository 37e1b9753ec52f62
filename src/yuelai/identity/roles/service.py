"""Roles of a tenant's own, beside the built-in ones. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.organisation.errors import Builtin, InUse, UnknownPermission
from yuelai.identity.organisation.repository import lock
from yuelai.identity.organisation.service import tell, unique_code
from yuelai.identity.permissions import KNOWN, ROLES
from yuelai.identity.roles import repository, rights
from yuelai.identity.roles.errors import CannotGrant
from yuelai.platform.errors import NotFound

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

NAMES = {
    "agent": ("座席", "Agent"),
    "leader": ("班组长", "Team leader"),
    "clerk": ("后台办理", "Back office"),
    "qa": ("质检员", "Quality inspector"),
    "planner": ("排班员", "Planner"),
    "editor": ("知识编辑", "Knowledge editor"),
    "admin": ("管理员", "Administrator"),
}
"""Of the built-in roles, in Chinese and English."""


async def all_roles(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return the built-in roles, then the tenant's own by code."""
    people = await repository.people_by_role(conn, principal.tenant_id)
    builtin = [_role(code, *NAMES[code], ROLES[code], True, people) for code in ROLES]
    own = [
        _role(row["code"], row["name"], row["name_en"], row["permissions"], False, people)
        for row in await repository.roles(conn, principal.tenant_id)
    ]
    return [*builtin, *own]


def _role(
    code: str, name: str, name_en: str, permissions: Collection[str], builtin: bool, people: dict[str, int]
) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "builtin": builtin,
        "permissions": sorted(permissions),
        "people": people.get(code, 0),
    }


async def add(
    conn: Connection, principal: Principal, code: str, name: str, name_en: str, permissions: Collection[str]
) -> None:
    """Raises `Builtin`, `CodeTaken`, `UnknownPermission`, `CannotGrant`."""
    if code in ROLES:
        raise Builtin()
    _check(principal, frozenset(permissions))
    with unique_code():
        await repository.add(conn, principal.tenant_id, code, name, name_en, frozenset(permissions))
    await audit(conn, principal, "role.created", f"role/{code}", {"permissions": sorted(permissions)})
    await tell(conn, principal)


async def change(
    conn: Connection, principal: Principal, code: str, name: str, name_en: str, permissions: Collection[str]
) -> None:
    """Raises `Builtin`, `NotFound`, `UnknownPermission`, `CannotGrant`, `LastAdministrator`."""
    if code in ROLES:
        raise Builtin()
    await lock(conn, principal.tenant_id)
    before = await repository.permissions_for_update(conn, principal.tenant_id, code)
    if before is None:
        raise NotFound()
    after = frozenset(permissions)
    # Taking away is judged like giving: what somebody lacks is not theirs to decide.
    _check(principal, after, before ^ after)
    # Whoever holds the role may hold it for the whole tenant, oneself included.
    if not rights.may_everything(principal) and not all(principal.reach(each).everything for each in before ^ after):
        raise CannotGrant()
    await repository.change(conn, principal.tenant_id, code, name, name_en, after)
    if "admin" in before - after:
        await rights.need_administrator(conn, principal.tenant_id)
    changes = {"added": sorted(after - before), "removed": sorted(before - after)}
    await audit(conn, principal, "role.changed", f"role/{code}", changes)
    await tell(conn, principal)


async def delete(conn: Connection, principal: Principal, code: str) -> None:
    """Raises `Builtin`, `NotFound`, `InUse`."""
    if code in ROLES:
        raise Builtin()
    await lock(conn, principal.tenant_id)
    if await repository.held(conn, principal.tenant_id, code):
        raise InUse()
    if not await repository.delete(conn, principal.tenant_id, code):
        raise NotFound()
    await audit(conn, principal, "role.deleted", f"role/{code}")
    await tell(conn, principal)


def _check(principal: Principal, permissions: frozenset[str], moved: frozenset[str] | None = None) -> None:
    unknown = permissions - KNOWN
    if unknown:
        raise UnknownPermission(permissions=sorted(unknown))
    if not rights.may_everything(principal) and not (permissions if moved is None else moved) <= principal.permissions:
        raise CannotGrant()
