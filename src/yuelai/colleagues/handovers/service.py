"""Hand-over notes between shifts. The caller opens the transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.colleagues.errors import NoSuchHandover, NotYourGroup, TakenAlready
from yuelai.colleagues.events import HandoverChanged
from yuelai.colleagues.handovers import repository
from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope
from yuelai.interactions.taking_part import Part
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

LEADS = "supervision.view"
"""Whoever may watch a group reads its notes as its members do."""


async def groups(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    return [dict(row) for row in await repository.groups(conn, _mine(principal))]


async def notes(
    conn: Connection,
    principal: Principal,
    *,
    group_id: UUID | None,
    since: datetime | None,
    open_only: bool,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the newest first, of one's groups; `since` then, and those still open. Raises `BadCursor`."""
    scope = _mine(principal)
    if group_id is not None:
        scope.where("h.group_id = {}", group_id)
    if open_only:
        scope.where("h.taken_at IS NULL")
    elif since is not None:
        scope.where("h.at >= {} OR h.taken_at IS NULL", since)
    if cursor is not None:
        scope.where("h.id < {}", *paging.decode(cursor, UUID))
    rows = await repository.notes(conn, scope, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return [dict(row) for row in items], next_cursor


async def write(conn: Connection, principal: Principal, group_id: UUID, text: str, part: Part | None) -> dict[str, Any]:
    """`part` is theirs in the contact that it is about. Raises `NotYourGroup`."""
    if not await repository.groups(conn, _mine(principal).where("g.id = {}", group_id)):
        raise NotYourGroup()
    interaction_id, trail_no = (part.interaction_id, part.trail_no) if part is not None else (None, "")
    now, handover_id = SystemClock().now(), new_id()
    await repository.add(
        conn, principal.tenant_id, handover_id, group_id, principal.person_id, now, text, interaction_id, trail_no
    )
    await _tell(conn, principal, handover_id, group_id, now)
    return dict(await _row(conn, principal, handover_id))


async def take(conn: Connection, principal: Principal, handover_id: UUID) -> None:
    """They take it over; twice is once. Raises `NoSuchHandover`, `TakenAlready`."""
    row, now = await _row(conn, principal, handover_id), SystemClock().now()
    if not await repository.take(conn, handover_id, principal.person_id, now):
        raise TakenAlready()
    await _tell(conn, principal, handover_id, row["group_id"], now)


async def give_back(conn: Connection, principal: Principal, handover_id: UUID) -> None:
    """It was a mistake, it is open again. Raises `NoSuchHandover`, also unless they have taken it."""
    row, now = await _row(conn, principal, handover_id), SystemClock().now()
    if not await repository.give_back(conn, handover_id, principal.person_id):
        raise NoSuchHandover()
    await _tell(conn, principal, handover_id, row["group_id"], now)


def _mine(principal: Principal) -> Scope:
    """Groups `g` one is in, or whose people one may watch."""
    scope = Scope().where("g.tenant_id = {}", principal.tenant_id)
    reach = principal.reach(LEADS)
    if not reach.everything:
        scope.where(
            "EXISTS (SELECT FROM group_members m WHERE m.group_id = g.id AND m.person_id = {}) "
            "OR g.id = ANY ({}) OR g.site_id = ANY ({})",
            principal.person_id,
            list(reach.groups),
            list(reach.sites),
        )
    return scope


async def _row(conn: Connection, principal: Principal, handover_id: UUID) -> asyncpg.Record:
    rows = await repository.notes(conn, _mine(principal).where("h.id = {}", handover_id), 1)
    if not rows:
        raise NoSuchHandover()
    return rows[0]


async def _tell(conn: Connection, principal: Principal, handover_id: UUID, group_id: UUID, now: datetime) -> None:
    fact = HandoverChanged(at=now, tenant_id=principal.tenant_id, handover_id=handover_id, group_id=group_id)
    await outbox.put(conn, fact)
