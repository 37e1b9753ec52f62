"""Dispositions as people set them up. The caller opens the transaction; core follows within a second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.routing.dispositions import tables
from yuelai.routing.dispositions.errors import (
    DispositionCodeTaken,
    DispositionInUse,
    NoSuchDisposition,
    TwoLevels,
    UnknownQueue,
)
from yuelai.routing.dispositions.events import DispositionsChanged
from yuelai.routing.errors import NoSuchQueue
from yuelai.routing.tables import queue_of

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def dispositions(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    return [dict(row) for row in await tables.dispositions_of(conn, principal.tenant_id)]


async def of_queue(conn: Connection, principal: Principal, queue_id: UUID) -> list[dict[str, Any]]:
    """Return what can be chosen in a queue, in its order. Raises `NoSuchQueue`."""
    if await queue_of(conn, principal.tenant_id, queue_id) is None:
        raise NoSuchQueue()
    chosen = dict[UUID, dict[str, Any]]()
    for one in await dispositions(conn, principal):
        above = one["parent_id"] is None or one["parent_id"] in chosen
        if one["active"] and above and (not one["queue_ids"] or queue_id in one["queue_ids"]):
            chosen[one["id"]] = one
    return list(chosen.values())


async def add(conn: Connection, principal: Principal, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `DispositionCodeTaken`, `NoSuchDisposition`, `TwoLevels`, `UnknownQueue`."""
    await tables.lock(conn, principal.tenant_id)
    id_ = new_id()
    await _may_stand(conn, principal, None, fields["parent_id"])
    if not await tables.add(conn, principal.tenant_id, id_, fields):
        raise DispositionCodeTaken(disposition=fields["code"])
    await _put_queues(conn, principal, id_, fields["queue_ids"])
    await _tell(conn, principal, "disposition.created", id_, {"code": fields["code"]})
    return await _one(conn, principal, id_)


async def change(conn: Connection, principal: Principal, id_: UUID, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `NoSuchDisposition`, `TwoLevels`, `UnknownQueue`."""
    await tables.lock(conn, principal.tenant_id)
    before = await _one(conn, principal, id_)
    different = {name: value for name, value in changes.items() if before[name] != value}
    if not different:
        return before
    if different.get("parent_id"):
        await _may_stand(conn, principal, id_, different["parent_id"])
    await tables.change(conn, principal.tenant_id, id_, different)
    if "queue_ids" in different:
        await _put_queues(conn, principal, id_, different["queue_ids"])
    await _tell(conn, principal, "disposition.changed", id_, {"fields": sorted(different)})
    return await _one(conn, principal, id_)


async def delete(conn: Connection, principal: Principal, id_: UUID) -> None:
    """Raises `NoSuchDisposition`, `DispositionInUse`. The codes that contacts keep stay in them."""
    before = await _one(conn, principal, id_)
    try:
        await tables.delete(conn, principal.tenant_id, id_)
    except asyncpg.ForeignKeyViolationError:
        raise DispositionInUse() from None
    await _tell(conn, principal, "disposition.deleted", id_, {"code": before["code"]})


async def _may_stand(conn: Connection, principal: Principal, id_: UUID | None, parent: UUID | None) -> None:
    if parent is None:
        return
    above = await _one(conn, principal, parent)
    if parent == id_ or above["parent_id"] is not None:
        raise TwoLevels()
    if id_ is not None and await tables.has_below(conn, principal.tenant_id, id_):
        raise TwoLevels()


async def _put_queues(conn: Connection, principal: Principal, id_: UUID, queues: list[UUID]) -> None:
    try:
        await tables.put_queues(conn, principal.tenant_id, id_, sorted(set(queues)))
    except asyncpg.ForeignKeyViolationError:
        raise UnknownQueue() from None


async def _one(conn: Connection, principal: Principal, id_: UUID) -> dict[str, Any]:
    rows = await tables.dispositions_of(conn, principal.tenant_id, id_)
    if not rows:
        raise NoSuchDisposition()
    return dict(rows[0])


async def _tell(conn: Connection, principal: Principal, action: str, id_: UUID, data: Mapping[str, Any]) -> None:
    await audit(conn, principal, action, f"disposition/{id_}", data)
    await outbox.put(conn, DispositionsChanged(at=SystemClock().now(), tenant_id=principal.tenant_id))
