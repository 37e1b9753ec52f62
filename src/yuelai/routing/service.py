"""Queues and their members as people set them up. The caller opens the transaction; core follows within a second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.routing import tables
from yuelai.routing.errors import NoSuchMember, NoSuchQueue, QueueCodeTaken
from yuelai.routing.events import QueueChanged

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def queues(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    return [dict(row) for row in await tables.queues_of(conn, principal.tenant_id)]


async def add_queue(conn: Connection, principal: Principal, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `QueueCodeTaken`."""
    queue_id = new_id()
    if not await tables.add_queue(conn, principal.tenant_id, queue_id, settings):
        raise QueueCodeTaken(queue=settings["code"])
    await _tell(conn, principal, "queue.created", queue_id, {"code": settings["code"]})
    return await _queue(conn, principal, queue_id)


async def change_queue(
    conn: Connection, principal: Principal, queue_id: UUID, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Raises `NoSuchQueue`."""
    before = await _queue(conn, principal, queue_id)
    different = {name: value for name, value in changes.items() if before[name] != value}
    if different:
        await tables.change_queue(conn, principal.tenant_id, queue_id, different)
        await _tell(conn, principal, "queue.changed", queue_id, {"fields": sorted(different)})
    return {**before, **different}


async def members(
    conn: Connection, principal: Principal, queue_id: UUID, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Raises `NoSuchQueue`, `BadCursor`."""
    await _queue(conn, principal, queue_id)
    after = paging.decode(cursor, str, UUID) if cursor is not None else None
    rows = await tables.members_of(conn, principal.tenant_id, queue_id, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["name"], row["person_id"]))
    return [dict(row) for row in items], next_cursor


async def put_member(conn: Connection, principal: Principal, queue_id: UUID, person_id: UUID, level: int) -> None:
    """Raises `NoSuchQueue`, and `NoSuchMember` for somebody without any grant at the tenant."""
    await _queue(conn, principal, queue_id)
    if not await tables.put_member(conn, principal.tenant_id, queue_id, person_id, level):
        raise NoSuchMember()
    await _tell(conn, principal, "queue.member_put", queue_id, {"person_id": str(person_id), "level": level})


async def delete_member(conn: Connection, principal: Principal, queue_id: UUID, person_id: UUID) -> None:
    """Raises `NoSuchQueue`, `NoSuchMember`."""
    await _queue(conn, principal, queue_id)
    if not await tables.delete_member(conn, principal.tenant_id, queue_id, person_id):
        raise NoSuchMember()
    await _tell(conn, principal, "queue.member_removed", queue_id, {"person_id": str(person_id)})


async def _queue(conn: Connection, principal: Principal, queue_id: UUID) -> dict[str, Any]:
    row: asyncpg.Record | None = await tables.queue_of(conn, principal.tenant_id, queue_id)
    if row is None:
        raise NoSuchQueue()
    return dict(row)


async def _tell(conn: Connection, principal: Principal, action: str, queue_id: UUID, data: Mapping[str, Any]) -> None:
    await audit(conn, principal, action, f"queue/{queue_id}", data)
    now = SystemClock().now()
    await outbox.put(conn, QueueChanged(at=now, tenant_id=principal.tenant_id, queue_id=queue_id))
