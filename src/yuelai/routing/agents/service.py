"""Agents' profiles and time, for those who may see or decide about them. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.scope import scoped
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.routing.agents import tables
from yuelai.routing.errors import NoSuchAgent
from yuelai.routing.events import AgentProfileChanged

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

DEFAULTS: Mapping[str, Any] = {"capacity": {"voice": 1}, "wrapup_seconds": None, "auto_answer": False, "seat": None}


async def within_reach(conn: Connection, principal: Principal, permission: str, agent_id: UUID) -> None:
    """Raises `NoSuchAgent` for somebody who is nobody at the tenant, or not within reach of the permission."""
    scope = scoped(principal, permission, tenant="g.tenant_id", own="g.person_id = {}")
    if not await tables.is_somebody(conn, scope.where("g.person_id = {}", agent_id)):
        raise NoSuchAgent()


async def profile(conn: Connection, principal: Principal, agent_id: UUID) -> dict[str, Any]:
    """Raises `NoSuchAgent`."""
    await within_reach(conn, principal, "supervision.view", agent_id)
    return await _profile(conn, principal, agent_id)


async def put_profile(
    conn: Connection, principal: Principal, agent_id: UUID, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """Raises `NoSuchAgent`."""
    await within_reach(conn, principal, "agents.control", agent_id)
    before = await _profile(conn, principal, agent_id)
    different = sorted(name for name in DEFAULTS if before[name] != wanted[name])
    if different:
        await tables.put_profile(conn, principal.tenant_id, agent_id, wanted)
        await audit(conn, principal, "agent.profile_changed", f"agent/{agent_id}", {"fields": different})
        now = SystemClock().now()
        await outbox.put(conn, AgentProfileChanged(at=now, tenant_id=principal.tenant_id, agent_id=agent_id))
    return dict(wanted)


async def _profile(conn: Connection, principal: Principal, agent_id: UUID) -> dict[str, Any]:
    row = await tables.profile_of(conn, principal.tenant_id, agent_id)
    return dict(row) if row is not None else dict(DEFAULTS)


async def states(
    conn: Connection,
    principal: Principal,
    agent_id: UUID,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return how the agent's time with the tenant was spent, from `since` to `until`; what lasts does so up to `now`.

    Raises `NoSuchAgent`, `BadCursor`.
    """
    await within_reach(conn, principal, "supervision.view", agent_id)
    after = paging.decode(cursor, datetime, UUID) if cursor is not None else None
    span = (since, until, now)
    rows = await tables.states_of(conn, principal.tenant_id, agent_id, span, after, limit + 1)
    sums = await tables.sums_of(conn, principal.tenant_id, agent_id, span)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["started_at"], row["id"]))
    return {
        "items": [{**dict(row), "by": row["by_id"]} for row in items],
        "sums": [dict(row) for row in sums],
        "seconds": sum(row["seconds"] for row in sums),
        "next_cursor": next_cursor,
    }
