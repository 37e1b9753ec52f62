"""Chats of colleagues. The caller opens the transaction; screens are told that there is something new, not what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.colleagues import repository as people
from yuelai.colleagues.chats import repository
from yuelai.colleagues.errors import NoSuchChat, NoSuchColleague, NotWithYourself
from yuelai.colleagues.events import ChatWritten
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Written:
    """A message that was written, and the chat as its author sees it."""

    message_id: UUID
    chat: dict[str, Any]


async def chats(
    conn: Connection, principal: Principal, about: UUID | None = None, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one's chats, `about` a contact or all, the one with the newest message first. Raises `BadCursor`."""
    before = paging.decode(cursor, UUID)[0] if cursor is not None else None
    rows = await repository.chats(conn, principal.tenant_id, principal.person_id, about, before, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["last_message_id"],))
    return [dict(row) for row in items], next_cursor


async def unread(conn: Connection, principal: Principal) -> dict[str, int]:
    counts = await repository.unread(conn, principal.tenant_id, principal.person_id)
    return {"messages": sum(counts), "chats": len(counts)}


async def chat(conn: Connection, principal: Principal, chat_id: UUID) -> dict[str, Any]:
    """Raises `NoSuchChat`, also for those of others."""
    row = await repository.chat(conn, principal.tenant_id, principal.person_id, chat_id)
    if row is None:
        raise NoSuchChat()
    return dict(row)


async def with_colleague(conn: Connection, principal: Principal, person_id: UUID) -> dict[str, Any]:
    """Return the chat with somebody, begun now if there was none. Raises `NoSuchColleague`, `NotWithYourself`."""
    await colleagues(conn, principal, [person_id])
    chat_id = await repository.direct(
        conn, principal.tenant_id, new_id(), principal.person_id, person_id, SystemClock().now()
    )
    return await chat(conn, principal, chat_id)


async def ask(
    conn: Connection,
    principal: Principal,
    interaction_id: UUID,
    trail_no: str,
    experts: list[UUID],
    asked_as: str,
    question: str,
) -> Written:
    """Begin a chat about a contact with its first message. Raises `NoSuchColleague`, `NotWithYourself`."""
    wanted = list(dict.fromkeys(experts))
    await colleagues(conn, principal, wanted)
    chat_id = new_id()
    await repository.expert(
        conn,
        principal.tenant_id,
        chat_id,
        principal.person_id,
        interaction_id,
        trail_no,
        asked_as,
        SystemClock().now(),
    )
    await repository.join(conn, principal.tenant_id, chat_id, [principal.person_id, *wanted])
    return await write(conn, principal, chat_id, question)


async def write(conn: Connection, principal: Principal, chat_id: UUID, text: str) -> Written:
    """Raises `NoSuchChat`."""
    await chat(conn, principal, chat_id)
    await repository.lock(conn, chat_id)
    now, message_id = SystemClock().now(), new_id()
    await repository.write(conn, principal.tenant_id, chat_id, message_id, principal.person_id, text, now)
    fact = ChatWritten(
        at=now,
        tenant_id=principal.tenant_id,
        chat_id=chat_id,
        author_id=principal.person_id,
        member_ids=await repository.members(conn, chat_id),
    )
    await outbox.put(conn, fact)
    return Written(message_id, await chat(conn, principal, chat_id))


async def read(conn: Connection, principal: Principal, chat_id: UUID, message_id: UUID) -> None:
    """They have seen everything up to the message. Raises `NoSuchChat`, also when it has no such message."""
    await chat(conn, principal, chat_id)
    if not await repository.has_message(conn, chat_id, message_id):
        raise NoSuchChat()
    await repository.read(conn, chat_id, principal.person_id, message_id)


async def messages(
    conn: Connection, principal: Principal, chat_id: UUID, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the newest first. Raises `NoSuchChat`, `BadCursor`."""
    before = paging.decode(cursor, UUID)[0] if cursor is not None else None
    await chat(conn, principal, chat_id)
    rows = await repository.messages(conn, chat_id, before, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return [dict(row) for row in items], next_cursor


async def colleagues(conn: Connection, principal: Principal, ids: list[UUID]) -> list[asyncpg.Record]:
    """Return them. Raises `NoSuchColleague` unless all work for the tenant, `NotWithYourself`."""
    if principal.person_id in ids:
        raise NotWithYourself()
    rows = await people.known(conn, principal.tenant_id, ids)
    if len(rows) != len(set(ids)):
        raise NoSuchColleague()
    return rows
