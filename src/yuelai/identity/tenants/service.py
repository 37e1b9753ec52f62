"""Tenants: making, renaming, opening and closing them. The caller opens the transaction, as system work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.events import TenantChanged
from yuelai.identity.model import Principal
from yuelai.identity.organisation.errors import OperatorsOwn
from yuelai.identity.organisation.service import unique_code
from yuelai.identity.tenants import repository
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import NotFound
from yuelai.platform.ids import TenantId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(conn: Connection, principal: Principal, code: str, name: str) -> asyncpg.Record:
    """Make a tenant. Who makes it is its first administrator, to let the others in. Raises `CodeTaken`."""
    tenant = TenantId(new_id())
    with unique_code():
        await repository.add(conn, tenant, code, name)
    await repository.make_administrator(conn, principal.person_id, tenant)
    await _told(conn, principal, tenant, "tenant.created", {"code": code})
    return await _one(conn, tenant)


async def change(conn: Connection, principal: Principal, tenant: TenantId, fields: Mapping[str, Any]) -> asyncpg.Record:
    """Change code, name or active. Closing ends all sessions there. Raises `NotFound`, `CodeTaken`, `OperatorsOwn`."""
    before = await _one(conn, tenant)
    after = {**before, **fields}
    if before["is_operator"] and not after["active"]:
        raise OperatorsOwn()
    with unique_code():
        await repository.change(conn, tenant, after["code"], after["name"], after["active"])
    if not after["active"]:
        await repository.end_sessions(conn, tenant)
    await _told(conn, principal, tenant, "tenant.changed", {"fields": sorted(fields), "active": after["active"]})
    return await _one(conn, tenant)


async def _one(conn: Connection, tenant: UUID) -> asyncpg.Record:
    rows = await repository.tenants(conn, tenant)
    if not rows:
        raise NotFound()
    return rows[0]


async def _told(conn: Connection, principal: Principal, tenant: TenantId, action: str, data: Mapping[str, Any]) -> None:
    # Both sides keep it in their trail: the operator who did it, and the tenant it happened to.
    for kept_by in {principal.tenant_id, tenant}:
        await audit(conn, replace(principal, tenant_id=kept_by), action, f"tenant/{tenant}", data)
    await outbox.put(conn, TenantChanged(at=SystemClock().now(), tenant_id=tenant))
