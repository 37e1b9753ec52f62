"""Grants: a role at a tenant, over a part of it. Here they become what a `Principal` may do, and about whose things.

A grant's scope is `own` (nothing of others), `group` (the named groups, or the person's own), `site` (the named sites,
or the person's own, and all below) or `tenant`. Several grants add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from yuelai.identity.model import EVERYTHING, Principal, Reach
from yuelai.identity.permissions import KNOWN, ROLES
from yuelai.platform.ids import PersonId, TenantId

SCOPES = ("own", "group", "site", "tenant")
OPERATORS_OWN = ("tenants.", "system.", "telephony.")
"""What concerns the whole installation counts only when acting at the operator's tenant."""


def permissions_of_role(role: str, custom: Iterable[str] | None) -> frozenset[str]:
    """Return what a role allows. `custom` are the permissions of a tenant's own role; a built-in one comes first.

    A role that no longer exists allows nothing, nor does a permission that no longer exists.
    """
    return ROLES[role] if role in ROLES else frozenset(custom or ()) & KNOWN


def reach_of(grant: Mapping[str, Any]) -> Reach:
    """Return the reach of one element of `held_grants` (see the migration)."""
    if grant["kind"] == "tenant":
        return EVERYTHING
    return Reach(
        groups=frozenset(map(UUID, grant["groups"] or ())),
        sites=frozenset(map(UUID, grant["sites"] or ())),
    )


def reaches(grants: Iterable[Mapping[str, Any]], *, operator: bool) -> dict[str, Reach]:
    """Return each permission that the grants give together, with its reach."""
    found: dict[str, Reach] = {}
    for grant in grants:
        reach = reach_of(grant)
        for permission in permissions_of_role(grant["role"], grant["permissions"]):
            if operator or not permission.startswith(OPERATORS_OWN):
                found[permission] = found.get(permission, reach) | reach
    return found


def principal_of(row: asyncpg.Record) -> Principal:
    """Make the principal of a row with id, tenant_id, operator, username, name, number and grants (`held_grants`)."""
    held = reaches(row["grants"], operator=row["operator"])
    return Principal(
        person_id=PersonId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        username=row["username"],
        name=row["name"],
        number=row["number"],
        roles=frozenset(grant["role"] for grant in row["grants"]),
        permissions=frozenset(held),
        limits={permission: reach for permission, reach in held.items() if not reach.everything},
        operator=row["operator"],
    )
