"""Bulletins: written by those who may, read by those they are for. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import asyncpg

from yuelai.colleagues.bulletins import repository
from yuelai.colleagues.errors import AlreadyWithdrawn, BeyondReach, BulletinSpan, NoSuchBulletin, NoSuchTarget
from yuelai.colleagues.events import BulletinChanged
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

WRITE = "bulletins.write"
Wanted = Literal["current", "past", "all"]


async def find(
    conn: Connection, principal: Principal, wanted: Wanted, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the newest first. Whoever may write sees all of the tenant with their receipts, others what is or was for
    them. Raises `BadCursor`."""
    now, scope = SystemClock().now(), _visible(principal)
    if wanted == "current":
        scope.where(repository.CURRENT.replace("{0}", scope.arg(now)))
    elif wanted == "past":
        scope.where("b.withdrawn_at IS NOT NULL OR b.valid_until <= {}", now)
    if not principal.may(WRITE):
        scope.where("b.valid_from <= {}", now)
    if cursor is not None:
        scope.where("b.id < {}", *paging.decode(cursor, UUID))
    rows = await repository.bulletins(conn, scope, principal.person_id, limit + 1, "b.id DESC")
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return await _shown(conn, principal, items), next_cursor


async def one(conn: Connection, principal: Principal, bulletin_id: UUID) -> dict[str, Any]:
    """Raises `NoSuchBulletin`, also for those of others."""
    return (await _shown(conn, principal, [await _row(conn, principal, bulletin_id)]))[0]


async def unread(conn: Connection, principal: Principal) -> dict[str, Any]:
    """Return how many are still to be read or confirmed, and the one that comes first: important, then new."""
    rows = await repository.bulletins(
        conn, _waiting(principal), principal.person_id, 1, "b.importance = 'important' DESC, b.id DESC"
    )
    count = await repository.count(conn, _waiting(principal), principal.person_id)
    again_at = await repository.next_change(conn, principal.tenant_id, SystemClock().now())
    return {"count": count, "newest": _plain(rows[0]) if rows else None, "again_at": again_at}


async def publish(conn: Connection, principal: Principal, fields: Mapping[str, Any]) -> UUID:
    """Raises `NoSuchTarget`, `BulletinSpan`, `BeyondReach`."""
    now, bulletin_id = SystemClock().now(), new_id()
    begins, ends = fields["valid_from"] or now, fields["valid_until"]
    if ends is not None and (ends <= begins or ends <= now):
        raise BulletinSpan()
    meant = list(dict.fromkeys(fields["target_ids"]))
    if (fields["audience"] == "all") == bool(meant):
        raise NoSuchTarget()
    if meant and await repository.targets(conn, principal.tenant_id, fields["audience"], meant) != len(meant):
        raise NoSuchTarget()
    _within_reach(principal, fields["audience"], meant)
    row = {**fields, "target_ids": meant, "valid_from": begins, "author_id": principal.person_id, "created_at": now}
    await repository.add(conn, principal.tenant_id, bulletin_id, row)
    said = {name: fields[name] for name in ("importance", "audience", "must_confirm")}
    await _tell(conn, principal, "bulletin.published", bulletin_id, now, said)
    # Whoever wrote it knows what it says.
    await repository.read(conn, principal.tenant_id, bulletin_id, principal.person_id, now, True)
    return bulletin_id


async def withdraw(conn: Connection, principal: Principal, bulletin_id: UUID) -> None:
    """Nobody is shown it any more; its receipts stay. Raises `NoSuchBulletin`, `AlreadyWithdrawn`,
    `BeyondReach`."""
    row = await _row(conn, principal, bulletin_id)
    if row["author_id"] != principal.person_id:
        _within_reach(principal, row["audience"], row["target_ids"])
    now = SystemClock().now()
    if not await repository.withdraw(conn, principal.tenant_id, bulletin_id, now):
        raise AlreadyWithdrawn()
    await _tell(conn, principal, "bulletin.withdrawn", bulletin_id, now, {})


async def read(conn: Connection, principal: Principal, bulletin_id: UUID, confirm: bool) -> None:
    """They have seen it, and with `confirm` say that they understood. Raises `NoSuchBulletin`."""
    await _row(conn, principal, bulletin_id)
    now = SystemClock().now()
    await repository.read(conn, principal.tenant_id, bulletin_id, principal.person_id, now, confirm)


async def readers(
    conn: Connection, principal: Principal, bulletin_id: UUID, *, missing: bool, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return whom it is for, by name, with their receipts. Raises `NoSuchBulletin`, `BadCursor`."""
    await _row(conn, principal, bulletin_id)
    after = paging.decode(cursor, str, UUID) if cursor is not None else None
    last = (str(after[0]), after[1]) if after else None
    rows = await repository.readers(
        conn, principal.tenant_id, bulletin_id, missing=missing, after=last, limit=limit + 1
    )
    items, next_cursor = paging.page(rows, limit, lambda row: (row["name"], row["id"]))
    return [dict(row) for row in items], next_cursor


def _of_tenant(principal: Principal) -> Scope:
    return Scope().where("b.tenant_id = {}", principal.tenant_id)


def _within_reach(principal: Principal, audience: str, target_ids: Sequence[UUID]) -> None:
    """Who may write for some groups alone writes for these; sites and queues have members of other groups, too."""
    reach = principal.reach(WRITE)
    if not reach.everything and (audience != "groups" or not reach.groups.issuperset(target_ids)):
        raise BeyondReach()


def _visible(principal: Principal) -> Scope:
    scope = _of_tenant(principal)
    if not principal.may(WRITE):
        scope.where(repository.MEANT.replace("{0}", scope.arg(principal.person_id)))
        scope.where("b.valid_from <= {}", SystemClock().now())
    return scope


def _waiting(principal: Principal) -> Scope:
    """What is for them now and not read yet; also of those who write, only what is for them."""
    scope = _of_tenant(principal)
    scope.where(repository.MEANT.replace("{0}", scope.arg(principal.person_id)))
    return scope.where(repository.CURRENT.replace("{0}", scope.arg(SystemClock().now()))).where(repository.UNREAD)


async def _row(conn: Connection, principal: Principal, bulletin_id: UUID) -> asyncpg.Record:
    scope = _visible(principal).where("b.id = {}", bulletin_id)
    rows = await repository.bulletins(conn, scope, principal.person_id, 1, "b.id")
    if not rows:
        raise NoSuchBulletin()
    return rows[0]


async def _shown(conn: Connection, principal: Principal, rows: list[asyncpg.Record]) -> list[dict[str, Any]]:
    counted = await repository.receipts(conn, [row["id"] for row in rows]) if principal.may(WRITE) and rows else {}
    return [{**_plain(row), "receipts": counted.get(row["id"])} for row in rows]


def _plain(row: asyncpg.Record) -> dict[str, Any]:
    author = {"id": row["author_id"], "number": row["author_number"], "name": row["author_name"]}
    return {**dict(row), "author": author, "receipts": None}


async def _tell(
    conn: Connection, principal: Principal, action: str, bulletin_id: UUID, now: datetime, data: Mapping[str, Any]
) -> None:
    await audit(conn, principal, action, f"bulletin/{bulletin_id}", data)
    await outbox.put(conn, BulletinChanged(at=now, tenant_id=principal.tenant_id, bulletin_id=bulletin_id))
