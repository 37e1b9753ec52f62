"""Queues and their members as people set them up. The caller opens the transaction; core follows within a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.routing import checks, stored, tables
from yuelai.routing.errors import NoSuchMember, NoSuchQueue, QueueCodeTaken
from yuelai.routing.events import QueueChanged

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def queues(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    return [_shown(row) for row in await tables.queues_of(conn, principal.tenant_id)]


async def add_queue(conn: Connection, principal: Principal, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `QueueCodeTaken`, and what `checks.check` raises."""
    queue_id = new_id()
    await checks.check(conn, principal.tenant_id, settings["code"], settings)
    if not await tables.add_queue(conn, principal.tenant_id, queue_id, _kept(settings)):
        raise QueueCodeTaken(queue=settings["code"])
    await tables.put_skills(conn, principal.tenant_id, queue_id, settings["skills"])
    await _tell(conn, principal, "queue.created", queue_id, {"code": settings["code"]})
    return await _queue(conn, principal, queue_id)


async def change_queue(
    conn: Connection, principal: Principal, queue_id: UUID, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Raises `NoSuchQueue`, and what `checks.check` raises."""
    before = await _queue(conn, principal, queue_id)
    different = {name: value for name, value in changes.items() if before[name] != value}
    if different:
        # Whoever opens a queue again may close a circle that has grown meanwhile.
        opening = {"overflows": before["overflows"]} if different.get("active") else {}
        await checks.check(conn, principal.tenant_id, before["code"], {**opening, **different})
        await tables.change_queue(conn, principal.tenant_id, queue_id, _kept(different))
        if "skills" in different:
            await tables.put_skills(conn, principal.tenant_id, queue_id, different["skills"])
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


async def put_member(
    conn: Connection, principal: Principal, queue_id: UUID, person_id: UUID, level: int, position: int | None = None
) -> None:
    """Raises `NoSuchQueue`, and `NoSuchMember` for somebody without any grant at the tenant."""
    await _queue(conn, principal, queue_id)
    if not await tables.put_member(conn, principal.tenant_id, queue_id, person_id, level, position):
        raise NoSuchMember()
    said = {"person_id": str(person_id), "level": level} | ({"position": position} if position else {})
    await _tell(conn, principal, "queue.member_put", queue_id, said)


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
    return _shown(row)


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    """As requests name things, with what a newer version may have put there left out."""
    values = dict(row)
    return {
        **values,
        "skills": [asdict(stored.wish_of({**wish, "skill_id": UUID(wish["skill_id"])})) for wish in values["skills"]],
        "overflows": [asdict(rule) for rule in stored.overflows_of(values["overflows"], values["code"])],
        "treatment": stored.plain(stored.treatment_of(values["treatment"])),
    }


def _kept(settings: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in settings.items() if name != "skills"}
    if "treatment" in kept:
        kept["treatment"] = stored.unusual(kept["treatment"])
    return kept


async def _tell(conn: Connection, principal: Principal, action: str, queue_id: UUID, data: Mapping[str, Any]) -> None:
    await audit(conn, principal, action, f"queue/{queue_id}", data)
    now = SystemClock().now()
    await outbox.put(conn, QueueChanged(at=now, tenant_id=principal.tenant_id, queue_id=queue_id))
